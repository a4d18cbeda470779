import type { Micros } from '../core/clock.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { WallJump } from '../core/wall-offset.ts';
import type { MeasuredRun } from '../metrics/evaluate-threshold.ts';
import { hotPartition } from '../metrics/hot-partition.ts';
import type {
  EventCounts,
  FleetResult,
  HealthSummary,
  LatencySummary,
  RunResult,
  ShardSummary,
  TargetResult,
} from '../metrics/result.ts';
import { jumpSignals } from '../metrics/wall-jumps.ts';
import { fleetGroups } from '../plan/fleet-groups.ts';
import type { FleetPlan, Plan } from '../plan/plan.ts';
import { pacedLengthUs } from '../plan/plan-length.ts';
import { targetOf } from '../targets/registry.ts';
import type { FleetSettlement } from '../verify/account.ts';
import { brokerResult } from '../verify/broker-result.ts';
import { hopsOf } from '../verify/hops.ts';
import { joinedFleet } from '../verify/joined-fleet.ts';
import type { Law } from '../verify/laws.ts';
import { readerEvidence } from '../verify/reader-evidence.ts';
import { judge } from '../verify/verdict.ts';
import { asFarAsItWent } from './as-far-as-it-went.ts';
import { clocksOf, withoutTimes } from './clocks-of.ts';
import { runFiles } from './run-directory.ts';
import { latenciesOf, targetLatencies } from './run-latencies.ts';
import type { SettledRun } from './settled-run.ts';
import { limitReasons } from './target-limits.ts';
import { happened } from './timeline-text.ts';

/** What the sending side knows about itself; together with the settlement it makes the result document. */
export interface SenderFigures {
  run: RunResult['run'];
  /** Seconds from slot time 0 to the end of sending, at least the schedule's length unless the run was cut short. */
  sendingSeconds: number;
  generator: HealthSummary;
  errors: RunResult['errors'];
  /** Steps of its host's wall clock. */
  clockJumps: readonly WallJump[];
  /** What the workers counted in shared memory, to be compared with their record; null where it is not to be had any more. */
  counted: Pick<EventCounts, 'acked' | 'rejected' | 'unknown' | 'noAck'> | null;
  environment: RunResult['environment'];
  /** Of a merged result, each of its shards. */
  shards?: ShardSummary[] | undefined;
  /** Where the targets left what they wrote, for the result's `files`. */
  written: RunResult['files'];
}

/** Errors that say more about a run than any check: their messages come first among the reasons. */
export const incidentCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'worker-died',
  'verifier-not-ready',
  'verifier-died',
  'backlog-full',
  'memory-exceeded',
  'file-unwritable',
  'defect',
]);

/**
 * Composes `summary.json` from the sender's figures and the settled files. `boundUs`: how far the clocks of sender and reader may be
 * apart, null where nobody said; 'one clock' where the reader was part of the run. Pure.
 */
export function composeResult(
  plan: Plan,
  sender: SenderFigures,
  settled: SettledRun,
  boundUs: Micros | null | 'one clock' = 'one clock',
): RunResult {
  const { settlement, seen, sent, growth } = settled;
  const { clock, evidence } = clocksOf(sender, settled, boundUs);
  const timed = (latency: LatencySummary): LatencySummary =>
    evidence.boundUs === null ? { ...latency, endToEnd: withoutTimes(latency.endToEnd) } : latency;
  const groups = fleetGroups(plan);
  const latency = latenciesOf(settled, groups);
  const ofTargets = targetLatencies(plan, settled);
  const lengthSeconds = pacedLengthUs(plan) / 1e6;
  const rate = (intended: number, sentCount: number): RunResult['rate'] => ({
    targetPerSecond: lengthSeconds === 0 ? 0 : intended / lengthSeconds,
    achievedPerSecond: sender.sendingSeconds === 0 ? 0 : sentCount / sender.sendingSeconds,
  });
  const generator = { ...sender.generator, ...(growth === undefined ? {} : { growth: growth.generator }) };
  const verifier = {
    ...verifierHealth(settled, boundUs !== 'one clock'),
    ...(growth?.verifier && { growth: growth.verifier }),
  };
  const fleets: FleetResult[] = groups.map((places, index) => {
    const { name, devices } = plan.fleets[places[0] as number] as FleetPlan;
    const { events, delivery } = joinedFleet(places.map((place) => settlement.fleets[place] as FleetSettlement));
    return {
      name,
      devices,
      events,
      delivery,
      rate: rate(events.intended, events.sent),
      latency: timed(latency.fleets[index] as LatencySummary),
    };
  });
  const run: MeasuredRun = {
    events: settlement.events,
    delivery: settlement.delivery,
    rate: rate(settlement.events.intended, settlement.events.sent),
    latency: timed(latency.whole),
    fleets,
    generator,
    verifier,
    targets: plan.targets.map(({ name, protocol }, index): TargetResult => {
      const { events, delivery } = settlement.targets[index] as FleetSettlement;
      const sends = plan.fleets.some(({ target }) => target === index);
      return {
        name,
        protocol,
        events,
        delivery,
        ...(sends ? { rate: rate(events.intended, events.sent) } : {}),
        latency: timed(ofTargets[index] as LatencySummary),
        ...partitionLoad(protocol, index, settled),
        ...counted(plan, index, settled),
      };
    }),
  };
  const endedUs = Math.round(sender.sendingSeconds * 1e6);
  const outcome = judge({
    plan,
    run: sender.run.ended === 'completed' ? run : asFarAsItWent(plan, sent.header.shard, run, endedUs),
    ended: sender.run.ended,
    endedUs,
    broken: sent.end?.broken,
    sentTold: sent.end !== null,
    laws: [...settlement.laws, ...countedLaws(sender.counted, settled)],
    reader: readerEvidence(seen),
    ...(settled.readings === undefined ? {} : { readings: settled.readings }),
    ordered: plan.targets.every(({ protocol, options }) => targetOf(protocol).traits(options).ordered),
    generator,
    clock: evidence,
    skipped: new Map(plan.thresholds.flatMap(({ expression, skipped }) => (skipped ? [[expression, skipped]] : []))),
  });
  const incidents = sender.errors.filter(({ code }) => incidentCodes.has(code)).map(({ message }) => message);
  return {
    schema: 'iotload/summary/1',
    verdict: outcome.verdict,
    reasons: [...incidents, ...outcome.reasons, ...limitReasons(sender.errors)],
    run: sender.run,
    ...run,
    clock,
    generator,
    verifier,
    ...(sender.shards === undefined ? {} : { shards: sender.shards }),
    checks: outcome.checks,
    errors: sender.errors,
    timeline: happened(plan, sender.run.startedAt, sender.sendingSeconds),
    hops: hopsOf(settled.readings ?? []),
    environment: sender.environment,
    files: {
      plan: runFiles.plan,
      sent: runFiles.sent,
      ...seenFiles(settled),
      findings: runFiles.findings,
      ...sender.written,
    },
  };
}

