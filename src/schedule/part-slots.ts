import { type Part, seatsOf } from '../core/anchor.ts';

/** The slots of one part in ascending order, one after the other. `PartOrdinals` numbers the same slots. */
export class PartSlots {
  /** Seats that this part owns. */
  readonly seats: number;
  /** The next own slot; Infinity where the part owns no seat. */
  slot: number;
  /** Seat of `slot`. */
  seat: number;
  readonly #part: Part;
  readonly #devices: number;

  constructor(part: Part, devices: number) {
    this.#part = part;
    this.#devices = devices;
    this.seats = seatsOf(part, devices);
    this.seat = part.index;
    this.slot = this.seats === 0 ? Number.POSITIVE_INFINITY : part.index;
  }

  /** Goes on with the first own slot from `slot` on. */
  seek(slot: number): void {
    if (this.seats === 0) return;
    const round = Math.floor(slot / this.#devices);
    const from = slot - round * this.#devices;
    const steps = Math.max(0, Math.ceil((from - this.#part.index) / this.#part.count));
    const seat = this.#part.index + steps * this.#part.count;
    const next = seat < this.#devices;
    this.seat = next ? seat : this.#part.index;
    this.slot = (next ? round : round + 1) * this.#devices + this.seat;
  }

  /** Steps to the next own slot. */
  advance(): void {
    if (this.seats === 0) return;
    const next = this.seat + this.#part.count;
    if (next < this.#devices) {
      this.slot += this.#part.count;
      this.seat = next;
    } else {
      this.slot += this.#devices - this.seat + this.#part.index;
      this.seat = this.#part.index;
    }
  }
}
