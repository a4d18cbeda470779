import type { Part } from '../core/anchor.ts';
import type { Clock, Micros } from '../core/clock.ts';
import type { EventBatch } from '../core/event-batch.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Recorder } from '../metrics/recorder.ts';
import type { Behavior } from '../models/behavior/behavior.ts';
import type { RateProfile } from '../schedule/profile.ts';
import type { SenderInterval } from './board.ts';

/** A fleet as the loop needs it. */
export interface EngineFleet {
  /** Index in the plan, and in the engine's own list. */
  readonly index: number;
  readonly devices: number;
  /** Slots of the whole fleet, over all parts. */
  readonly slots: number;
  readonly profile: RateProfile;
  /** What its devices do besides reporting on time; null where that is nothing. */
  readonly behavior: Behavior | null;
  /** Index into the engine's sinks. */
  readonly sink: number;
  /** Room that any event of this fleet finds enough. */
  readonly maxEventBytes: number;
  readonly board: {
    readonly counters: Float64Array;
    readonly recorders: Readonly<Record<SenderInterval, Pick<Recorder, 'record' | 'recordMany'>>>;
  };
  append(slot: number, dueUs: Micros, batch: EventBatch): boolean;
}

export interface EngineOptions {
  clock: Clock;
  part: Part;
  fleets: readonly EngineFleet[];
  /** Waiting slots each sink may have, over its lanes. */
  backlogSlots: readonly number[];
  /** What happens at that bound: give the slot up, or end the run. */
  backlogThen: readonly ('shed' | 'abort')[];
  /** Nothing waits for its due time: each fleet goes as fast as its lanes take it, and latencies count from the send. */
  unpaced: boolean;
  /** Slots intended in [fromUs, toUs) enter the latency histograms. */
  measured: { fromUs: Micros; toUs: Micros };
  /** Final outcome of each slot: into the journal. */
  settle(fleet: number, slot: number, outcome: Outcome): void;
  /** Attempts beyond each slot's first: into the journal. */
  attemptedAgain(fleet: number, attempts: number): void;
  /** Called when a backlog is full and its policy is to abort. */
  overflow(sink: number): void;
  /** Slot time before which slots may be sent, because a record on the disk promises them; looked at on every wake-up. */
  promisedUs(): Micros;
  /** The main thread asked to stop; looked at on every wake-up. */
  stopRequested(): boolean;
}

/** What is added to the number of a slot in that of its second copy; to a sink it is a slot like any other. */
export const COPY = 0.5;

export function isCopy(slot: number): boolean {
  return slot !== Math.floor(slot);
}

/** Intended send time of a slot that is due at `dueUs`. */
export function intendedUs({ behavior, devices }: EngineFleet, slot: number, dueUs: Micros): Micros {
  return behavior === null || !behavior.holds ? dueUs : behavior.releaseAt(slot % devices, dueUs);
}
