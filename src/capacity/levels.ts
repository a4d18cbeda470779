import { evenRatios, roundLoad } from '../plan/loads.ts';
import type { CapacityGoal } from './search.ts';

/** A ramp has at most so many intervals; each doubles the load at most, unless so many do not suffice. */
const MOST_INTERVALS = 8;

/** Loads from `from` to `to` in equal ratios, both of them included; at least two. */
export function rampLevels({ vary, from, to }: CapacityGoal): number[] {
  const intervals = Math.min(MOST_INTERVALS, Math.max(1, Math.ceil(Math.log2(to / from))));
  return evenRatios(vary, from, to, intervals);
}

/** The load in the middle of two, by ratio; null where they are as near to each other as they have to be or can be. */
export function between({ vary, precision }: CapacityGoal, low: number, high: number): number | null {
  if (high <= low * (1 + precision)) return null;
  const middle = roundLoad(vary, Math.sqrt(low * high));
  return middle > low && middle < high ? middle : null;
}
