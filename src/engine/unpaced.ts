import type { Micros } from '../core/clock.ts';
import type { PartSlots } from '../schedule/part-slots.ts';
import type { EngineFleet } from './engine-fleet.ts';

/** Own slots that a fleet may be ahead of another: so much their events mix in the order of device time. */
const STRIDE = 256;

/**
 * Where nothing is paced: the slot time up to which all fleets go next, so far that none goes further than a stride of its own slots and
 * one of them by a slot at least. Infinity when none has a slot left.
 */
export function strideUs(fleets: readonly EngineFleet[], cursors: readonly PartSlots[], parts: number): Micros {
  let horizonUs = Number.POSITIVE_INFINITY;
  let nextUs = Number.POSITIVE_INFINITY;
  fleets.forEach(({ slots, profile }, i) => {
    const { slot } = cursors[i] as PartSlots;
    if (slot >= slots) return;
    nextUs = Math.min(nextUs, profile.timeOf(slot));
    horizonUs = Math.min(horizonUs, profile.timeOf(Math.min(slots - 1, slot + STRIDE * parts)));
  });
  return Math.max(horizonUs, nextUs);
}
