import type { Micros } from '../core/clock.ts';

/** What a payload turned out to be, as small integers. */
export const Status = {
  /** An event of this run, unaltered. */
  own: 0,
  /** An event of this run whose bytes were altered; its slot where that can still be told, else -1. */
  corrupt: 1,
  /** Another run's, or not ours at all. */
  foreign: 2,
  /** The readiness probe of this run. */
  probe: 3,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/** Which event a payload is. Mutable and reused. */
export interface Identified {
  fleet: number;
  /** -1 where it cannot be told; then seat and sequence are -1 as well. */
  slot: number;
  seat: number;
  /** How many events the seat had before this one. */
  sequence: number;
  /** Intended send time, µs since 1970 UTC; 0 where the slot cannot be told. */
  intendedWallUs: Micros;
}

export function createIdentified(): Identified {
  return { fleet: -1, slot: -1, seat: -1, sequence: -1, intendedWallUs: 0 };
}

/** Fills `into` for a slot of a fleet with `devices` seats. */
export function setSlot(into: Identified, fleet: number, slot: number, devices: number, intendedWallUs: Micros): void {
  const sequence = Math.floor(slot / devices);
  into.fleet = fleet;
  into.slot = slot;
  into.seat = slot - sequence * devices;
  into.sequence = sequence;
  into.intendedWallUs = intendedWallUs;
}

/** Fills `into` for an event of a fleet whose slot cannot be told. */
export function setUnknownSlot(into: Identified, fleet: number): void {
  into.fleet = fleet;
  into.slot = -1;
  into.seat = -1;
  into.sequence = -1;
  into.intendedWallUs = 0;
}
