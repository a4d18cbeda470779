import { OTHER_PARTITIONS, type PartitionSums } from '../wire/partition-counts.ts';
import type { PartitionLoad } from './result.ts';

/** A partition that was there for less than this share of what the others got on average says nothing about their balance. */
const LEAST_EXPECTED = 0.1;

/**
 * How evenly partitions were loaded. A partition's index is what it got over what it would have got, had all that were open at a time always
 * got the same: of partitions that were open all the time, the largest index is their maximum over their mean. null where nothing was counted.
 */
export function hotPartition(kind: PartitionLoad['kind'], sums: PartitionSums): PartitionLoad | null {
  const known = [...sums].filter(([partition]) => partition !== OTHER_PARTITIONS);
  let [all, expected] = [0, 0];
  for (const [, sum] of known) {
    all += sum.events;
    expected += sum.expected;
  }
  if (all === 0) return null;
  const least = (LEAST_EXPECTED * expected) / known.length;
  let hottest: PartitionLoad | null = null;
  for (const [partition, sum] of known) {
    const hotIndex = sum.events / sum.expected;
    if (sum.expected < least || (hottest !== null && hotIndex <= hottest.hotIndex)) continue;
    hottest = { kind, count: known.length, hottest: partition, share: sum.events / all, hotIndex };
  }
  return hottest;
}
