import { formatShare } from '../metrics/format-share.ts';
import type { PartitionLoad } from '../metrics/result.ts';
import { partitionName } from '../wire/placed-arrivals.ts';

/** How evenly the partitions of a target were loaded, in a sentence without its end. */
export function partitionLine({ kind, count, hottest, share, hotIndex }: PartitionLoad): string {
  if (count === 1) return `one ${kind}, ${partitionName(hottest)}`;
  const times = hotIndex < 1.005 ? 'an even share' : `${hotIndex.toFixed(2)} times an even share`;
  return `${count} ${kind}s; the hottest, ${partitionName(hottest)}, got ${formatShare(Math.round(share * 1000) / 1000)} of the events, ${times}`;
}
