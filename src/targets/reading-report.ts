/** Different things that are told one by one. */
const MAX_TOLD = 1_000;
/** Gaps that are kept by name. */
const MAX_NAMED_GAPS = 20;

/** What a reader has to say about its completeness, each thing once. */
export class ReadingReport {
  readonly #notice: (detail: string) => void;
  readonly #told = new Set<string>();
  readonly #gapNames: string[] = [];
  #gaps = 0;

  constructor(notice: (detail: string) => void) {
    this.#notice = notice;
  }

  /** Stretches of which nobody can say that they were read. */
  get gaps(): number {
    return this.#gaps;
  }

  /** The first of them. */
  get gapNames(): readonly string[] {
    return this.#gapNames;
  }

  gap(detail: string): void {
    if (!this.tell(detail)) return;
    this.#gaps++;
    if (this.#gapNames.length < MAX_NAMED_GAPS) this.#gapNames.push(detail);
  }

  /** Tells something that is no gap; whether it had not been told before. */
  tell(detail: string): boolean {
    if (this.#told.has(detail)) return false;
    if (this.#told.size >= MAX_TOLD) return true;
    this.#told.add(detail);
    this.#notice(detail);
    return true;
  }
}
