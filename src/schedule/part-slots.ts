import { type Part, seatsOf } from '../core/anchor.ts';

/**
 * The slots of one part in ascending order. Slot n·devices + seat is the n-th event of its seat; a part owns every `part.count`-th
 * seat, so its own slots are counted by an ordinal without a gap:
 *
 *     ordinal = n·seats + i   ⇄   slot = n·devices + part.index + i·part.count        0 ≤ i < seats
 */
export class PartSlots {
  /** Seats that this part owns. */
  readonly seats: number;
  /** The next own slot; Infinity where the part owns no seat. */
  slot: number;
  /** Seat of `slot`. */
  seat: number;
  /** How many events the seat had before `slot`. */
  n = 0;
  /** How many own slots come before `slot`. */
  ordinal = 0;
  readonly #part: Part;
  readonly #devices: number;

  constructor(part: Part, devices: number) {
    this.#part = part;
    this.#devices = devices;
    this.seats = seatsOf(part, devices);
    this.seat = part.index;
    this.slot = this.seats === 0 ? Number.POSITIVE_INFINITY : part.index;
  }

  /** Steps to the next own slot. */
  advance(): void {
    if (this.seats === 0) return;
    this.ordinal++;
    const next = this.seat + this.#part.count;
    if (next < this.#devices) {
      this.slot += this.#part.count;
      this.seat = next;
    } else {
      this.slot += this.#devices - this.seat + this.#part.index;
      this.seat = this.#part.index;
      this.n++;
    }
  }

  /** Goes to the own slot number `ordinal`. */
  seek(ordinal: number): void {
    if (this.seats === 0) return;
    this.ordinal = ordinal;
    this.n = Math.floor(ordinal / this.seats);
    this.seat = this.#part.index + (ordinal - this.n * this.seats) * this.#part.count;
    this.slot = this.n * this.#devices + this.seat;
  }
}

/** The own slot number `ordinal` of a part that owns at least one seat. */
export function slotOfOrdinal(part: Part, devices: number, ordinal: number): number {
  const seats = seatsOf(part, devices);
  const n = Math.floor(ordinal / seats);
  return n * devices + part.index + (ordinal - n * seats) * part.count;
}

/** Position of a slot among the part's own slots; the part must own it. */
export function ordinalOfSlot(part: Part, devices: number, slot: number): number {
  const n = Math.floor(slot / devices);
  return n * seatsOf(part, devices) + (slot - n * devices - part.index) / part.count;
}

/** How many of the slots 0 … slots − 1 a part owns. */
export function countOwned(part: Part, devices: number, slots: number): number {
  const n = Math.floor(slots / devices);
  return n * seatsOf(part, devices) + seatsOf(part, slots - n * devices);
}
