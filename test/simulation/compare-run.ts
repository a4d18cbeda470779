import type { ShardFiles } from '../../src/cluster/shard-set.ts';
import { Outcome } from '../../src/core/outcome.ts';
import type { QuantileSummary, RunResult, Verdict } from '../../src/metrics/result.ts';
import { composeResult, type SenderFigures } from '../../src/runner/compose-result.ts';
import { type Settlement, settle } from '../../src/verify/settle.ts';
import { readSeen, type SeenRecord } from '../../src/wire/seen-file.ts';
import { readSent } from '../../src/wire/sent-file.ts';
import type { SentFleet, SentRecord } from '../../src/wire/sent-record.ts';
import { checkKinesis } from './check-kinesis.ts';
import { KafkaBroker } from './kafka-broker.ts';
import { KinesisService } from './kinesis-service.ts';
import { allowedFor, type Circumstances, countsOf, type Recorded, verdictOf } from './oracle.ts';
import { Process } from './process.ts';
import type { SlotTruth } from './truth.ts';
import type { Twist } from './twist.ts';
import { DIR, type World } from './world.ts';

/** Takes note of a figure that is not what it should be. */
export type Differ = (what: string, said: unknown, is: unknown) => void;

/** A shard's run, its files and what is true about it. */
export interface Compared {
  world: World;
  circumstances: Circumstances;
  /** null: its reader left nothing that could be read. */
  files: ShardFiles | null;
  verdict: Verdict;
}

/** Compares what iotload says about one shard with what the world knows of it. */
export async function compareRun(world: World, twist: Twist, wrong: string[]): Promise<Compared> {
  const { setting, truth, disk } = world;
  if (world.failure !== null) throw new Error(`gave up: ${world.failure}`);
  const [sent, seen] = await recordsOf(world);
  if (seen !== null) twist.records?.(sent, seen);
  const differ: Differ = (what, said, is) => {
    if (said !== is) wrong.push(`shard ${setting.shard.index}: ${what}: said ${said}, is ${is}`);
  };

  const [cannotTell, cannotRead] = ['sent', 'seen'].map((name) => disk.failed.has(`${DIR}/${name}`));
  // Whether the last write before a failure came through is for the file to say.
  if (!cannotTell) differ('the record has its end', sent.end !== null, true);
  if (!cannotRead) differ('the reader has finished', seen?.end !== null, true);
  const finished = seen !== null && seen.end !== null;
  if (cannotRead) {
    await world.keepRecorded();
    if (seen?.end?.complete === true) truth.complete = true;
  }
  const outcomes = recordedOutcomes(world, sent);
  checkOutcomes(world, outcomes, wrong);
  if (!cannotRead) checkGrace(world, outcomes, wrong);
  if (world.broker instanceof KafkaBroker) checkStored(world, world.broker, wrong);
  if (world.broker instanceof KinesisService) checkKinesis(world, world.broker, wrong);
  if (finished) differ('the reader doubts itself', (seen.end?.doubts.length ?? 0) > 0, world.doubts);
  const circumstances: Circumstances = {
    outcomes,
    mayDouble: (fleet, slot) =>
      world.losses > 0 ? (sent.fleets[fleet] as SentFleet).doubling.has(slot) : truth.of(fleet, slot).mayDouble,
    ended: cannotTell ? (sent.end?.ended ?? null) : world.ended,
    sentTold: sent.end !== null,
    finished,
    complete: finished && truth.complete,
    doubts: finished && world.doubts,
    gaps: finished ? world.gaps : 0,
  };
  const settlement = settle({ plan: setting.plan, sent, seen });
  twist.settlement?.(settlement);
  const figures = figuresOf(world, sent);
  const result = composeResult(setting.plan, twist.sender?.(figures) ?? figures, { sent, seen, settlement });
  if (seen === null) {
    // Nothing was read back: that is no proof of anything.
    differ('verdict', result.verdict === 'inconclusive' || result.verdict === 'error', true);
    return { world, circumstances, files: null, verdict: result.verdict };
  }
  const expected = countsOf(setting, truth, circumstances);
  compareCounts(result, expected, differ);
  const names = settlement.findings.map(({ kind, fleet, slot }) => `${kind} ${fleet} ${slot}`).sort();
  differ('findings', names.join(', '), expected.named.join(', '));
  for (const { law, holds, detail } of settlement.laws) if (!holds) wrong.push(`law broken: ${law}: ${detail}`);
  if (world.losses === 0) checkWithoutLoss(world, sent, seen, settlement, result, differ);
  differ('verdict', result.verdict, verdictOf(setting, expected, circumstances));
  const { shard, plan } = setting;
  // The shards of a run have one start; here each has a world of its own.
  const anchor = world.anchor && { ...world.anchor, startWallUs: 0 };
  const document = { plan, digest: 'd', anchor, shard: `${shard.index}/${shard.count}`, workers: 1 };
  const files = { name: `shard ${shard.index}`, document, sent, seen: [seen], summary: result };
  return { world, circumstances, files, verdict: result.verdict };
}

