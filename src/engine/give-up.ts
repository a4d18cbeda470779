import type { EngineFleet } from './engine-fleet.ts';
import type { HeldSlots } from './held-slots.ts';
import type { LaneQueues } from './lane-queues.ts';

/** Empties the lanes' queues and what devices hold back, telling each slot that waited there, second copies included. */
export function giveUp(
  fleets: readonly EngineFleet[],
  queues: readonly LaneQueues[],
  held: readonly (HeldSlots | null)[],
  use: (fleet: EngineFleet, slot: number) => void,
): void {
  for (const queue of queues) {
    for (let lane = 0; lane < queue.lanes; lane++) {
      while (!queue.isEmpty(lane)) {
        use(fleets[queue.headFleet(lane)] as EngineFleet, queue.headSlot(lane));
        queue.shift(lane);
      }
    }
  }
  held.forEach((slots, fleet) => {
    while (slots !== null && slots.length > 0) use(fleets[fleet] as EngineFleet, slots.shift());
  });
}