/** Of what was read, which knows where each event is; where nothing was, of what was sent. */
function partitionLoad(
  protocol: string,
  target: number,
  { sent, seen, readings }: SettledRun,
): Pick<TargetResult, 'partitions'> {
  const kind = targetOf(protocol).partitions;
  const read = readings === undefined ? seen : readings.find(({ reading }) => reading.target === target)?.seen;
  const sums = read?.partitions ?? sent.partitions?.[target];
  const load = kind === undefined || sums === undefined ? null : hotPartition(kind, sums);
  return load === null ? {} : { partitions: load };
}

/** What a target counted itself, where it was read. */
function counted(plan: Plan, target: number, { seen, settlement, readings }: SettledRun): Pick<TargetResult, 'broker'> {
  const reading = readings?.find((one) => one.reading.target === target);
  const events = (reading?.settlement ?? settlement).events;
  const record = readings === undefined ? (plan.verify?.read === target ? seen : null) : (reading?.seen ?? null);
  const broker = brokerResult(record, events);
  return broker === undefined ? {} : { broker };
}

/** By `seen`, or `seen at` the target where there are several. */
function seenFiles({ seen, readings }: SettledRun): RunResult['files'] {
  if (readings === undefined) return seen === null ? {} : { seen: runFiles.seen };
  const read = readings.filter((reading) => reading.seen !== null);
  return Object.fromEntries(read.map(({ reading: { name, file } }) => [`seen at ${name}`, file]));
}

/**
 * The counters in shared memory and the record in `sent` were written by different code: they have to agree about everything since the
 * run was started or last resumed.
 */
function countedLaws(counted: SenderFigures['counted'], { settlement, sent }: SettledRun): Law[] {
  if (counted === null) return [];
  const recorded = settlement.events;
  return (['acked', 'rejected', 'unknown', 'noAck'] as const).map((key) => {
    const before = sent.fleets.reduce((sum, fleet) => sum + (fleet.before?.[key] ?? 0), 0);
    return {
      law: `${key}: counted = recorded`,
      holds: counted[key] === recorded[key] - before,
      detail: `${counted[key]} and ${recorded[key] - before}`,
    };
  });
}

/** A verifier that was started by hand has a clock of its own. */
function verifierHealth({ seen }: SettledRun, byHand: boolean): HealthSummary {
  if (seen === null) return { status: 'not run', cpuSeconds: 0, peakRssBytes: 0, signals: [] };
  if (seen.end === null) {
    return { status: 'unhealthy', cpuSeconds: 0, peakRssBytes: 0, signals: ['the verifier did not finish'] };
  }
  const { doubts, signals, clockJumps, cpuSeconds, peakRssBytes } = seen.end;
  return {
    status: doubts.length === 0 ? 'healthy' : 'unhealthy',
    cpuSeconds,
    peakRssBytes,
    signals: [...doubts, ...signals, ...(byHand ? jumpSignals('verifier', clockJumps ?? []) : [])],
  };
}
