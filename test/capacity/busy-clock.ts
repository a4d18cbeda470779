import type { Clock } from '../../src/core/clock.ts';
import type { VirtualClock } from '../simulation/virtual-clock.ts';

/** The clock of one thread whose work takes time: whatever is to be done waits until it is done with what it does. */
export class BusyClock implements Clock {
  readonly #clock: VirtualClock;
  #freeUs = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Works for so long. */
  work(us: number): void {
    this.#freeUs = this.nowUs() + us;
  }

  nowUs(): number {
    return Math.max(this.#freeUs, this.#clock.nowUs());
  }

  wallUs(): number {
    return this.#clock.wallUs() + this.nowUs() - this.#clock.nowUs();
  }

  after(ms: number, task: () => void): () => void {
    return this.#clock.at(this.nowUs() + Math.ceil(ms * 1000), task);
  }

  every(ms: number, task: () => void): () => void {
    return this.#clock.every(ms, task);
  }

  soon(task: () => void): void {
    this.after(0, task);
  }
}
