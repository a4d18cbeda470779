import type { Micros } from '../core/clock.ts';
import type { RateProfile } from '../schedule/profile.ts';

/**
 * Cuts the fleets' slots to the first `limit` of the run by intended time, where several are due at once in the fleets' order. The sum is
 * exactly `limit`, or what there was if that is less.
 */
export function limitSlots(
  fleets: readonly { profile: RateProfile; slots: number }[],
  limit: number,
  endUs: Micros,
): number[] {
  const total = fleets.reduce((sum, { slots }) => sum + slots, 0);
  if (total <= limit) return fleets.map(({ slots }) => slots);
  const dueBefore = (t: Micros): number[] => fleets.map(({ profile, slots }) => Math.min(profile.dueBy(t), slots));
  // The last instant before which no more than `limit` are due.
  let low = 0;
  let high = endUs;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sumOf(dueBefore(middle)) <= limit) low = middle;
    else high = middle - 1;
  }
  const counts = dueBefore(low);
  const next = dueBefore(low + 1);
  let rest = limit - sumOf(counts);
  return counts.map((count, i) => {
    const more = Math.min(rest, (next[i] as number) - count);
    rest -= more;
    return count + more;
  });
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
