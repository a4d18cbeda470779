import { type Part, seatsOf } from '../core/anchor.ts';
import type { SlotSet } from '../core/slot-set.ts';

/**
 * Numbers the slots that one part owns of a fleet 0, 1, 2 …, so that what a part did without a gap is one interval.
 *
 * With D devices and part p of q owning Dp seats: slot n·D + (p + q·i) ⇄ ordinal n·Dp + i.
 */
export class PartOrdinals {
  /** The part is everything: ordinals are slots. */
  readonly whole: boolean;
  readonly #part: Part;
  readonly #devices: number;
  readonly #seats: number;

  constructor(part: Part, devices: number) {
    this.#part = part;
    this.#devices = devices;
    this.#seats = seatsOf(part, devices);
    this.whole = part.count === 1;
  }

  /** Whether the part owns the slot. */
  owns(slot: number): boolean {
    return this.whole || (slot % this.#devices) % this.#part.count === this.#part.index;
  }

  /** The ordinal of a slot that the part owns. */
  of(slot: number): number {
    if (this.whole) return slot;
    const round = Math.floor(slot / this.#devices);
    const seat = slot - round * this.#devices;
    return round * this.#seats + (seat - this.#part.index) / this.#part.count;
  }

  /** How many slots below `slot` the part owns; so the ordinal of the first one from `slot` on. */
  below(slot: number): number {
    if (this.whole) return slot;
    const round = Math.floor(slot / this.#devices);
    const seat = slot - round * this.#devices;
    return round * this.#seats + seatsOf(this.#part, seat);
  }

  /** The slot with this ordinal. The part owns at least one seat. */
  slot(ordinal: number): number {
    if (this.whole) return ordinal;
    const round = Math.floor(ordinal / this.#seats);
    return round * this.#devices + this.#part.index + this.#part.count * (ordinal - round * this.#seats);
  }

  /** Adds the slots with ordinals `from … to−1` to a set; returns how many were new. */
  addSlots(from: number, to: number, into: SlotSet): number {
    if (this.whole) return into.addInterval(from, to);
    const before = into.count;
    for (let ordinal = from; ordinal < to; ordinal++) into.add(this.slot(ordinal));
    return into.count - before;
  }
}
