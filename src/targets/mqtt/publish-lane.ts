import type { Micros } from '../../core/clock.ts';
import { InFlight, MAX_WINDOW, OWN_IDS } from './in-flight.ts';
import type { Settlements } from './settlements.ts';

/** Room of a connection at QoS 0, where only the bytes that wait in its socket bound it. */
export const QOS0_ROOM = 65_536;
/** Places a connection starts with; more come when they are needed. */
const FIRST_PLACES = 16;

/**
 * One publishing connection without its socket: its window, what is in flight, and whether it may send. The room is conserved:
 *
 * window = room[lane] + withheld + taken by the engine and not settled yet
 *
 * While the connection is down or its socket is full, the room is withheld: `room[lane]` is 0 and what is settled meanwhile adds to
 * the withheld part.
 */
export class PublishLane {
  readonly lane: number;
  readonly qos: 0 | 1;
  readonly #room: Int32Array;
  readonly #drained: (lane: number) => void;
  readonly #inFlight: InFlight | null;
  readonly #window: number;
  #withheld: number;
  #up = false;
  #full = false;
  /** Set while nothing new may be sent: called as soon as nothing is open any more. */
  #idle: (() => void) | null = null;

  /** `window`: most PUBLISHes in flight at QoS 1, at most `MAX_WINDOW`. */
  constructor(lane: number, qos: 0 | 1, window: number, room: Int32Array, drained: (lane: number) => void) {
    this.lane = lane;
    this.qos = qos;
    this.#room = room;
    this.#drained = drained;
    const bounded = Math.max(1, Math.min(window, MAX_WINDOW));
    this.#inFlight = qos === 0 ? null : new InFlight(Math.min(FIRST_PLACES, bounded));
    this.#window = qos === 0 ? QOS0_ROOM : bounded;
    this.#withheld = this.#window;
    room[lane] = 0;
  }

  /** The session is up. */
  get up(): boolean {
    return this.#up;
  }

  /** PUBLISHes whose PUBACK is awaited. */
  get outstanding(): number {
    return this.#inFlight === null ? 0 : this.#inFlight.waiting;
  }

  /** Send time of the oldest of them; Infinity when there is none. */
  get oldestSentAtUs(): Micros {
    return this.#inFlight === null ? Number.POSITIVE_INFINITY : this.#inFlight.oldestSentAtUs;
  }

  /** So many acknowledgements never came that the identifiers could run out; only a new session frees them. */
  get idsExhausted(): boolean {
    return this.#inFlight !== null && this.#inFlight.expired > OWN_IDS - MAX_WINDOW;
  }

  /** The session is established and its socket takes bytes. */
  connected(): void {
    this.#up = true;
    this.#full = false;
    this.#idle = null;
    this.#release();
  }

  /** The session ended. Everything in flight goes `into`; its acknowledgements cannot come any more. */
  lost(into: Settlements): void {
    this.#up = false;
    this.#idle = null;
    this.#withhold();
    if (this.#inFlight !== null) this.#withheld += this.#inFlight.clear(into);
  }

  /** The socket holds as many bytes as it may. */
  filled(): void {
    this.#full = true;
    this.#withhold();
  }

  /** The socket has handed its bytes on. */
  emptied(): void {
    if (!this.#full) return;
    this.#full = false;
    this.#release();
  }

  /**
   * Takes nothing new until the next session. `idle` is called once everything is settled that was taken before, which may be at once;
   * never when the session ends before that.
   */
  hold(idle: () => void): void {
    this.#withhold();
    this.#idle = idle;
    this.#tellIdle();
  }

  /** Packet identifier for the PUBLISH of a slot; 0 at QoS 0, which has none. */
  begin(fleet: number, slot: number, sentAtUs: Micros): number {
    return this.#inFlight === null ? 0 : this.#inFlight.add(fleet, slot, sentAtUs);
  }

  /** Takes a PUBACK; true when it settled a slot. The room for it follows with `giveBack`. */
  acknowledge(packetId: number, into: Settlements): boolean {
    return this.#inFlight?.acknowledge(packetId, into) ?? false;
  }

  /** Gives up what was sent before `sentBeforeUs`; returns how many. The room for them follows with `giveBack`. */
  expire(sentBeforeUs: Micros, into: Settlements): number {
    return this.#inFlight === null ? 0 : this.#inFlight.expire(sentBeforeUs, into);
  }

  /** `count` events taken from this lane's room have been settled. */
  giveBack(count: number): void {
    if (count === 0) return;
    this.#withheld += count;
    this.#release();
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#idle === null || this.#withheld < this.#window) return;
    const idle = this.#idle;
    // What was held stays held.
    this.#idle = () => {};
    idle();
  }

  #release(): void {
    if (!this.#up || this.#full || this.#idle !== null || this.#withheld === 0) return;
    const before = this.#room[this.lane] as number;
    this.#room[this.lane] = before + this.#withheld;
    this.#withheld = 0;
    if (before === 0) this.#drained(this.lane);
  }

  #withhold(): void {
    this.#withheld += this.#room[this.lane] as number;
    this.#room[this.lane] = 0;
  }
}