/** Compares every count of a result. */
export function compareCounts(
  { events, delivery }: Pick<RunResult, 'events' | 'delivery'>,
  expected: ReturnType<typeof countsOf>,
  differ: Differ,
): void {
  for (const [key, is] of Object.entries(expected.events)) {
    differ(`events.${key}`, events[key as keyof typeof events], is);
  }
  for (const [key, is] of Object.entries(expected.delivery)) {
    differ(`delivery.${key}`, delivery[key as keyof typeof delivery], is);
  }
}

/** Response times of the measured events that were answered, in µs, ascending. */
export function responseTimesOf({ truth, setting, anchor }: World, fleet: number): number[] {
  const startUs = anchor?.startMonoUs ?? 0;
  const told = (truth.slots[fleet] as SlotTruth[]).filter(
    (slot) => isMeasured(slot, setting.plan) && (slot.outcome === 0 || slot.outcome === 3),
  );
  return told.map(({ toldUs, dueUs }) => toldUs - startUs - dueUs).sort((a, b) => a - b);
}

/** Compares the figures of a distribution with those of the samples it was made of, ascending. */
export function compareSummary(what: string, said: QuantileSummary, sorted: readonly number[], differ: Differ): void {
  differ(`${what}: samples`, said.count, sorted.length);
  if (sorted.length === 0 || said.count !== sorted.length) return;
  differ(`${what}: least`, said.min, sorted[0]);
  differ(`${what}: most`, said.max, sorted.at(-1));
  for (const [name, q] of [
    ['p50', 0.5],
    ['p90', 0.9],
  ] as const) {
    const value = said[name];
    // What came before it was due ranks as 0.
    const exact = Math.max(0, sorted[Math.ceil(q * sorted.length) - 1] as number);
    if (value !== null && Math.abs(value - exact) > 1 + exact / 1000) differ(`${what}: ${name}`, value, exact);
  }
}

async function recordsOf({ disk, clock }: World): Promise<[SentRecord, SeenRecord | null]> {
  const ports = disk.records(new Process('reader of records', clock));
  const path = `${DIR}/seen`;
  const seen = readSeen(path, ports).catch((error: { code?: string }) => {
    if (error.code === 'file-unreadable' && disk.failed.has(path)) return null;
    throw error;
  });
  let records: [SentRecord, SeenRecord | null] | undefined;
  let failure: unknown;
  Promise.all([readSent(`${DIR}/sent`, ports), seen]).then(
    (read) => {
      records = read;
    },
    (error: unknown) => {
      failure = error;
    },
  );
  await clock.advance(clock.nowUs() + 60_000_000, () => records !== undefined || failure !== undefined);
  if (records === undefined) throw failure;
  return records;
}

