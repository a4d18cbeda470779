import type { Micros } from '../../core/clock.ts';
import type { Qos } from '../../wire/mqtt-frames.ts';
import { InFlight, MAX_WINDOW, OWN_IDS } from './in-flight.ts';
import type { Settlements } from './settlements.ts';

/** Room of a connection at QoS 0, where only the bytes that wait in its socket bound it. */
export const QOS0_ROOM = 65_536;
/** Places a connection starts with; more come when they are needed. */
const FIRST_PLACES = 16;

/** What a broker takes over one connection. */
export interface LaneLimits {
  receiveMaximum: number | null;
  maximumPacketSize: number;
}

const noLimits: LaneLimits = { receiveMaximum: null, maximumPacketSize: Number.POSITIVE_INFINITY };

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
  readonly qos: Qos;
  readonly #room: Int32Array;
  readonly #drained: (lane: number) => void;
  readonly #inFlight: InFlight | null;
  readonly #most: number;
  #window: number;
  #withheld: number;
  /** The broker counts: what it has not answered takes room, also after we have given it up. */
  #counted = false;
  #maximumPacketSize = Number.POSITIVE_INFINITY;
  #up = false;
  #full = false;
  /** Set while nothing new may be sent: called as soon as nothing is open any more. */
  #idle: (() => void) | null = null;

  /** `window`: most PUBLISHes in flight at QoS 1 and 2, at most `MAX_WINDOW`. */
  constructor(lane: number, qos: Qos, window: number, room: Int32Array, drained: (lane: number) => void) {
    this.lane = lane;
    this.qos = qos;
    this.#room = room;
    this.#drained = drained;
    const bounded = Math.max(1, Math.min(window, MAX_WINDOW));
    this.#inFlight = qos === 0 ? null : new InFlight(Math.min(FIRST_PLACES, bounded));
    this.#most = qos === 0 ? QOS0_ROOM : bounded;
    this.#window = this.#most;
    this.#withheld = this.#window;
    room[lane] = 0;
  }

  /** The session is up. */
  get up(): boolean {
    return this.#up;
  }

  /** PUBLISHes whose last answer is awaited. */
  get outstanding(): number {
    return this.#inFlight === null ? 0 : this.#inFlight.waiting;
  }

  /** What is in flight, for a session that is resumed; null at QoS 0. */
  get inFlight(): InFlight | null {
    return this.#inFlight;
  }

  /** Send time of the oldest of them; Infinity when there is none. */
  get oldestSentAtUs(): Micros {
    return this.#inFlight === null ? Number.POSITIVE_INFINITY : this.#inFlight.oldestSentAtUs;
  }

  /** So many acknowledgements never came that the identifiers could run out; only a new session frees them. */
  get idsExhausted(): boolean {
    if (this.#inFlight === null) return false;
    const given = this.#inFlight.expired + this.#inFlight.abandoned;
    return given > OWN_IDS - MAX_WINDOW || (this.#counted && given >= this.#window);
  }

  /** Most PUBLISHes in flight in this session. */
  get window(): number {
    return this.#window;
  }

  /** Bytes of the longest frame that the broker takes. */
  get maximumPacketSize(): number {
    return this.#maximumPacketSize;
  }

  /**
   * The session is established and its socket takes bytes. `limits` are the broker's: the longest frame, and how many PUBLISHes it
   * takes before it has answered one; null where it does not count them. `resumed`: it has kept what is in flight.
   */
  connected({ receiveMaximum, maximumPacketSize }: LaneLimits = noLimits, resumed = false): void {
    this.#maximumPacketSize = maximumPacketSize;
    this.#up = true;
    this.#full = false;
    this.#idle = null;
    const before = this.#window - this.#held;
    if (resumed && this.qos > 0) this.#inFlight?.resume(this.qos as 1 | 2);
    this.#counted = receiveMaximum !== null;
    this.#window = this.#inFlight === null ? this.#most : Math.min(this.#most, receiveMaximum ?? this.#most);
    this.#withheld += this.#window - this.#held - before;
    this.#release();
  }

  /** The session may be resumed: what is in flight stays so until the next one is there or the time is up. */
  suspended(): void {
    this.#up = false;
    this.#idle = null;
    this.#withhold();
  }

  /** The session ended for good. Everything in flight goes `into`; its acknowledgements cannot come any more. */
  lost(into: Settlements): void {
    this.#up = false;
    this.#idle = null;
    this.#withhold();
    const before = this.#held;
    this.#inFlight?.clear(into);
    this.#withheld += before;
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

  /** Takes the last answer to a PUBLISH, which settles its slot unless that was given up; returns the room to give back for it. */
  acknowledge(packetId: number, into: Settlements): number {
    const inFlight = this.#inFlight;
    if (inFlight === null) return 0;
    const before = this.#held;
    inFlight.acknowledge(packetId, into);
    return before - this.#held;
  }

  /** Takes a PUBREC that is no refusal: PUBREL is to follow. */
  receive(packetId: number): void {
    this.#inFlight?.receive(packetId);
  }

  /** Gives up what was sent before `sentBeforeUs`; returns the room to give back for it. */
  expire(sentBeforeUs: Micros, into: Settlements): number {
    if (this.#inFlight === null) return 0;
    const before = this.#held;
    this.#inFlight.expire(sentBeforeUs, into);
    return before - this.#held;
  }

  /** `count` events taken from this lane's room have been settled. */
  giveBack(count: number): void {
    this.#withheld += count;
    this.#release();
    this.#tellIdle();
  }

  /** Places of the window that are taken. */
  get #held(): number {
    if (this.#inFlight === null) return 0;
    const { waiting, expired, abandoned } = this.#inFlight;
    return waiting + (this.#counted ? expired + abandoned : 0);
  }

  #tellIdle(): void {
    // What was given up is settled, though the broker may still count it.
    const givenUp = this.#held - this.outstanding;
    if (this.#idle === null || this.#withheld + givenUp < this.#window) return;
    const idle = this.#idle;
    // What was held stays held.
    this.#idle = () => {};
    idle();
  }

  #release(): void {
    if (!this.#up || this.#full || this.#idle !== null || this.#withheld <= 0) return;
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
