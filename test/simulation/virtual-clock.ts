import type { Clock } from '../../src/core/clock.ts';

interface Timer {
  atUs: number;
  order: number;
  task: () => void;
}

/** A clock whose time passes only in `advanceTo`: due timers run in order of time, then of creation, and see their own instant. */
export class VirtualClock implements Clock {
  #nowUs: number;
  #order = 0;
  #timers: Timer[] = [];

  constructor(startUs = 1_000_000) {
    this.#nowUs = startUs;
  }

  nowUs(): number {
    return this.#nowUs;
  }

  wallUs(): number {
    return 1_700_000_000_000_000 + this.#nowUs;
  }

  after(ms: number, task: () => void): () => void {
    return this.#add(this.#nowUs + Math.ceil(ms * 1000), task);
  }

  every(ms: number, task: () => void): () => void {
    let cancel = (): void => {};
    const again = (): void => {
      cancel = this.after(ms, again);
      task();
    };
    cancel = this.after(ms, again);
    return () => cancel();
  }

  soon(task: () => void): void {
    this.#add(this.#nowUs, task);
  }

  /** Runs every timer due until `us`, then sets the time to `us`. */
  advanceTo(us: number): void {
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers) {
        if (timer.atUs > us) continue;
        if (next === undefined || timer.atUs < next.atUs || (timer.atUs === next.atUs && timer.order < next.order)) {
          next = timer;
        }
      }
      if (next === undefined) break;
      this.#timers.splice(this.#timers.indexOf(next), 1);
      this.#nowUs = Math.max(this.#nowUs, next.atUs);
      next.task();
    }
    this.#nowUs = us;
  }

  #add(atUs: number, task: () => void): () => void {
    const timer = { atUs, order: this.#order++, task };
    this.#timers.push(timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index !== -1) this.#timers.splice(index, 1);
    };
  }
}
