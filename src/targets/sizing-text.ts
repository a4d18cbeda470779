import { formatRate } from '../core/units.ts';
import type { HottestKey } from './key-spread.ts';

/** A share of one in percent, two significant digits. */
export function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

/** How often the hottest key comes, and what `share` of a place, a `partition` or a `shard`, that takes. */
export function hottestKeyText({ fleet, perSecond }: HottestKey, share: number, place: string): string {
  const rate = `${formatRate(perSecond)} at the peak (${fleet})`;
  if (share <= 1) return `${rate}, ${percentText(share)} of a ${place}`;
  return `${rate}: ${Number(share.toPrecision(3))} times what a ${place} takes, however many there are; give events a key that varies more`;
}

/** That the fullest place gets so much more than its share. */
export function unevenText(excess: number, place: string): string {
  return `so few keys spread unevenly: the fullest ${place} is likely to get ${percentText(excess)} more than its share`;
}