/** By fleet and slot of this shard, the outcome in the record. */
function recordedOutcomes({ setting: { plan, shard } }: World, sent: SentRecord): (Recorded | null)[][] {
  return plan.fleets.map(({ devices, slots }, fleet) => {
    const record = sent.fleets[fleet] as SentFleet;
    return Array.from({ length: slots }, (_, slot): Recorded | null => {
      if ((slot % devices) % shard.count !== shard.index) return null;
      for (const name of ['acked', 'rejected', 'unknown', 'noAck'] as const) if (record[name].has(slot)) return name;
      return 'notSent';
    });
  });
}

function checkOutcomes({ truth, losses, setting }: World, outcomes: (Recorded | null)[][], wrong: string[]): void {
  let obscured = 0;
  outcomes.forEach((slots, fleet) => {
    slots.forEach((recorded, slot) => {
      const is = truth.of(fleet, slot);
      if (is.times > 1) wrong.push(`slot ${slot} of fleet ${fleet} was settled ${is.times} times`);
      if (recorded === null) return;
      const allowed = allowedFor(is, losses);
      if (!allowed.includes(recorded))
        wrong.push(`slot ${slot} of fleet ${fleet}: said ${recorded}, is ${allowed.join(' or ')}`);
      if (recorded === 'unknown' && is.outcome === null) obscured++;
    });
  });
  const perSecond = setting.plan.fleets.reduce((sum, { schedule: { rate } }) => sum + rate.events, 0);
  // Where answers were slow or missing before, what they were about was as good as unknown without the crash.
  const slow =
    setting.share['lost answer'] + setting.share['lost request'] + setting.kinesis.writeTrouble > 0 ||
    Object.values(setting.times).some((n) => n > 0);
  const mostSeconds = slow || setting.disk.stalls > 0 ? 8 : 3;
  // What a target that is too slow has left waiting was promised long ago, and is unknown as well.
  const { window, receiveMaximum, partitions, latencyUs, qos } = setting;
  const roundTrips = setting.kind === 'queue' && qos === 2 ? 2 : 1;
  const { kind, kafka, kinesis } = setting;
  const batched = kind === 'kafka' ? kafka : kind === 'kinesis' ? kinesis : null;
  const leaders = kind === 'kafka' ? Math.min(kafka.brokers, partitions) : 1;
  // An event is hardly 200 bytes with what stands around it.
  const places =
    batched === null
      ? Math.min(window, receiveMaximum ?? window) * partitions
      : leaders * batched.maxInFlight * Math.max(1, Math.floor(batched.batchBytes / 200));
  const roundTripUs = 2 * roundTrips * latencyUs + (batched?.lingerUs ?? 0);
  const isThrottled = kind === 'kinesis' && Number.isFinite(kinesis.shardRate);
  const keepsUp = (places * 1e6) / roundTripUs > 4 * perSecond && !isThrottled;
  if (keepsUp && obscured > mostSeconds * perSecond * losses) {
    wrong.push(`${obscured} unknown by ${losses} losses, more than ${mostSeconds} s of traffic each`);
  }
}

/** What Kafka promises, and therefore the sink: acknowledged means stored, and with idempotence an event is stored once. */
function checkStored({ truth, setting, losses }: World, { partitions }: KafkaBroker, wrong: string[]): void {
  const { share, times, kafka } = setting;
  const stored = new Map<string, number>();
  for (const { fleet, slot } of partitions.flat()) {
    const key = `${fleet} ${slot}`;
    stored.set(key, (stored.get(key) ?? 0) + 1);
  }
  // Of another shard, what is foreign may be an event once more.
  const doubles = share.duplicate + times.twin > 0 || (setting.shard.count > 1 && (losses > 0 || times.foreign > 0));
  if (kafka.idempotent && !doubles) {
    for (const [event, count] of stored) {
      if (count > 1 && !event.startsWith('-1')) wrong.push(`event ${event} is stored ${count} times`);
    }
  }
  if (share.swallow + share.hold + share.late > 0) return;
  truth.slots.forEach((slots, fleet) => {
    for (const [slot, { outcome }] of slots.entries()) {
      if (outcome === Outcome.acked && !stored.has(`${fleet} ${slot}`))
        wrong.push(`event ${fleet} ${slot} is acknowledged and not stored`);
    }
  });
}

