import type { CapacityGoal } from './search.ts';

/** A ramp has at most so many intervals; each doubles the load at most, unless so many do not suffice. */
const MOST_INTERVALS = 8;
/** Digits of a rate, so that it can be read and typed again. */
const DIGITS = 4;

/** Loads from `from` to `to` in equal ratios, both of them included; at least two. */
export function rampLevels({ vary, from, to }: CapacityGoal): number[] {
  const intervals = Math.min(MOST_INTERVALS, Math.max(1, Math.ceil(Math.log2(to / from))));
  const inside = Array.from({ length: intervals - 1 }, (_, i) =>
    roundLoad(vary, from * (to / from) ** ((i + 1) / intervals)),
  );
  return [...new Set([from, ...inside, to])];
}

/** The load in the middle of two, by ratio; null where they are as near to each other as they have to be or can be. */
export function between({ vary, precision }: CapacityGoal, low: number, high: number): number | null {
  if (high <= low * (1 + precision)) return null;
  const middle = roundLoad(vary, Math.sqrt(low * high));
  return middle > low && middle < high ? middle : null;
}

/** A load as it may be told, and typed again. */
export function roundLoad(vary: CapacityGoal['vary'], level: number): number {
  return vary === 'devices' ? Math.round(level) : Number(level.toPrecision(DIGITS));
}
