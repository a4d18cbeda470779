import type { Clock, Micros } from '../core/clock.ts';

/** Waits for what a reader's answers bring about; one waits at a time. */
export class ReadingWait {
  readonly #clock: Clock;
  #look = (): void => {};
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An answer came. */
  answered(): void {
    this.#look();
  }

  /** Nobody waits any more. */
  close(): void {
    this.#closed = true;
    this.#look();
  }

  /** Resolves when `happened`, looked at with each answer, at the deadline, or when it is closed. */
  until(happened: () => boolean, deadlineUs: Micros): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#look = () => {};
        resolve();
      };
      const cancel = this.#clock.after(Math.max(0, deadlineUs - this.#clock.nowUs()) / 1000, end);
      this.#look = () => {
        if (!happened() && !this.#closed) return;
        cancel();
        end();
      };
      this.#look();
    });
  }
}