/** Whoever is awaited has the grace to come. */
function checkGrace({ truth, setting, finishUs }: World, outcomes: (Recorded | null)[][], wrong: string[]): void {
  const seen = new Set(
    truth.arrivals
      .filter(({ kind, atUs }) => kind === 'own' && atUs <= truth.readToEndUs)
      .map(({ fleet, slot }) => `${fleet} ${slot}`),
  );
  const awaited = outcomes.some((slots, fleet) =>
    slots.some((outcome, slot) => (outcome === 'acked' || outcome === 'noAck') && !seen.has(`${fleet} ${slot}`)),
  );
  const waitedUs = truth.readToEndUs - finishUs;
  if (awaited && waitedUs < setting.graceUs) {
    wrong.push(`the grace of ${setting.graceUs} µs was over after ${waitedUs} µs`);
  }
}

function isMeasured({ dueUs }: SlotTruth, { run }: World['setting']['plan']): boolean {
  return dueUs >= run.warmUpUs && dueUs < run.warmUpUs + run.durationUs;
}

/** Attempts and latencies, which a crash or a failing disk may leave a part of. */
function checkWithoutLoss(
  world: World,
  sent: SentRecord,
  seen: SeenRecord,
  settlement: Settlement,
  result: RunResult,
  differ: Differ,
): void {
  const { truth, setting, anchor } = world;
  const { plan } = setting;
  const startUs = anchor?.startMonoUs ?? 0;
  const attempts = truth.slots.flat().reduce((sum, slot) => sum + slot.attempts, 0);
  differ('events.attempts', settlement.events.attempts, settlement.events.sent + attempts);
  const all: number[] = [];
  plan.fleets.forEach((_, fleet) => {
    const times = responseTimesOf(world, fleet);
    all.push(...times);
    const { latency } = result.fleets[fleet] as RunResult['fleets'][number];
    compareSummary('response time', latency.responseTime, times, differ);
    differ('response time: sum', sent.fleets[fleet]?.samples[3]?.sum, total(times));
    const first = new Map<number, number>();
    for (const { kind, fleet: of, slot, atUs } of truth.arrivals) {
      if (kind === 'own' && of === fleet && !first.has(slot))
        first.set(slot, atUs - startUs - truth.of(fleet, slot).dueUs);
    }
    const seenTimes = [...first].filter(([slot]) => isMeasured(truth.of(fleet, slot), plan)).map(([, us]) => us);
    const ascending = seenTimes.sort((a, b) => a - b);
    compareSummary('end to end', latency.endToEnd, ascending, differ);
    differ('end to end: sum', seen.fleets[fleet]?.endToEnd.sum, total(ascending));
  });
  compareSummary(
    'response time of all',
    result.latency.responseTime,
    all.sort((a, b) => a - b),
    differ,
  );
}

function total(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** What a sender in good health says of itself. */
function figuresOf({ setting }: World, sent: SentRecord): SenderFigures {
  const { plan, seed, shard, lengthUs } = setting;
  return {
    run: {
      id: `seed-${seed}`,
      scenario: plan.name,
      seed,
      planDigest: 'd',
      shard: `${shard.index}/${shard.count}`,
      startedAt: '2026-01-01T00:00:00.000Z',
      durationSeconds: lengthUs / 1e6,
      ended: (sent.end?.ended ?? 'interrupted') as 'completed',
      command: '',
      labels: {},
    },
    sendingSeconds: lengthUs / 1e6,
    generator: { status: 'healthy', cpuSeconds: 0, peakRssBytes: 0, signals: [] },
    errors: [],
    clockJumps: [],
    counted: null,
    environment: {},
    written: {},
  };
}
