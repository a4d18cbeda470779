/** Stretches that are merged in one go. */
const MOST_WAITING = 16;

/** Keeps a bounded number of stretches of something without an end: neighbours are merged, two by two, whenever there are too many. */
export class Thinned<T> {
  readonly #most: number;
  readonly #merge: (into: T, more: readonly T[]) => void;
  #kept: T[] = [];
  /** What is to be merged into the last one. */
  #waiting: T[] = [];
  /** Stretches that one of those kept stands for, and those in the last one. */
  #each = 1;
  #inLast = 0;

  /** `merge` adds the stretches that follow to one. */
  constructor(most: number, merge: (into: T, more: readonly T[]) => void) {
    this.#most = most;
    this.#merge = merge;
  }

  add(next: T): void {
    if (this.#kept.length > 0 && this.#inLast < this.#each) {
      this.#inLast++;
      if (this.#waiting.push(next) === MOST_WAITING) this.#mergeWaiting();
      return;
    }
    this.#mergeWaiting();
    this.#kept.push(next);
    this.#inLast = 1;
    if (this.#kept.length > this.#most) this.#halve();
  }

  get kept(): readonly T[] {
    this.#mergeWaiting();
    return this.#kept;
  }

  #mergeWaiting(): void {
    if (this.#waiting.length === 0) return;
    this.#merge(this.#kept.at(-1) as T, this.#waiting);
    this.#waiting = [];
  }

  #halve(): void {
    const before = this.#kept;
    this.#kept = before.filter((_, i) => i % 2 === 0);
    for (let i = 1; i < before.length; i += 2) this.#merge(this.#kept[i >> 1] as T, [before[i] as T]);
    // All but the last one were full; of an even number it took in a full one.
    this.#inLast = before.length % 2 === 0 ? this.#each + 1 : 1;
    this.#each *= 2;
  }
}
