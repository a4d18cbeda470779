import { Histogram } from '../../src/metrics/histogram.ts';
import type { Verdict } from '../../src/metrics/result.ts';
import { type Settlement, settle } from '../../src/verify/settle.ts';
import { judge } from '../../src/verify/verdict.ts';
import type { VerdictInput } from '../../src/verify/verdict-input.ts';
import { readSeen, type SeenRecord } from '../../src/wire/seen-file.ts';
import { readSent } from '../../src/wire/sent-file.ts';
import type { SentFleet, SentRecord } from '../../src/wire/sent-record.ts';
import { allowedFor, type Circumstances, countsOf, type Recorded, verdictOf } from './oracle.ts';
import { Process } from './process.ts';
import type { SlotTruth } from './truth.ts';
import { none, type Twist } from './twist.ts';
import { DIR, World } from './world.ts';

/** What became of one seed. */
export interface SeedResult {
  seed: number;
  /** Everything in which the program and the truth differ; empty when it was right. */
  wrong: string[];
  verdict: Verdict | null;
  hash: string;
  events: number;
  simulatedUs: number;
  faults: ReadonlyMap<string, number>;
  /** With `verbose`, every event of the world. */
  text: string;
}

/** Runs the world of a seed to its end and compares what iotload says about it with what the world knows. */
export async function simulateSeed(seed: number, twist: Twist = none, verbose = false): Promise<SeedResult> {
  const world = new World(seed, twist, verbose);
  const wrong: string[] = [];
  let verdict: Verdict | null = null;
  try {
    await world.live();
    verdict = await compare(world, twist, wrong);
  } catch (error) {
    wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  world.trace.note(`verdict ${verdict}`, wrong.length);
  return {
    seed,
    wrong,
    verdict,
    hash: world.trace.hash,
    events: world.trace.count,
    simulatedUs: world.clock.nowUs(),
    faults: world.trace.faults,
    text: world.trace.text,
  };
}

async function compare(world: World, twist: Twist, wrong: string[]): Promise<Verdict | null> {
  const { setting, truth } = world;
  if (world.failure !== null) throw new Error(`gave up: ${world.failure}`);
  const [sent, seen] = await recordsOf(world);
  twist.records?.(sent, seen);
  const differ = (what: string, said: unknown, is: unknown): void => {
    if (said !== is) wrong.push(`${what}: said ${said}, is ${is}`);
  };

  const outcomes = recordedOutcomes(world, sent);
  checkOutcomes(world, outcomes, wrong);
  checkGrace(world, outcomes, wrong);
  const doubts = world.standstills > 0 || world.withoutRecord;
  differ('the reader doubts itself', (seen.end?.doubts.length ?? 0) > 0, doubts);
  const circumstances: Circumstances = {
    outcomes,
    mayDouble: (fleet, slot) =>
      world.crashes > 0 ? (sent.fleets[fleet] as SentFleet).doubling.has(slot) : truth.of(fleet, slot).mayDouble,
    ended: world.ended,
    sentTold: true,
    finished: true,
    doubts,
    gaps: world.withoutRecord ? 1 : 0,
  };
  const expected = countsOf(setting, truth, circumstances);

  const settlement = settle({ plan: setting.plan, sent, seen });
  twist.settlement?.(settlement);
  for (const [key, is] of Object.entries(expected.events)) {
    differ(`events.${key}`, settlement.events[key as keyof typeof settlement.events], is);
  }
  for (const [key, is] of Object.entries(expected.delivery)) {
    differ(`delivery.${key}`, settlement.delivery[key as keyof typeof settlement.delivery], is);
  }
  const names = settlement.findings.map(({ kind, fleet, slot }) => `${kind} ${fleet} ${slot}`).sort();
  differ('findings', names.join(', '), expected.named.join(', '));
  for (const { law, holds, detail } of settlement.laws) if (!holds) wrong.push(`law broken: ${law}: ${detail}`);
  if (world.crashes === 0) checkWithoutCrash(world, sent, seen, settlement, differ);

  const verdict = judged(world, twist, sent, seen, settlement);
  differ('verdict', verdict, verdictOf(setting, expected, circumstances));
  return verdict;
}

async function recordsOf({ disk, clock }: World): Promise<[SentRecord, SeenRecord]> {
  const ports = disk.of(new Process('reader of records', clock));
  let records: [SentRecord, SeenRecord] | undefined;
  let failure: unknown;
  Promise.all([readSent(`${DIR}/sent`, ports), readSeen(`${DIR}/seen`, ports)]).then(
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

function checkOutcomes({ truth, crashes, setting }: World, outcomes: (Recorded | null)[][], wrong: string[]): void {
  let obscured = 0;
  outcomes.forEach((slots, fleet) => {
    slots.forEach((recorded, slot) => {
      const is = truth.of(fleet, slot);
      if (is.times > 1) wrong.push(`slot ${slot} of fleet ${fleet} was settled ${is.times} times`);
      if (recorded === null) return;
      const allowed = allowedFor(is, crashes);
      if (!allowed.includes(recorded))
        wrong.push(`slot ${slot} of fleet ${fleet}: said ${recorded}, is ${allowed.join(' or ')}`);
      if (recorded === 'unknown' && is.outcome === null) obscured++;
    });
  });
  const perSecond = setting.plan.fleets.reduce((sum, { schedule: { rate } }) => sum + rate.events, 0);
  // Where answers were slow or missing before, what they were about was as good as unknown without the crash.
  const slow =
    setting.share['lost answer'] + setting.share['lost request'] > 0 || Object.values(setting.times).some((n) => n > 0);
  const mostSeconds = slow || setting.disk.stalls > 0 ? 8 : 3;
  // What a target that is too slow has left waiting was promised long ago, and is unknown as well.
  const { window, partitions, latencyUs } = setting;
  const keepsUp = (window * partitions * 1e6) / (2 * latencyUs) > 4 * perSecond;
  if (keepsUp && obscured > mostSeconds * perSecond * crashes) {
    wrong.push(`${obscured} unknown by ${crashes} crashes, more than ${mostSeconds} s of traffic each`);
  }
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

/** Attempts and latencies, which a crash may leave a part of. */
function checkWithoutCrash(
  { truth, setting, anchor }: World,
  sent: SentRecord,
  seen: SeenRecord,
  settlement: Settlement,
  differ: (what: string, said: unknown, is: unknown) => void,
): void {
  const { plan } = setting;
  const startUs = anchor?.startMonoUs ?? 0;
  const all = truth.slots.flat();
  const attempts = all.reduce((sum, slot) => sum + slot.attempts, 0);
  differ('events.attempts', settlement.events.attempts, settlement.events.sent + attempts);
  plan.fleets.forEach((_, fleet) => {
    const slots = truth.slots[fleet] as SlotTruth[];
    const measured = ({ dueUs }: SlotTruth): boolean =>
      dueUs >= plan.run.warmUpUs && dueUs < plan.run.warmUpUs + plan.run.durationUs;
    const answered = slots.filter((slot) => measured(slot) && (slot.outcome === 0 || slot.outcome === 3));
    compareSamples(
      'response time',
      sent.fleets[fleet]?.samples[3],
      answered.map(({ toldUs, dueUs }) => toldUs - startUs - dueUs),
      differ,
    );
    const first = new Map<number, number>();
    for (const { kind, fleet: of, slot, atUs } of truth.arrivals) {
      if (kind === 'own' && of === fleet && !first.has(slot))
        first.set(slot, atUs - startUs - truth.of(fleet, slot).dueUs);
    }
    const times = [...first].filter(([slot]) => measured(truth.of(fleet, slot))).map(([, us]) => us);
    compareSamples('end to end', seen.fleets[fleet]?.endToEnd, times, differ);
  });
}

function compareSamples(
  what: string,
  said: Parameters<typeof Histogram.of>[0],
  is: readonly number[],
  differ: (what: string, said: unknown, is: unknown) => void,
): void {
  const histogram = Histogram.of(said);
  const sorted = is.toSorted((a, b) => a - b);
  differ(`${what}: samples`, histogram.count, sorted.length);
  if (sorted.length === 0) return;
  differ(`${what}: least`, histogram.min, sorted[0]);
  differ(`${what}: most`, histogram.max, sorted.at(-1));
  differ(
    `${what}: sum`,
    histogram.sum,
    sorted.reduce((a, b) => a + b, 0),
  );
  for (const q of [0.5, 0.9]) {
    const value = histogram.quantile(q);
    const exact = sorted[Math.ceil(q * sorted.length) - 1] as number;
    if (Math.abs(value - exact) > 1 + exact / 1000) differ(`${what}: quantile ${q}`, value, exact);
  }
}

function judged(world: World, twist: Twist, sent: SentRecord, seen: SeenRecord, settlement: Settlement): Verdict {
  const { plan, kind } = world.setting;
  const none = new Histogram().summarise();
  const latency = {
    unit: 'us' as const,
    scheduleLag: none,
    clientWait: none,
    serviceTime: none,
    responseTime: none,
    endToEnd: none,
  };
  const input: VerdictInput = {
    plan,
    run: {
      events: settlement.events,
      delivery: settlement.delivery,
      rate: { targetPerSecond: 1, achievedPerSecond: 1 },
      latency,
      fleets: [],
      targets: [],
    },
    ended: (sent.end?.ended ?? 'interrupted') as 'completed',
    sentTold: sent.end !== null,
    laws: settlement.laws,
    reader: { finished: seen.end !== null, doubts: seen.end?.doubts ?? [], gaps: seen.end?.source.gaps ?? 0 },
    ordered: kind === 'log',
    generator: { status: 'healthy', cpuSeconds: 0, peakRssBytes: 0, signals: [] },
    skipped: new Map(),
  };
  return judge(twist.verdict?.(input) ?? input).verdict;
}
