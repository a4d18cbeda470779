import { draw, unit } from '../../core/random.ts';
import type { Cut, TargetFleet } from '../target.ts';
import type { LaneMap } from './lane-map.ts';

/**
 * The lanes that a cut chooses, by hashing whose they are: the same devices, or places in a pool, however the run is spread over workers
 * and shards.
 */
export function cutLanes({ fleets, share, key }: Cut, map: LaneMap, users: readonly TargetFleet[]): number[] {
  const concerned = (fleet: number): boolean => fleets === null || fleets.includes(fleet);
  const poolConcerned = users.some(({ index }) => concerned(index));
  const chosen: number[] = [];
  for (let lane = 0; lane < map.lanes; lane++) {
    const { fleet, place } = map.ownerOf(lane);
    if (fleet === null ? !poolConcerned : !concerned(fleet)) continue;
    const channel = fleet === null ? 0 : fleet + 1;
    if (unit(draw(key.k0, key.k1, place, channel)) < share) chosen.push(lane);
  }
  return chosen;
}
