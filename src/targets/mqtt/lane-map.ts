import { type Part, seatsOf } from '../../core/anchor.ts';
import type { TargetFleet } from '../target.ts';

/** Which connection of this part a device uses. */
export interface LaneMap {
  lanes: number;
  laneOf(fleet: number, seat: number): number;
  /** What the connection calls itself; of a device in its first incarnation where none is named. */
  clientId(lane: number, incarnation?: number): string;
  /** Whose the lane is: a seat of a fleet, or a place in a pool, counted over all parts, where `fleet` is null. */
  ownerOf(lane: number): { fleet: number | null; place: number };
}

/** The lanes of one part, of devices or of a pool. */
export function laneMapOf(
  connections: number | 'per_device',
  { part, fleets, runId }: { part: Part; fleets: readonly TargetFleet[]; runId: string },
): LaneMap {
  if (connections === 'per_device') return lanePerDevice(part, fleets);
  // A fleet sends to one target, so its index tells two targets at one broker apart.
  return lanePool(part, connections, `iotload-${runId}-${fleets[0]?.index ?? 0}`);
}

/** One connection per device of this part, named like the device. */
export function lanePerDevice(part: Part, fleets: readonly TargetFleet[]): LaneMap {
  const firstLane: number[] = [];
  const owners: { fleet: TargetFleet; from: number }[] = [];
  let lanes = 0;
  for (const fleet of fleets) {
    firstLane[fleet.index] = lanes;
    owners.push({ fleet, from: lanes });
    lanes += seatsOf(part, fleet.devices);
  }
  const { index, count } = part;
  const find = (lane: number): { fleet: TargetFleet; seat: number } => {
    const { fleet, from } = owners.findLast((owner) => owner.from <= lane) as { fleet: TargetFleet; from: number };
    return { fleet, seat: index + (lane - from) * count };
  };
  return {
    lanes,
    laneOf: (fleet, seat) => (firstLane[fleet] as number) + (seat - index) / count,
    clientId: (lane, incarnation) => {
      const { fleet, seat } = find(lane);
      return fleet.deviceId(seat, incarnation);
    },
    ownerOf: (lane) => {
      const { fleet, seat } = find(lane);
      return { fleet: fleet.index, place: seat };
    },
  };
}

/**
 * This part's share of `connections` that all devices use; a device always uses the same one, so that its events keep their order.
 * `prefix` tells apart the pools of one run at one broker.
 */
export function lanePool(part: Part, connections: number, prefix: string): LaneMap {
  const { index, count } = part;
  const share = Math.floor(connections / count) + (index < connections % count ? 1 : 0);
  const lanes = Math.max(1, share);
  return {
    lanes,
    laneOf: (_fleet, seat) => ((seat - index) / count) % lanes,
    clientId: (lane) => `${prefix}-${index}-${lane}`,
    ownerOf: (lane) => ({ fleet: null, place: index + lane * count }),
  };
}
