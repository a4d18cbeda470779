import type { Clock } from '../../core/clock.ts';

/** Connection attempts under way at once; more only fill the broker's accept queue. */
const MAX_CONCURRENT = 200;
/** Started attempts that the array holds at least before it is cut. */
const CUT_AT = 1024;

/** Lets connection attempts start in order, at a bounded rate and with a bounded number under way. */
export class ConnectQueue {
  readonly #clock: Clock;
  readonly #intervalUs: number;
  readonly #waiting: ((done: () => void) => void)[] = [];
  /** Index of the first one that still waits; the array is cut when most have started, so that it never holds many more than wait. */
  #first = 0;
  #running = 0;
  #nextUs = 0;
  #cancelTimer: (() => void) | null = null;
  #advancing = false;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#intervalUs = 1e6 / perSecond;
  }

  /** `start` is called when it is its turn, and calls `done` once when the attempt has succeeded or failed. */
  add(start: (done: () => void) => void): void {
    this.#waiting.push(start);
    this.#advance();
  }

  /** Forgets all that has not started. */
  clear(): void {
    this.#waiting.length = 0;
    this.#first = 0;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #advance(): void {
    // An attempt that is over at once, or adds another, comes back here while the loop below still runs and sees to it.
    if (this.#cancelTimer !== null || this.#advancing) return;
    this.#advancing = true;
    try {
      this.#startDue();
    } finally {
      this.#advancing = false;
    }
  }

  /** Starts what may start now, and sets the timer if more must wait for its turn. */
  #startDue(): void {
    while (this.#first < this.#waiting.length && this.#running < MAX_CONCURRENT) {
      const nowUs = this.#clock.nowUs();
      if (nowUs < this.#nextUs) {
        this.#cancelTimer = this.#clock.after((this.#nextUs - nowUs) / 1000, () => {
          this.#cancelTimer = null;
          this.#advance();
        });
        return;
      }
      // A timer that fired late is made up for, up to 50 ms of attempts.
      this.#nextUs = Math.max(this.#nextUs, nowUs - 50_000) + this.#intervalUs;
      const attempt = this.#waiting[this.#first++] as (done: () => void) => void;
      this.#cut();
      this.#start(attempt);
    }
  }

  /** Lets go of those that have started: each costs a constant time, as at least as many are cut as are moved. */
  #cut(): void {
    const { length } = this.#waiting;
    if (this.#first === length || (this.#first > CUT_AT && 2 * this.#first > length)) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
  }

  #start(attempt: (done: () => void) => void): void {
    let finished = false;
    this.#running++;
    attempt(() => {
      if (finished) return;
      finished = true;
      this.#running--;
      this.#advance();
    });
  }
}
