import type { Clock, Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { Outcome } from '../../core/outcome.ts';
import type { SinkEvents } from '../target.ts';
import { describeFileError } from './file-error.ts';
import type { FileEncoder, OpenFormat } from './formats/format.ts';
import { LandingRoom } from './landing-room.ts';
import { type LandingFile, type Place, PlaceError } from './places/place.ts';
import { SlotList } from './slot-list.ts';

/** Events of a file at most, and those without an outcome: one file may be completed while the next fills. */
const FILE_EVENTS = 256 * 1024;
const MOST_OUTSTANDING = 2 * FILE_EVENTS;

/** What decides where files begin and end. */
export interface LandingBounds {
  /** Name of file number `sequence`, from 1. */
  nameOf(sequence: number): string;
  /** Number of the last file that is there already. */
  last: number;
  /** A file holds no more bytes than these, unless a single event does. */
  maxBytes: number;
}

/** A file from its first event to its outcome. */
interface Landing {
  readonly encoder: FileEncoder;
  readonly slots: SlotList;
  /** Nothing is added any more. */
  isFull: boolean;
  /** Its events have their outcome. */
  isSettled: boolean;
}

/**
 * Events in one file after the other. An event is acked when its file is complete: durable, and there under its own name. A file that
 * cannot be written is given up as a whole, and its events are rejected; they are unknown where nobody can say whether it is there.
 */
export class LandingWriter {
  readonly #place: Place;
  readonly #format: OpenFormat;
  readonly #bounds: LandingBounds;
  readonly #clock: Clock;
  readonly #events: SinkEvents;
  readonly #room: LandingRoom;
  #sequence: number;
  /** In their order; the last one may still fill. */
  readonly #landings: Landing[] = [];
  /** The first of them, on its way. */
  #file: LandingFile | null = null;
  /** Bytes of the write under way. */
  #writing = 0;
  #busy = false;
  #onIdle: (() => void)[] = [];

  constructor(place: Place, format: OpenFormat, bounds: LandingBounds, clock: Clock, events: SinkEvents) {
    this.#place = place;
    this.#format = format;
    this.#bounds = bounds;
    this.#clock = clock;
    this.#events = events;
    this.#sequence = bounds.last;
    this.#room = new LandingRoom(MOST_OUTSTANDING, () => events.drained(0));
  }

  /** Events it still takes; the only lane. */
  get room(): Int32Array {
    return this.#room.published;
  }

  send(batch: EventBatch, atUs: Micros): void {
    const unfit = new SlotList();
    for (let i = 0; i < batch.count; i++) {
      const from = batch.payloads[i] as number;
      const to = batch.ends[i] as number;
      const slot = batch.slots[i] as number;
      this.#room.take(to - from);
      const landing = this.#landingFor(to - from);
      if (landing.encoder.add(batch.bytes, from, to, batch.fleet, slot)) landing.slots.add(batch.fleet, slot, atUs);
      else unfit.add(batch.fleet, slot, atUs);
    }
    if (unfit.length > 0) this.#report(unfit, Outcome.rejected, 'no column for it');
    this.#publishRoom();
    this.#work();
  }

  /** Completes the file, if an event is in it; events that follow go to the next. */
  roll(): void {
    this.#fill();
    this.#work();
  }

  /** Completes the file and resolves when every event has an outcome, or after `timeoutMs`: what is then still open is `unknown`. */
  async flush(timeoutMs: number): Promise<void> {
    this.roll();
    if (!this.#busy) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(timeoutMs, () => {
        for (const landing of this.#landings) this.#settle(landing, Outcome.unknown, 'not landed in time');
        resolve();
      });
      this.#onIdle.push(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Resolves when nothing is being written any more. */
  async close(): Promise<void> {
    this.roll();
    if (this.#busy) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** The file that an event of so many bytes goes into. */
  #landingFor(bytes: number): Landing {
    const open = this.#landings.at(-1);
    if (open !== undefined && !open.isFull) {
      const { encoder, slots } = open;
      const isFull = encoder.size + encoder.sizeOf(bytes) > this.#bounds.maxBytes || slots.length >= FILE_EVENTS;
      if (slots.length === 0 || !isFull) return open;
      this.#fill();
    }
    const landing: Landing = {
      encoder: this.#format.encoder(),
      slots: new SlotList(),
      isFull: false,
      isSettled: false,
    };
    this.#landings.push(landing);
    return landing;
  }

  #fill(): void {
    const open = this.#landings.at(-1);
    if (open === undefined || open.isFull || open.slots.length === 0) return;
    open.isFull = true;
    open.encoder.finish();
  }

  #publishRoom(): void {
    this.#room.hold(this.#landings.reduce((sum, { encoder }) => sum + encoder.held, this.#writing));
    this.#room.publish();
  }

  #work(): void {
    if (!this.#busy) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    const [first] = this.#landings;
    if (first === undefined || (!first.isFull && !first.encoder.isReady)) return;
    this.#busy = true;
    for (let landing = this.#landings[0]; landing !== undefined; landing = this.#landings[0]) {
      if (!(await this.#land(landing))) break;
      this.#landings.shift();
      this.#publishRoom();
    }
    this.#busy = false;
    for (const wake of this.#onIdle.splice(0)) wake();
  }

  /** Writes what is ready of a file; true when it is over with it. */
  async #land(landing: Landing): Promise<boolean> {
    try {
      for (let bytes = landing.encoder.take(); bytes !== null; bytes = landing.encoder.take()) {
        this.#file ??= await this.#place.create(this.#bounds.nameOf(this.#sequence + 1));
        this.#writing = bytes.length;
        await this.#file.write(bytes);
        this.#writing = 0;
        this.#publishRoom();
      }
      if (!landing.isFull) return false;
      await this.#file?.complete();
      this.#file = null;
      this.#sequence++;
      this.#settle(landing, Outcome.acked, 'landed');
    } catch (error) {
      await this.#giveUp(landing, error);
    }
    return true;
  }

  async #giveUp(landing: Landing, error: unknown): Promise<void> {
    const file = this.#file;
    this.#file = null;
    this.#writing = 0;
    landing.isFull = true;
    const reason = error instanceof PlaceError ? error.message : describeFileError(error);
    const ambiguous = error instanceof PlaceError && error.ambiguous;
    if (ambiguous) {
      // Its name may be taken, so the next one is another.
      this.#sequence++;
      this.#events.notice('warning', `a file may not have landed: ${reason}`, 1);
    } else await file?.discard();
    this.#settle(landing, ambiguous ? Outcome.unknown : Outcome.rejected, reason.toLowerCase());
  }

  #settle(landing: Landing, outcome: Outcome, reason: string): void {
    if (landing.isSettled) return;
    landing.isSettled = true;
    landing.isFull = true;
    this.#report(landing.slots, outcome, reason);
    this.#publishRoom();
  }

  #report(slots: SlotList, outcome: Outcome, reason: string): void {
    const atUs = this.#clock.nowUs();
    this.#room.settle(slots.length);
    slots.forEachFleet((fleet, fleetSlots, sentAtUs, count) => {
      this.#events.settled(fleet, fleetSlots, sentAtUs, count, outcome, reason, atUs);
    });
  }
}
