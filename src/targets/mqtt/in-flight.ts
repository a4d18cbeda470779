import type { Micros } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import type { Settlements } from './settlements.ts';

/** Packet identifiers below this are MQTT.js's own, for SUBSCRIBE and messages outside the schedule. */
export const FIRST_OWN_ID = 64;
/** Packet identifiers that are ours, up to 65535. */
export const OWN_IDS = 65_536 - FIRST_OWN_ID;
/** Largest window: half of the identifiers stay free for those that wait for a late acknowledgement. */
export const MAX_WINDOW = 32_768;

const NONE = -1;

/**
 * PUBLISHes of one connection whose acknowledgement is awaited. A place holds one; its packet identifier is `FIRST_OWN_ID + place`.
 *
 * A place is free, waiting, or expired. An expired one was given up (its slot is settled) but stays taken until its PUBACK comes or
 * the session ends: used again earlier, the late PUBACK of the old message would be taken for that of the new one. At QoS 2 a PUBREC
 * makes a waiting place received, which still waits, and an expired one abandoned; PUBCOMP frees both. A broker may pass a message on
 * only when it gets PUBREL, and forgets what is merely received with the session, so not before PUBCOMP is the event acknowledged.
 *
 *   free → waiting → (received →) free, settled by the answer
 *              ↓          ↓
 *           expired → abandoned → free, settled before
 *
 * Waiting places are linked in the order of sending, so that the oldest is found at once and any may be acknowledged first; free ones
 * form a queue, so that an identifier rests as long as possible.
 */
export class InFlight {
  #fleets: Uint16Array;
  #slots: Float64Array;
  #sentAtUs: Float64Array;
  /** Towards the younger one of the waiting list, or the next of the free queue. */
  #next: Int32Array;
  #previous: Int32Array;
  #state: Uint8Array;
  #capacity: number;
  #oldest = NONE;
  #youngest = NONE;
  #freeHead = NONE;
  #freeTail = NONE;
  #waiting = 0;
  #expired = 0;
  #abandoned = 0;

  constructor(capacity: number) {
    this.#capacity = Math.min(capacity, OWN_IDS);
    this.#fleets = new Uint16Array(this.#capacity);
    this.#slots = new Float64Array(this.#capacity);
    this.#sentAtUs = new Float64Array(this.#capacity);
    this.#next = new Int32Array(this.#capacity);
    this.#previous = new Int32Array(this.#capacity);
    this.#state = new Uint8Array(this.#capacity);
    this.#freeAll(0);
  }

  /** Places whose acknowledgement is awaited. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Places that were given up and whose identifier rests. */
  get expired(): number {
    return this.#expired;
  }

  /** Places that were given up and of which the broker has the message, but has not said PUBCOMP. */
  get abandoned(): number {
    return this.#abandoned;
  }

  /** Send time of the oldest waiting place; Infinity when none waits. */
  get oldestSentAtUs(): Micros {
    return this.#oldest === NONE ? Number.POSITIVE_INFINITY : (this.#sentAtUs[this.#oldest] as number);
  }

