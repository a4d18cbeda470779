import type { Histogram } from './histogram.ts';
import { cellOf } from './recorder.ts';

/** Between 100 µs and 100 s, five steps a decade: near enough for quantiles, and few enough to be kept for each fleet. */
const MANTISSAS = [100, 150, 250, 500, 750];
const DECADES = [1, 10, 100, 1_000, 10_000, 100_000];

/** Upper bounds of the buckets in which latencies leave the house while a run runs, µs, ascending; what is longer is in none of them. */
export const bucketBoundsUs: readonly number[] = [
  ...DECADES.flatMap((decade) => MANTISSAS.map((mantissa) => mantissa * decade)),
  100_000_000,
];

/** A distribution in few numbers. */
export interface BucketCounts {
  /** Samples up to each of `bucketBoundsUs`; never falling. */
  upTo: readonly number[];
  /** All samples. */
  count: number;
  /** Of all samples, µs. */
  sumUs: number;
}

const lastCells: readonly number[] = bucketBoundsUs.map(cellOf);

/**
 * Counts the samples up to each bound. Nothing is estimated, but a bound above 2 ms may lie within a cell of the histogram, which then
 * counts as a whole: values up to 1/1024 beyond the bound are taken for as long as it. Negative samples rank as 0.
 */
export function bucketCounts(histogram: Histogram): BucketCounts {
  const { counts, count, sum } = histogram;
  const upTo: number[] = [];
  let below = 0;
  let cell = 0;
  for (const last of lastCells) {
    for (; cell <= last && below < count; cell++) below += counts[cell] as number;
    upTo.push(below);
  }
  return { upTo, count, sumUs: sum };
}
