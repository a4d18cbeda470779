/** Keeps a bounded number of stretches of something without an end: neighbours are merged, two by two, whenever there are too many. */
export class Thinned<T> {
  readonly #most: number;
  readonly #merge: (into: T, next: T) => void;
  #kept: T[] = [];
  /** Stretches that one of those kept stands for, and those in the last one. */
  #each = 1;
  #inLast = 0;

  /** `merge` adds the stretch that follows to one. */
  constructor(most: number, merge: (into: T, next: T) => void) {
    this.#most = most;
    this.#merge = merge;
  }

  add(next: T): void {
    const last = this.#kept.at(-1);
    if (last !== undefined && this.#inLast < this.#each) {
      this.#merge(last, next);
      this.#inLast++;
      return;
    }
    this.#kept.push(next);
    this.#inLast = 1;
    if (this.#kept.length > this.#most) this.#halve();
  }

  get kept(): readonly T[] {
    return this.#kept;
  }

  #halve(): void {
    const before = this.#kept;
    this.#kept = before.filter((_, i) => i % 2 === 0);
    for (let i = 1; i < before.length; i += 2) this.#merge(this.#kept[i >> 1] as T, before[i] as T);
    // All but the last one were full; of an even number it took in a full one.
    this.#inLast = before.length % 2 === 0 ? this.#each + 1 : 1;
    this.#each *= 2;
  }
}
