import type { Micros } from '../core/clock.ts';
import type { PartSlots } from '../schedule/part-slots.ts';
import type { EngineFleet } from './engine-fleet.ts';
import type { HeldSlots } from './held-slots.ts';

/** Intended time of the next slot of any fleet, relative to the start; Infinity when none is left. */
export function nextDue(
  fleets: readonly EngineFleet[],
  cursors: readonly PartSlots[],
  held: readonly (HeldSlots | null)[],
): Micros {
  let next = Number.POSITIVE_INFINITY;
  for (let i = 0; i < cursors.length; i++) {
    const fleet = fleets[i] as EngineFleet;
    const { slot } = cursors[i] as PartSlots;
    if (slot < fleet.slots) next = Math.min(next, fleet.profile.timeOf(slot));
    next = Math.min(next, held[i]?.releaseUs ?? Number.POSITIVE_INFINITY);
  }
  return next;
}
