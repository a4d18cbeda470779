import type { Clock, Micros } from './clock.ts';

/** How often a process shows itself that it runs. */
const TICK_MS = 25;
/** Pauses shorter than this are a busy machine's way of sharing, not a standstill. */
const SHORTEST_US = 50_000;

/** Time for which a process did not run. */
export interface Standing {
  totalUs: Micros;
  longestUs: Micros;
}

/**
 * Finds the time for which this process stood still: suspended, throttled, or without a processor. A tick that comes late while the
 * process used its processor is a long computation, not a standstill.
 */
export class Standstill {
  readonly #clock: Clock;
  readonly #cpuUs: () => Micros;
  #lastUs: Micros;
  #lastCpuUs: Micros;
  #standing: Standing = { totalUs: 0, longestUs: 0 };

  /** `cpuUs`: processor time of this process, all threads, so far. */
  constructor(clock: Clock, cpuUs: () => Micros) {
    this.#clock = clock;
    this.#cpuUs = cpuUs;
    this.#lastUs = clock.nowUs();
    this.#lastCpuUs = cpuUs();
  }

  /** Ticks until the returned function is called. */
  start(): () => void {
    return this.#clock.every(TICK_MS, () => this.#tick());
  }

  /** What was found since the previous call. */
  take(): Standing {
    this.#tick();
    const standing = this.#standing;
    this.#standing = { totalUs: 0, longestUs: 0 };
    return standing;
  }

  #tick(): void {
    const [nowUs, cpuUs] = [this.#clock.nowUs(), this.#cpuUs()];
    const stoodUs = nowUs - this.#lastUs - TICK_MS * 1000 - (cpuUs - this.#lastCpuUs);
    this.#lastUs = nowUs;
    this.#lastCpuUs = cpuUs;
    if (stoodUs < SHORTEST_US) return;
    this.#standing.totalUs += stoodUs;
    this.#standing.longestUs = Math.max(this.#standing.longestUs, stoodUs);
  }
}
