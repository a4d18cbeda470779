import type { Clock } from '../../src/core/clock.ts';

interface Timer {
  atUs: number;
  order: number;
  task: (() => void) | null;
}

/** A clock whose time passes only in `advanceTo` and `advance`: due timers run in order of time, then of creation, and see their own instant. */
export class VirtualClock implements Clock {
  #nowUs: number;
  #wallOffsetUs = 1_700_000_000_000_000;
  #order = 0;
  /** Tasks run so far. */
  ran = 0;
  /** A binary heap; a cancelled timer stays in it without its task. */
  readonly #timers: Timer[] = [];

  constructor(startUs = 1_000_000) {
    this.#nowUs = startUs;
  }

  nowUs(): number {
    return this.#nowUs;
  }

  wallUs(): number {
    return this.#wallOffsetUs + this.#nowUs;
  }

  /** Somebody sets the wall clock; the monotonic one does not notice. */
  stepWall(us: number): void {
    this.#wallOffsetUs += us;
  }

  after(ms: number, task: () => void): () => void {
    return this.at(this.#nowUs + Math.ceil(ms * 1000), task);
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
    this.at(this.#nowUs, task);
  }

  /** Runs `task` at an instant of the monotonic clock; returns a function that cancels. */
  at(atUs: number, task: () => void): () => void {
    const timer: Timer = { atUs, order: this.#order++, task };
    this.#push(timer);
    return () => {
      timer.task = null;
    };
  }

  /** Runs every timer due until `us`, then sets the time to `us`. */
  advanceTo(us: number): void {
    while (this.#runNext(us)) {}
    this.#nowUs = us;
  }

  /** The same, and after each timer lets go on whatever waits for a promise. Ends early, at the instant it has come to, when `until` says so. */
  async advance(us: number, until: () => boolean = () => false): Promise<void> {
    await turn();
    while (!until()) {
      if (!this.#runNext(us)) {
        this.#nowUs = us;
        return;
      }
      await turn();
    }
  }

  #runNext(us: number): boolean {
    for (;;) {
      const next = this.#timers[0];
      if (next === undefined || next.atUs > us) return false;
      this.#pop();
      if (next.task === null) continue;
      this.#nowUs = Math.max(this.#nowUs, next.atUs);
      this.ran++;
      next.task();
      return true;
    }
  }

  #push(timer: Timer): void {
    const heap = this.#timers;
    let place = heap.length;
    heap.push(timer);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(timer, heap[parent] as Timer)) break;
      heap[place] = heap[parent] as Timer;
      place = parent;
    }
    heap[place] = timer;
  }

  #pop(): void {
    const heap = this.#timers;
    const last = heap.pop() as Timer;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) child++;
      if (!isBefore(heap[child] as Timer, last)) break;
      heap[place] = heap[child] as Timer;
      place = child;
    }
    heap[place] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order);
}

/** One real turn of the event loop: every promise that can go on has gone on, and every `nextTick` has run. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
