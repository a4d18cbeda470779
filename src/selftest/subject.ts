import type { Clock, Micros } from '../core/clock.ts';
import type { SelfTestCase } from './cases.ts';

/** Harm that comes to single events; one event suffers at most one kind. */
export const eventFaults = [
  'lose',
  'double',
  'swap',
  'alter',
  'lose-ack',
  'swallow',
  'refuse',
  'refuse-yet-deliver',
  'late',
] as const;

/**
 * - lose: acknowledged, and delivered to nobody
 * - double: delivered twice, acknowledged once
 * - swap: delivered behind the next one of its device
 * - alter: delivered with one bit changed
 * - lose-ack: delivered, and the acknowledgement lost
 * - swallow: neither delivered nor acknowledged
 * - refuse: refused, and not delivered
 * - refuse-yet-deliver: refused, and delivered nevertheless
 * - late: acknowledged, and delivered `lateMs` afterwards
 */
export type EventFault = (typeof eventFaults)[number];

/** What is done to a run on its way to the broker. */
export interface Injection {
  seed: number;
  /** Share of the events that suffer it. */
  shares: Partial<Record<EventFault, number>>;
  /** How much later late ones are delivered. */
  lateMs?: number;
  /** Messages that are no events of the run, one of them, in turn, behind a share of the events. */
  foreign?: { share: number; payloads: readonly Uint8Array[] };
  /** Least time from an event to its acknowledgement, and that of a share; the truth then has when it was. */
  answer?: { ms: number; some?: { share: number; ms: number } };
  /** In each `everyMs` nothing passes for `forMs`; first after `firstAfterMs`. */
  stall?: { everyMs: number; forMs: number; firstAfterMs: number };
}

/** What was really done, from whoever did it. Slots are those of the run's only fleet. */
export interface Truth {
  /** Events that came from the generator. */
  came: number;
  /** Messages that went on to where the reader reads, copies and foreign ones among them. */
  passed: number;
  foreign: number;
  /** By fault, the slots that suffered it, in no order. */
  slots: Readonly<Record<EventFault, readonly number[]>>;
  /** Of the late ones: those that were delivered so far, and those of which a younger one of their device was delivered before. */
  deliveredLate: readonly number[];
  overtakenLate: readonly number[];
  /** When each event came that suffered nothing else and when its acknowledgement went, on the monotonic clock; for an `answer`. */
  answers: readonly { slot: number; cameUs: Micros; atUs: Micros }[];
}

/** A broker that does known harm, ready for one run. */
export interface Rig {
  /** The block `target` of a scenario that goes through it. */
  readonly target: string;
  /** From now on does this harm. */
  inject(injection: Injection): void;
  truth(): Truth;
  close(): Promise<void>;
}

/** What a case needs of its rig. */
export interface RigNeeds {
  /** Events can be refused. */
  refusals: boolean;
  /** Connections are lost. */
  cuts: boolean;
  /** Times are measured. */
  timed: boolean;
  clock: Clock;
}

/** A protocol, or a way to use it, that can be calibrated against: a line in the registry. */
export interface Subject {
  /** As reports and the registry name it. */
  readonly protocol: string;
  readonly faults: readonly EventFault[];
  /** What an acknowledged event that never came is called: missing where its absence proves nothing. */
  readonly absence: 'lost' | 'missing';
  /** What was ambiguous is sent again until it is acknowledged, and is neither doubled nor unknown then. */
  readonly repeats: boolean;
  /** A case whose faults it has, as it is to be run here; null where it proves nothing. As it is, where this is absent. */
  adapt?(one: SelfTestCase): SelfTestCase | null;
  open(needs: RigNeeds): Promise<Rig>;
}
