import type { Micros } from '../core/clock.ts';

/** Places a queue starts with; more come when they are needed. */
const FIRST_PLACES = 1024;

/**
 * Slots that devices hold back while they are cut off, by the end of the outage, then by number: a heap in flat arrays, 16 bytes a slot.
 * It needs no bound of its own: the plan refuses fleets that would hold back too much.
 */
export class HeldSlots {
  #releases = new Float64Array(FIRST_PLACES);
  #slots = new Float64Array(FIRST_PLACES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** When the first of them may leave; Infinity where there is none. */
  get releaseUs(): Micros {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : (this.#releases[0] as number);
  }

  push(releaseUs: Micros, slot: number): void {
    if (this.#length === this.#slots.length) this.#grow();
    let place = this.#length++;
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if (!this.#isBefore(releaseUs, slot, parent)) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#releases[place] = releaseUs;
    this.#slots[place] = slot;
  }

  /** Removes the first of a queue that is not empty and returns its slot. */
  shift(): number {
    const first = this.#slots[0] as number;
    const last = --this.#length;
    const releaseUs = this.#releases[last] as number;
    const slot = this.#slots[last] as number;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= last) break;
      if (
        child + 1 < last &&
        this.#isBefore(this.#releases[child + 1] as number, this.#slots[child + 1] as number, child)
      )
        child++;
      if (this.#isBefore(releaseUs, slot, child)) break;
      this.#move(child, place);
      place = child;
    }
    this.#releases[place] = releaseUs;
    this.#slots[place] = slot;
    return first;
  }

  #isBefore(releaseUs: Micros, slot: number, place: number): boolean {
    const other = this.#releases[place] as number;
    return releaseUs === other ? slot < (this.#slots[place] as number) : releaseUs < other;
  }

  #move(from: number, to: number): void {
    this.#releases[to] = this.#releases[from] as number;
    this.#slots[to] = this.#slots[from] as number;
  }

  #grow(): void {
    const [releases, slots] = [this.#releases, this.#slots];
    this.#releases = new Float64Array(2 * slots.length);
    this.#slots = new Float64Array(2 * slots.length);
    this.#releases.set(releases);
    this.#slots.set(slots);
  }
}
