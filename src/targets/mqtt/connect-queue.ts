import type { Clock } from '../../core/clock.ts';

/** Attempts that have started and are kept in the array until more than half of it are such. */
const CUT_AT = 1024;
/** Connection attempts under way at once; more only fill the broker's accept queue. */
const MAX_CONCURRENT = 200;

/** Lets connection attempts start in order, at a bounded rate and with a bounded number under way. */
export class ConnectQueue {
  readonly #clock: Clock;
  readonly #intervalUs: number;
  readonly #waiting: ((done: () => void) => void)[] = [];
  /** Index of the first one that still waits. */
  #first = 0;
  #running = 0;
  #nextUs = 0;
  #cancelTimer: (() => void) | null = null;

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
    if (this.#cancelTimer !== null) return;
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
      this.#start(this.#waiting[this.#first++] as (done: () => void) => void);
      this.#forgetStarted();
      // An attempt that ended at once has advanced the queue itself, and may have set the timer.
      if (this.#cancelTimer !== null) return;
    }
  }

  /** Cuts off what has started, so rarely that it costs nothing per attempt, and also while there is always somebody waiting. */
  #forgetStarted(): void {
    if (this.#first < this.#waiting.length && (this.#first < CUT_AT || 2 * this.#first < this.#waiting.length)) return;
    this.#waiting.splice(0, this.#first);
    this.#first = 0;
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
