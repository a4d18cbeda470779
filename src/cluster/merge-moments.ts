import { total } from '../core/total.ts';
import { eachSeenMoment, eachSentMoment, type SeenMoment, type SentMoment } from '../wire/moments.ts';
import { eachPartition, type PartitionGain, PartitionTally } from '../wire/partition-counts.ts';
import { addPacked, emptySamples, type PackedSamples, type Samples } from '../wire/samples.ts';
import { sentCounters } from '../wire/sent-counters.ts';
import { sentIntervals } from '../wire/sent-record.ts';
import { type CurvePoint, CurveReader } from './curves.ts';

/** Steps that a merged run is told in at most. A longer run has longer ones. */
const MOST_STEPS = 900;
const SECOND_US = 1_000_000;

/** Where all shards stood together, with the latencies since the step before: by fleet and interval. */
export interface SentStep {
  moment: SentMoment;
  samples: Samples[][];
}

/** The same of their readers. */
export interface SeenStep {
  moment: SeenMoment;
  endToEnd: Samples[];
}

/** The moments of all `sent` files as those of one, about once a second. Throws IotloadError `file-unreadable`, `file-corrupt`. */
export async function mergeSentMoments(paths: readonly string[], fleets: number): Promise<SentStep[]> {
  const curves: CurvePoint<SentMoment>[][] = [];
  const told: [atUs: number, samples: readonly (readonly PackedSamples[])[]][] = [];
  for (const path of paths) {
    const curve: CurvePoint<SentMoment>[] = [];
    await eachSentMoment(path, (value, samples) => {
      curve.push({ atUs: value.atUs, value });
      told.push([value.atUs, samples]);
    });
    curves.push(curve);
  }
  const none = (): Samples[][] => Array.from({ length: fleets }, () => sentIntervals.map(() => emptySamples()));
  const steps = stepsUntil(curves, none);
  for (const [atUs, samples] of told) {
    const into = stepOf(steps, atUs).samples;
    for (const [fleet, intervals] of samples.entries()) addEach(into[fleet] as Samples[], intervals);
  }
  const partitions = gainsOver(
    steps,
    curves.flat().map(({ atUs, value }) => ({ atUs, value: value.partitions ?? [] })),
  );
  const readers = curves.map((curve) => new CurveReader(curve));
  return steps.map(({ toUs, samples }, step) => {
    const moment = sentAt(readers, toUs, fleets);
    const gains = partitions[step] as PartitionGain[];
    return { moment: gains.length === 0 ? moment : { ...moment, partitions: gains }, samples };
  });
}

/** The moments of all `seen` files of one reading as those of one; the start is that of the run. Throws as `mergeSentMoments`. */
export async function mergeSeenMoments(
  paths: readonly string[],
  fleets: number,
  startWallUs: number,
): Promise<SeenStep[]> {
  const curves: CurvePoint<SeenMoment>[][] = [];
  const told: [atUs: number, endToEnd: readonly PackedSamples[]][] = [];
  for (const path of paths) {
    const curve: CurvePoint<SeenMoment>[] = [];
    await eachSeenMoment(path, (value, endToEnd) => {
      const atUs = value.wallUs - startWallUs;
      curve.push({ atUs, value });
      told.push([atUs, endToEnd]);
    });
    curves.push(curve);
  }
  const steps = stepsUntil(curves, () => Array.from({ length: fleets }, () => emptySamples()));
  for (const [atUs, endToEnd] of told) addEach(stepOf(steps, atUs).samples, endToEnd);
  const partitions = gainsOver(steps, widestView(curves));
  const readers = curves.map((curve) => new CurveReader(curve));
  return steps.map(({ toUs, samples }, step) => {
    const moment = seenAt(readers, toUs, startWallUs);
    const [gain = []] = partitions[step] as PartitionGain[];
    return { moment: gain.length === 0 ? moment : { ...moment, partitions: gain }, endToEnd: samples };
  });
}

/** What partitions got, as the reader knows it who has met the most: see `mergeSeen`. */
function widestView(curves: readonly (readonly CurvePoint<SeenMoment>[])[]): CurvePoint<PartitionGain[]>[] {
  const views = curves.map((curve) =>
    curve.map(({ atUs, value }) => ({ atUs, value: value.partitions === undefined ? [] : [value.partitions] })),
  );
  const met = (view: readonly CurvePoint<PartitionGain[]>[]): number => {
    let events = 0;
    for (const { value } of view) for (const gain of value) eachPartition(gain, (_, more) => (events += more));
    return events;
  };
  return views.sort((a, b) => met(b) - met(a))[0] as CurvePoint<PartitionGain[]>[];
}

