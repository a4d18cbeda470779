import type { Clock, Micros } from '../core/clock.ts';

/** How late timers fire on this machine, in this process: the granularity of everything that waits. µs. */
export interface Granularity {
  /** Least step that the clock was seen to make. */
  clockStepUs: Micros;
  /** By how much timers of one millisecond were late. */
  timers: { count: number; p50: Micros; p99: Micros; p999: Micros; max: Micros };
}

/** Waits for a millisecond again and again, and remembers how long it was in truth. */
export class TimerWatch {
  readonly #clock: Clock;
  readonly #late: Micros[] = [];
  #cancel: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wait();
  }

  /** Ends it. */
  stop(): Granularity {
    this.#cancel();
    const sorted = Float64Array.from(this.#late).sort();
    const timers = {
      count: sorted.length,
      p50: quantileOf(sorted, 0.5),
      p99: quantileOf(sorted, 0.99),
      p999: quantileOf(sorted, 0.999),
      max: sorted.at(-1) ?? 0,
    };
    return { clockStepUs: clockStepUs(this.#clock), timers };
  }

  #wait(): void {
    const dueUs = this.#clock.nowUs() + 1000;
    this.#cancel = this.#clock.after(1, () => {
      this.#late.push(Math.max(0, this.#clock.nowUs() - dueUs));
      this.#wait();
    });
  }
}

/** Least value that a share `q` of ascending samples does not exceed; 0 where there are none. */
export function quantileOf(sorted: Float64Array, q: number): number {
  const exact = q * sorted.length;
  const rank = Math.max(1, Math.ceil(exact - exact * Number.EPSILON));
  return sorted[rank - 1] ?? 0;
}

/** Readings of the clock that are looked at for its step. */
const READINGS = 10_000;

function clockStepUs(clock: Clock): Micros {
  let least = Number.POSITIVE_INFINITY;
  let before = clock.nowUs();
  for (let i = 0; i < READINGS; i++) {
    const now = clock.nowUs();
    if (now > before) least = Math.min(least, now - before);
    before = now;
  }
  return Number.isFinite(least) ? least : 0;
}
