import { total } from '../core/total.ts';
import type { StoredRange } from '../wire/placed-arrivals.ts';
import { addSamples } from '../wire/samples.ts';
import { emptyArrivals, type FleetArrivals, type SeenEnd, type SeenRecord } from '../wire/seen-file.ts';
import { wholeHeader } from './merge-sent.ts';

/**
 * One record of what the verifiers of all shards saw. Where they read one stream, each met the events of all shards: its own it entered,
 * the others' were foreign to it. What is foreign to the whole run is what is left of that, of the reader to whom most is left; where
 * each shard has a stream of its own, nothing. `missing` readers left no record: their shards' events cannot be told from a stranger's,
 * who is not accused then.
 */
export function mergeSeen(shards: readonly SeenRecord[], missing = 0): SeenRecord {
  const [first] = shards as [SeenRecord, ...SeenRecord[]];
  const own = shards.map(ownArrivals);
  const all = total(own, (arrivals) => arrivals);
  const beyond = shards.map(({ unattributed }, i) => unattributed.foreign - (all - (own[i] as number)));
  const foreign = missing > 0 ? 0 : Math.max(0, ...beyond);
  const most = (key: 'unidentified' | 'corrupt'): number =>
    Math.max(...shards.map(({ unattributed }) => unattributed[key]));
  const [unidentified, corrupt] = [most('unidentified'), most('corrupt')];
  return {
    header: wholeHeader(first.header),
    end: missing > 0 ? null : mergeEnds(shards),
    tornBytes: total(shards, ({ tornBytes }) => tornBytes),
    resumptions: total(shards, ({ resumptions }) => resumptions),
    resumeAt: 0,
    positions: null,
    unattributed: { received: all + foreign + unidentified + corrupt, foreign, unidentified, corrupt },
    fleets: first.fleets.map((_, fleet) => mergeFleet(shards.map(({ fleets }) => fleets[fleet] as FleetArrivals))),
    ...widestView(shards),
  };
}

/** What partitions got, as the reader knows it who has met the most: where all read one stream, each has met everybody's events. */
function widestView(shards: readonly SeenRecord[]): Pick<SeenRecord, 'partitions'> {
  const met = ({ partitions }: SeenRecord): number => total([...(partitions?.values() ?? [])], ({ events }) => events);
  const [widest] = [...shards].sort((a, b) => met(b) - met(a));
  return widest?.partitions === undefined ? {} : { partitions: widest.partitions };
}

/** Arrivals that a shard's verifier entered for one of its own fleets. */
function ownArrivals({ fleets }: SeenRecord): number {
  return total(fleets, ({ fresh, copies, corrupt }) => fresh.count + copies + corrupt);
}

function mergeFleet(parts: readonly FleetArrivals[]): FleetArrivals {
  const sum = emptyArrivals();
  for (const part of parts) {
    for (const set of ['fresh', 'doubled', 'tripled'] as const) sum[set].addAll(part[set]);
    for (const count of ['copies', 'reordered', 'corrupt', 'late'] as const) sum[count] += part[count];
    for (const slots of ['reorderedSlots', 'corruptSlots'] as const) sum[slots].push(...part[slots]);
    sum.placed.push(...part.placed);
    addSamples(sum.endToEnd, part.endToEnd);
  }
  return sum;
}

/** null unless every verifier came to its end: what one did not see is seen by no other. */
function mergeEnds(shards: readonly SeenRecord[]): SeenEnd | null {
  const ends = shards.flatMap(({ end }) => (end === null ? [] : [end]));
  if (ends.length < shards.length) return null;
  const dropped = ends.flatMap(({ source }) => (source.brokerDropped === null ? [] : [source.brokerDropped]));
  const named = (sentences: (end: SeenEnd) => readonly string[]): string[] =>
    ends.flatMap((end, shard) => sentences(end).map((sentence) => `shard ${shard}: ${sentence}`));
  return {
    complete: ends.every(({ complete }) => complete),
    source: {
      gaps: total(ends, ({ source }) => source.gaps),
      fullReads: total(ends, ({ source }) => source.fullReads),
      // One broker tells all of them the same.
      brokerDropped: dropped.length === 0 ? null : Math.max(...dropped),
    },
    ...mergeRanges(ends),
    ...mergeCounted(ends),
    cpuSeconds: total(ends, ({ cpuSeconds }) => cpuSeconds),
    peakRssBytes: Math.max(...ends.map(({ peakRssBytes }) => peakRssBytes)),
    doubts: named(({ doubts }) => doubts),
    signals: named(({ signals }) => signals),
    clockJumps: ends.flatMap(({ clockJumps = [] }) => clockJumps),
  };
}

/** What every verifier has read of each partition; they began about the same time and each knows only what it saw itself. */
function mergeRanges(ends: readonly SeenEnd[]): Pick<SeenEnd, 'read'> {
  const merged = new Map<number, StoredRange>();
  for (const range of ends.flatMap(({ read = [] }) => read)) {
    const before = merged.get(range.partition) ?? range;
    // Whoever has read the least has seen the fewest holes.
    merged.set(range.partition, {
      ...before,
      from: Math.max(before.from, range.from),
      to: Math.min(before.to, range.to),
    });
  }
  return merged.size === 0 ? {} : { read: [...merged.values()] };
}

/** One target tells all of them about the same; each began to count a little earlier or later, so none of them is the whole run's. */
function mergeCounted(ends: readonly SeenEnd[]): Pick<SeenEnd, 'counted'> {
  const counts = ends.flatMap(({ counted }) => (counted === undefined ? [] : [counted]));
  const most = counts.reduce<SeenEnd['counted']>(
    (largest, one) => ((one.messages ?? 0) > (largest?.messages ?? -1) ? one : largest),
    undefined,
  );
  return most === undefined ? {} : { counted: { ...most, final: false } };
}