  /**
   * Takes a place; returns its packet identifier.
   * @throws IotloadError `defect` when none is left, which a window of `MAX_WINDOW` and `OWN_IDS - MAX_WINDOW` expired ones rule out
   */
  add(fleet: number, slot: number, sentAtUs: Micros): number {
    if (this.#freeHead === NONE) this.#grow();
    const place = this.#freeHead;
    this.#freeHead = this.#next[place] as number;
    if (this.#freeHead === NONE) this.#freeTail = NONE;
    this.#fleets[place] = fleet;
    this.#slots[place] = slot;
    this.#sentAtUs[place] = sentAtUs;
    this.#state[place] = State.waiting;
    this.#next[place] = NONE;
    this.#previous[place] = this.#youngest;
    if (this.#youngest === NONE) this.#oldest = place;
    else this.#next[this.#youngest] = place;
    this.#youngest = place;
    this.#waiting++;
    return FIRST_OWN_ID + place;
  }

  /**
   * Frees the place of a packet whose last answer came: PUBACK, PUBCOMP, or a refusal. Its slot goes `into` if it was still waiting,
   * which the result says.
   */
  acknowledge(packetId: number, into: Settlements): boolean {
    const place = packetId - FIRST_OWN_ID;
    const state = this.#stateOf(place);
    if (state === State.free) return false;
    const waited = state === State.waiting || state === State.received;
    if (waited) {
      into.add(this.#fleets[place] as number, this.#slots[place] as number, this.#sentAtUs[place] as number);
      this.#unlink(place);
    } else if (state === State.expired) {
      this.#expired--;
    } else {
      this.#abandoned--;
    }
    this.#free(place);
    return waited;
  }

  /** Takes a PUBREC that is no refusal. */
  receive(packetId: number): void {
    const place = packetId - FIRST_OWN_ID;
    const state = this.#stateOf(place);
    if (state === State.waiting) this.#state[place] = State.received;
    else if (state === State.expired) this.#abandon(place);
  }

  /** Whether the broker has said PUBREC to this packet, so that PUBCOMP is what it waits for. */
  isReleased(packetId: number): boolean {
    const state = this.#stateOf(packetId - FIRST_OWN_ID);
    return state === State.received || state === State.abandoned;
  }

  /** Gives up what was sent before `sentBeforeUs`; returns how many. */
  expire(sentBeforeUs: Micros, into: Settlements): number {
    let count = 0;
    while (this.#oldest !== NONE && (this.#sentAtUs[this.#oldest] as number) < sentBeforeUs) {
      const place = this.#oldest;
      into.add(this.#fleets[place] as number, this.#slots[place] as number, this.#sentAtUs[place] as number);
      this.#unlink(place);
      if (this.#state[place] === State.received) {
        this.#state[place] = State.abandoned;
        this.#abandoned++;
      } else {
        this.#state[place] = State.expired;
        this.#expired++;
      }
      count++;
    }
    return count;
  }

  /** The session ended: no acknowledgement can come any more. Gives up everything; returns how many were waiting. */
  clear(into: Settlements): number {
    const count = this.expire(Number.POSITIVE_INFINITY, into);
    if (this.#expired === 0 && this.#abandoned === 0) return count;
    this.#expired = 0;
    this.#abandoned = 0;
    this.#freeHead = NONE;
    this.#freeTail = NONE;
    this.#freeAll(0);
    return count;
  }

  /**
   * The broker has kept the session over a lost connection. At QoS 1 it knows nothing of what was given up, so those identifiers are
   * free again; at QoS 2 it may hold the message, which only PUBREL ends.
   */
  resume(qos: 1 | 2): void {
    for (let place = 0; this.#expired > 0 && place < this.#capacity; place++) {
      if (this.#state[place] !== State.expired) continue;
      if (qos === 2) {
        this.#abandon(place);
      } else {
        this.#expired--;
        this.#free(place);
      }
    }
  }

  /** Packets to be sent again as PUBLISH, oldest first. */
  forEachUnanswered(visit: (packetId: number, fleet: number, slot: number) => void): void {
    for (let place = this.#oldest; place !== NONE; place = this.#next[place] as number) {
      if (this.#state[place] === State.received) continue;
      visit(FIRST_OWN_ID + place, this.#fleets[place] as number, this.#slots[place] as number);
    }
  }

  /** Packets whose PUBREL is to be sent again. */
  forEachReleased(visit: (packetId: number) => void): void {
    for (let place = 0; place < this.#capacity; place++)
      if (this.isReleased(FIRST_OWN_ID + place)) visit(FIRST_OWN_ID + place);
  }

  #stateOf(place: number): number {
    return place < 0 || place >= this.#capacity ? State.free : (this.#state[place] as number);
  }

  #abandon(place: number): void {
    this.#state[place] = State.abandoned;
    this.#expired--;
    this.#abandoned++;
  }

  #unlink(place: number): void {
    const previous = this.#previous[place] as number;
    const next = this.#next[place] as number;
    if (previous === NONE) this.#oldest = next;
    else this.#next[previous] = next;
    if (next === NONE) this.#youngest = previous;
    else this.#previous[next] = previous;
    this.#waiting--;
  }

  #free(place: number): void {
    this.#state[place] = State.free;
    this.#next[place] = NONE;
    if (this.#freeTail === NONE) this.#freeHead = place;
    else this.#next[this.#freeTail] = place;
    this.#freeTail = place;
  }

  #freeAll(from: number): void {
    for (let place = from; place < this.#capacity; place++) this.#free(place);
  }

  /** Doubles the places: expired ones have taken those that the window was given. */
  #grow(): void {
    const old = this.#capacity;
    if (old === OWN_IDS) throw new IotloadError('defect', 'more MQTT messages in flight than packet identifiers');
    this.#capacity = Math.min(2 * old, OWN_IDS);
    this.#fleets = extended(this.#fleets, new Uint16Array(this.#capacity));
    this.#slots = extended(this.#slots, new Float64Array(this.#capacity));
    this.#sentAtUs = extended(this.#sentAtUs, new Float64Array(this.#capacity));
    this.#next = extended(this.#next, new Int32Array(this.#capacity));
    this.#previous = extended(this.#previous, new Int32Array(this.#capacity));
    this.#state = extended(this.#state, new Uint8Array(this.#capacity));
    this.#freeAll(old);
  }
}

const State = { free: 0, waiting: 1, expired: 2, received: 3, abandoned: 4 } as const;

function extended<T extends Uint8Array | Uint16Array | Int32Array | Float64Array>(old: T, grown: T): T {
  grown.set(old);
  return grown;
}
