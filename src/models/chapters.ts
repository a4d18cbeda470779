import type { SeatKey } from './model.ts';

interface Kept<T> {
  id: number;
  k0: number;
  k1: number;
  chapter: number;
  value: T;
}

/**
 * What a model computes of a device in one go because a part of it depends on the whole: a recursion, a quantile. A chapter is a pure
 * function of seat and number; which of them are at hand only decides how long an answer takes. At most `capacity` are kept, and of one
 * seat at most two, an even and an odd one, so that who looks across a border does not compute either side anew each time.
 */
export class Chapters<T> {
  readonly #capacity: number;
  readonly #compute: (seat: SeatKey, chapter: number) => T;
  readonly #kept: Kept<T>[] = [];
  readonly #places = new Map<number, number>();
  #last: Kept<T> | null = null;
  #victim = 0;

  constructor(capacity: number, compute: (seat: SeatKey, chapter: number) => T) {
    this.#capacity = Math.max(1, capacity);
    this.#compute = compute;
  }

  /** Chapter `chapter` of a seat; valid until the model is asked for another one. */
  of(seat: SeatKey, chapter: number): T {
    const last = this.#last;
    if (last !== null && last.chapter === chapter && last.k0 === seat.k0 && last.k1 === seat.k1) return last.value;
    const id = seat.seat * 2 + (chapter % 2);
    const place = this.#places.get(id);
    let kept = place === undefined ? undefined : this.#kept[place];
    if (kept === undefined || kept.chapter !== chapter || kept.k0 !== seat.k0 || kept.k1 !== seat.k1) {
      const { k0, k1 } = seat;
      kept = { id, k0, k1, chapter, value: this.#compute(seat, chapter) };
      this.#keep(kept);
    }
    this.#last = kept;
    return kept.value;
  }

  #keep(entry: Kept<T>): void {
    let place = this.#places.get(entry.id);
    if (place === undefined) {
      place = this.#kept.length;
      if (place >= this.#capacity) {
        // Seats take turns: if the oldest went, every one of a few too many would go before it is asked for again.
        this.#victim = (Math.imul(this.#victim, 1_664_525) + 1_013_904_223) >>> 0;
        place = this.#victim % this.#capacity;
        this.#places.delete((this.#kept[place] as Kept<T>).id);
      }
      this.#places.set(entry.id, place);
    }
    this.#kept[place] = entry;
  }
}
