/** Everything that happens in a world, as a hash: two worlds with one trace did the same at the same instants. */
export class Trace {
  /** Things that happened. */
  count = 0;
  /** Faults by kind. */
  readonly faults = new Map<string, number>();
  readonly #now: () => number;
  readonly #lines: string[] | null;
  readonly #words = new Map<string, number>();
  #a = 0x811c9dc5;
  #b = 0x9e3779b9;

  /** `verbose` keeps the lines, too. */
  constructor(now: () => number, verbose = false) {
    this.#now = now;
    this.#lines = verbose ? [] : null;
  }

  note(what: string, ...figures: readonly number[]): void {
    this.count++;
    const now = this.#now();
    this.#mix(this.#wordOf(what));
    this.#mix(now);
    for (const figure of figures) this.#mix(figure);
    this.#lines?.push(`${((now - 1_000_000) / 1e6).toFixed(6)} ${what} ${figures.join(' ')}`);
  }

  /** Something that the fault plan did. */
  fault(kind: string, ...figures: readonly number[]): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
    this.note(`fault: ${kind}`, ...figures);
  }

  get hash(): string {
    return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  get text(): string {
    return (this.#lines ?? []).join('\n');
  }

  #mix(figure: number): void {
    for (const word of [figure | 0, Math.floor(figure / 2 ** 32) | 0]) {
      this.#a = Math.imul(this.#a ^ word, 0x01000193);
      this.#a ^= this.#a >>> 15;
      this.#b = (Math.imul(this.#b, 0x85ebca6b) + (word ^ this.#a)) | 0;
      this.#b ^= this.#b >>> 13;
    }
  }

  #wordOf(what: string): number {
    let word = this.#words.get(what);
    if (word !== undefined) return word;
    word = 0;
    for (let i = 0; i < what.length; i++) word = (Math.imul(word, 31) + what.charCodeAt(i)) | 0;
    this.#words.set(what, word);
    return word;
  }
}
