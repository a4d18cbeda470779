import type { BrokerFaults } from '../brokers/broker-faults.ts';
import type { Micros } from '../core/clock.ts';

/** Something that happens once in a run, in real time. */
export type TimelineEntry = {
  /** µs after slot time 0. */
  atUs: Micros;
  /** Indices of the fleets it concerns; null for all. */
  fleets: number[] | null;
} & TimelineAction;

export type TimelineAction =
  /** A share of the devices is shaken by hand. */
  | { kind: 'shake'; forUs: Micros; share: number }
  /** An earthquake begins; `distanceKm` is that of the devices' centre from the epicentre. */
  | { kind: 'quake'; magnitude: number; depthKm: number; distanceKm: number }
  /** A share of the connections is cut and kept down. */
  | { kind: 'disconnect'; forUs: Micros; share: number }
  /** The embedded broker does harm on purpose. */
  | { kind: 'fault'; forUs: Micros; faults: BrokerFaults }
  /** Words for the reader of the result. */
  | { kind: 'note'; text: string };
