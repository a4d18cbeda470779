import type { Micros } from '../core/clock.ts';
import { total } from '../core/total.ts';

/** Share of a partition or a shard that a plan fills: keys do not spread evenly, and rates have seconds above their mean. */
export const HEADROOM = 0.7;

/** What a plan asks of one target, for a target to say what that takes. Bytes are those of an event on average. */
export interface TargetLoad {
  fleets: readonly FleetLoad[];
  /** Highest sum of the fleets' rates. */
  peakPerSecond: number;
  sendingUs: Micros;
  workers: number;
  /** It is read back. */
  reads: boolean;
}

export interface FleetLoad {
  name: string;
  devices: number;
  events: number;
  peakPerSecond: number;
  addressBytes: number;
  payloadBytes: number;
  /** Share of the fleet's events that go to its most frequent address; the worst case where the addresses follow from readings. */
  hottestShare: number;
  /** The one address of all its events; null where there are several. */
  onlyAddress: string | null;
}

/** Events of all fleets. */
export function eventsOf(fleets: readonly FleetLoad[]): number {
  return total(fleets, ({ events }) => events);
}

/** Address and payload of an event on average. */
export function meanEventBytes(fleets: readonly FleetLoad[]): number {
  const events = eventsOf(fleets);
  const bytes = total(fleets, (fleet) => fleet.events * (fleet.addressBytes + fleet.payloadBytes));
  return events === 0 ? 0 : bytes / events;
}

/** Partitions or shards for what would fill so many to the brim, one at least; a share that only rounding makes larger takes no further one. */
export function placesFor(full: number): number {
  return Math.max(1, Math.ceil(full / HEADROOM - 1e-9));
}

/** What a load takes at a target: how large that has to be, and what it costs. */
export interface Sizing {
  /** What `plan` shows: a word, and what it says. */
  lines: readonly (readonly [word: string, text: string])[];
  /** The same for programs, plain JSON. */
  figures: Readonly<Record<string, unknown>>;
  /** What a target that had no room would need, as in "needs 3 shards"; absent where nobody can say. */
  needs?: string;
  /** What the run costs at most, USD; null where nobody charges anything. */
  costUsd: number | null;
}

/**
 * What a target takes of the generator, beside the making of the events; of processor time on the machine that bench/README.md names, with
 * events of about 200 bytes.
 */
export interface Effort {
  /** CPU nanoseconds to send an event and to hear of its outcome. */
  sendNs: number;
  /** CPU nanoseconds to read an event back, know it and enter it; 0 where nothing can be read. */
  readNs: number;
  /** What a worker holds of events that have no outcome yet, at most. */
  workerBytes?: number;
}