/** By step, what each of several lists of partitions gained in it. */
function gainsOver(
  steps: readonly Step<unknown>[],
  gains: readonly CurvePoint<readonly PartitionGain[]>[],
): PartitionGain[][] {
  const tallies = steps.map((): PartitionTally[] => []);
  for (const { atUs, value } of gains) {
    const step = tallies[stepAt(steps, atUs)] as PartitionTally[];
    for (const [i, gain] of value.entries()) {
      step[i] ??= new PartitionTally();
      step[i].addGain(gain);
    }
  }
  return tallies.map((step) => step.map((tally) => tally.take()));
}

interface Step<T> {
  toUs: number;
  samples: T;
}

function stepsUntil<T>(curves: readonly (readonly CurvePoint<unknown>[])[], none: () => T): Step<T>[] {
  if (curves.every((curve) => curve.length === 0)) return [];
  const lastUs = Math.max(1, ...curves.map((curve) => curve.at(-1)?.atUs ?? 0));
  const everyUs = SECOND_US * Math.max(1, Math.ceil(lastUs / SECOND_US / MOST_STEPS));
  return Array.from({ length: Math.ceil(lastUs / everyUs) }, (_, i) => ({
    toUs: Math.min(lastUs, (i + 1) * everyUs),
    samples: none(),
  }));
}

/** The step in which an instant lies; what was before the start is in the first one. */
function stepAt(steps: readonly Step<unknown>[], atUs: number): number {
  const everyUs = (steps[0] as Step<unknown>).toUs;
  return Math.min(steps.length - 1, Math.max(0, Math.ceil(atUs / everyUs) - 1));
}

function stepOf<T>(steps: readonly Step<T>[], atUs: number): Step<T> {
  return steps[stepAt(steps, atUs)] as Step<T>;
}

function addEach(into: readonly Samples[], samples: readonly PackedSamples[]): void {
  for (const [i, more] of samples.entries()) addPacked(into[i] as Samples, more);
}

function sentAt(readers: readonly CurveReader<SentMoment>[], atUs: number, fleets: number): SentMoment {
  const moments = readers.flatMap((reader) => reader.at(atUs) ?? []);
  const sum = (figure: (moment: SentMoment) => number): number =>
    total(readers, (reader) => reader.between(atUs, figure));
  return {
    atUs,
    fleets: Array.from({ length: fleets }, (_, fleet) =>
      sentCounters.map((_name, i) => sum((moment) => moment.fleets[fleet]?.[i] as number)),
    ),
    cpuUs: sum(({ cpuUs }) => cpuUs),
    rssBytes: Math.max(...moments.map(({ rssBytes }) => rssBytes)),
    busy: most(moments.map(({ busy }) => busy)),
    descriptors: most(moments.map(({ descriptors }) => descriptors)),
    throttled: sum(({ throttled }) => throttled),
    disconnected: sum(({ disconnected }) => disconnected),
  };
}

/** Readers of one stream have each received all of it, those of their own only theirs: never less than what they entered together. */
function seenAt(readers: readonly CurveReader<SeenMoment>[], atUs: number, startWallUs: number): SeenMoment {
  const moments = readers.flatMap((reader) => reader.at(atUs) ?? []);
  const sum = (figure: (moment: SeenMoment) => number): number =>
    total(readers, (reader) => reader.between(atUs, figure));
  const counts = {
    seen: sum(({ seen }) => seen),
    duplicates: sum(({ duplicates }) => duplicates),
    corrupt: sum(({ corrupt }) => corrupt),
  };
  const received = readers.map((reader) => reader.between(atUs, (moment) => moment.received));
  return {
    wallUs: startWallUs + atUs,
    received: Math.max(counts.seen + counts.duplicates + counts.corrupt, ...received),
    ...counts,
    cpuUs: sum(({ cpuUs }) => cpuUs),
    rssBytes: Math.max(...moments.map(({ rssBytes }) => rssBytes)),
    descriptors: most(moments.map(({ descriptors = null }) => descriptors)),
  };
}

/** As the health of all is that of the weakest. */
function most(of: readonly (number | null)[]): number | null {
  const known = of.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
