import type { Growth } from './result.ts';

/** Batches that a series is cut into: values of neighbouring seconds are alike, medians of batches hardly. */
const BATCHES = 20;
/** Fewest batches that a slope is told of. */
const LEAST_BATCHES = 10;
/** Of the normal distribution, for an interval that holds 95 of 100 slopes. */
const Z = 1.959964;
const HOUR_US = 3_600_000_000;

/** A value at a time, µs. */
export interface TimedValue {
  atUs: number;
  value: number;
}

/**
 * How much something grows an hour: the median of the slopes between all pairs of batch medians (Theil and Sen), which no burst moves,
 * with the interval of Kendall's rank statistic, wider where what is left over the line still follows its neighbour (Hamed and Rao's
 * correction, to first order). null where there are too few values, or they wander too much for any interval.
 */
export function growthOf(values: readonly TimedValue[]): Growth | null {
  const batches = batchMedians(values);
  if (batches.length < LEAST_BATCHES) return null;
  const slopes: number[] = [];
  batches.forEach((one, i) => {
    for (const other of batches.slice(i + 1)) slopes.push((other.value - one.value) / (other.atUs - one.atUs));
  });
  slopes.sort((a, b) => a - b);
  const slope = median(slopes);
  const n = batches.length;
  const follows = Math.max(0, neighbourCorrelation(batches.map(({ atUs, value }) => value - slope * atUs)));
  const variance = ((n * (n - 1) * (2 * n + 5)) / 18) * ((1 + follows) / (1 - follows));
  const width = Z * Math.sqrt(variance);
  const first = Math.floor((slopes.length - width) / 2) - 1;
  const last = Math.ceil((slopes.length + width) / 2);
  if (first < 0 || last >= slopes.length) return null;
  return {
    perHour: slope * HOUR_US,
    low: (slopes[first] as number) * HOUR_US,
    high: (slopes[last] as number) * HOUR_US,
  };
}

/** Medians of stretches of equal length; stretches without a value are left out. */
function batchMedians(values: readonly TimedValue[]): TimedValue[] {
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined || last.atUs <= first.atUs) return [];
  const lengthUs = (last.atUs - first.atUs) / BATCHES;
  const batches = Array.from({ length: BATCHES }, (): TimedValue[] => []);
  for (const each of values) {
    batches[Math.min(BATCHES - 1, Math.floor((each.atUs - first.atUs) / lengthUs))]?.push(each);
  }
  return batches.flatMap((batch) =>
    batch.length === 0
      ? []
      : [{ atUs: median(batch.map(({ atUs }) => atUs)), value: median(batch.map(({ value }) => value)) }],
  );
}

/** Between -1 and just below 1; 0 where nothing scatters. */
function neighbourCorrelation(values: readonly number[]): number {
  // The mean of equal numbers is not always exactly that number, and what is left would follow its neighbour.
  if (values.every((value) => value === values[0])) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const all = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const pairs = values.slice(1).reduce((sum, value, i) => sum + (value - mean) * ((values[i] as number) - mean), 0);
  return Math.min(0.999, pairs / all);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** The steepest of several processes. */
export function steepest(all: readonly (Growth | null)[]): Growth | null {
  return all.reduce((most, one) => (most === null || (one !== null && one.perHour > most.perHour) ? one : most), null);
}
