import { type Part, seatsOf } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import type { Behavior } from '../models/behavior/behavior.ts';

/** Notices where a seat's next event is that of another device: 4 bytes for each seat of a part. */
export class Reloads {
  readonly #behavior: Behavior;
  readonly #part: Part;
  readonly #present: Int32Array;

  constructor(behavior: Behavior, part: Part, devices: number) {
    this.#behavior = behavior;
    this.#part = part;
    this.#present = new Int32Array(seatsOf(part, devices));
  }

  /** The incarnation whose event is due at `dueUs`, where it is not the one that was there before; -1 where it is. */
  next(seat: number, dueUs: Micros): number {
    const at = (seat - this.#part.index) / this.#part.count;
    const incarnation = this.#behavior.incarnationAt(seat, dueUs);
    if (incarnation === this.#present[at]) return -1;
    this.#present[at] = incarnation;
    return incarnation;
  }
}
