import type { Micros } from '../core/clock.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { WallJump } from '../core/wall-offset.ts';
import type { MeasuredRun } from '../metrics/evaluate-threshold.ts';
import { Histogram } from '../metrics/histogram.ts';
import type {
  EventCounts,
  FleetResult,
  HealthSummary,
  LatencySummary,
  QuantileSummary,
  RunResult,
} from '../metrics/result.ts';
import { jumpSignals } from '../metrics/wall-jumps.ts';
import type { Plan } from '../plan/plan.ts';
import { pacedLengthUs } from '../plan/plan-length.ts';
import { targetOf } from '../targets/registry.ts';
import type { Law } from '../verify/laws.ts';
import { judge } from '../verify/verdict.ts';
import type { Samples } from '../wire/samples.ts';
import { clocksOf, withoutTimes } from './clocks-of.ts';
import { runFiles } from './run-directory.ts';
import type { SettledRun } from './settled-run.ts';
import { happened } from './timeline-text.ts';

/** What the sending side knows about itself; together with the settlement it makes the result document. */
export interface SenderFigures {
  run: RunResult['run'];
  /** Over the whole run, end-to-end left empty. */
  latency: LatencySummary;
  fleetLatencies: LatencySummary[];
  /** Seconds from slot time 0 to the end of sending, at least the schedule's length unless the run was cut short. */
  sendingSeconds: number;
  generator: HealthSummary;
  errors: RunResult['errors'];
  /** Steps of its host's wall clock. */
  clockJumps: readonly WallJump[];
  /** What the workers counted in shared memory, to be compared with their record; null where it is not to be had any more. */
  counted: Pick<EventCounts, 'sent' | 'acked' | 'rejected' | 'unknown' | 'noAck'> | null;
  environment: RunResult['environment'];
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
  const { settlement, seen, sent } = settled;
  const { clock, evidence } = clocksOf(sender, settled, boundUs);
  const timed = (endToEnd: Histogram): QuantileSummary =>
    evidence.boundUs === null ? withoutTimes(endToEnd.summarise()) : endToEnd.summarise();
  const endToEnd = plan.fleets.map((_, fleet) => toHistogram(seen?.fleets[fleet]?.endToEnd));
  const whole = new Histogram();
  for (const histogram of endToEnd) whole.add(histogram);
  const lengthSeconds = pacedLengthUs(plan) / 1e6;
  const rate = (intended: number, sentCount: number): RunResult['rate'] => ({
    targetPerSecond: lengthSeconds === 0 ? 0 : intended / lengthSeconds,
    achievedPerSecond: sender.sendingSeconds === 0 ? 0 : sentCount / sender.sendingSeconds,
  });
  const fleets: FleetResult[] = plan.fleets.map((fleet, index) => {
    const { events, delivery } = settlement.fleets[index] as (typeof settlement.fleets)[number];
    const latency = sender.fleetLatencies[index] as LatencySummary;
    return {
      name: fleet.name,
      devices: fleet.devices,
      events,
      delivery,
      rate: rate(events.intended, events.sent),
      latency: { ...latency, endToEnd: timed(endToEnd[index] as Histogram) },
    };
  });
  const run: MeasuredRun = {
    events: settlement.events,
    delivery: settlement.delivery,
    rate: rate(settlement.events.intended, settlement.events.sent),
    latency: { ...sender.latency, endToEnd: timed(whole) },
    fleets,
    targets: plan.targets.map(({ name, protocol }, index) => ({
      name,
      protocol,
      ...(settlement.targets[index] as (typeof settlement.targets)[number]),
    })),
  };
  const outcome = judge({
    plan,
    run,
    ended: sender.run.ended,
    sentTold: sent.end !== null,
    laws: [...settlement.laws, ...countedLaws(sender.counted, settlement.events)],
    reader:
      seen === null
        ? null
        : { finished: seen.end !== null, doubts: seen.end?.doubts ?? [], gaps: seen.end?.source.gaps ?? 0 },
    ordered: plan.targets.every(({ protocol, options }) => targetOf(protocol).traits(options).ordered),
    generator: sender.generator,
    clock: evidence,
    skipped: new Map(plan.thresholds.flatMap(({ expression, skipped }) => (skipped ? [[expression, skipped]] : []))),
  });
  const incidents = sender.errors.filter(({ code }) => incidentCodes.has(code)).map(({ message }) => message);
  return {
    schema: 'iotload/summary/1',
    verdict: outcome.verdict,
    reasons: [...incidents, ...outcome.reasons],
    run: sender.run,
    ...run,
    clock,
    generator: sender.generator,
    verifier: verifierHealth(settled, boundUs !== 'one clock'),
    checks: outcome.checks,
    errors: sender.errors,
    timeline: happened(plan, sender.run.startedAt, sender.sendingSeconds),
    hops: [],
    environment: sender.environment,
    files: {
      plan: runFiles.plan,
      sent: runFiles.sent,
      ...(seen === null ? {} : { seen: runFiles.seen }),
      findings: runFiles.findings,
      ...sender.written,
    },
  };
}

/** The counters in shared memory and the record in `sent` were written by different code: they have to agree. */
function countedLaws(counted: SenderFigures['counted'], recorded: EventCounts): Law[] {
  if (counted === null) return [];
  return (['sent', 'acked', 'rejected', 'unknown', 'noAck'] as const).map((key) => ({
    law: `${key}: counted = recorded`,
    holds: counted[key] === recorded[key],
    detail: `${counted[key]} and ${recorded[key]}`,
  }));
}

/** The latency summary of nothing, with which a sender leaves end-to-end to the verifier's file. */
export const noSamples: QuantileSummary = new Histogram().summarise();

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

function toHistogram(samples: Samples | undefined): Histogram {
  const histogram = new Histogram();
  if (samples === undefined) return histogram;
  for (const [cell, count] of samples.cells) histogram.addToCell(cell, count);
  histogram.gain(samples);
  return histogram;
}
