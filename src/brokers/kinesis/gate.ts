/** What holds everything while nothing is to pass. */
export class Gate {
  #isShut = false;
  #waiting: (() => void)[] = [];

  get isShut(): boolean {
    return this.#isShut;
  }

  shut(): void {
    this.#isShut = true;
  }

  open(): void {
    this.#isShut = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when something may pass. */
  async passed(): Promise<void> {
    while (this.#isShut) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
