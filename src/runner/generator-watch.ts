import type { Clock } from '../core/clock.ts';
import { processUsage } from '../core/process-usage.ts';

/** A worker this busy for this many seconds in a row is called saturated. */
const BUSY_SHARE = 0.85;
const BUSY_SECONDS = 5;
/** The wall clock may move by this much a second against the monotonic one before it counts as a jump. */
const WALL_JUMP_US = 5_000;
/** Two readings further apart than this were interrupted and say nothing. */
const READING_US = 1_000;

/** Watches the generator itself, so that its own limits are never charged to the target. */
export class GeneratorWatch {
  readonly #clock: Clock;
  readonly #busySeconds: number[];
  readonly #longestBusy: number[];
  #wallOffsetUs: number;
  #wallJumpUs = 0;

  constructor(clock: Clock, workers: number) {
    this.#clock = clock;
    this.#busySeconds = new Array<number>(workers).fill(0);
    this.#longestBusy = new Array<number>(workers).fill(0);
    this.#wallOffsetUs = clock.wallUs() - clock.nowUs();
  }

  /** One second of a worker's event loop, as a share of time busy. */
  load(worker: number, busy: number): void {
    const run = busy > BUSY_SHARE ? (this.#busySeconds[worker] as number) + 1 : 0;
    this.#busySeconds[worker] = run;
    this.#longestBusy[worker] = Math.max(this.#longestBusy[worker] as number, run);
  }

  /** Compares the two clocks; to be called about once a second. */
  checkClocks(): void {
    const beforeUs = this.#clock.nowUs();
    const wallUs = this.#clock.wallUs();
    if (this.#clock.nowUs() - beforeUs > READING_US) return;
    const offsetUs = wallUs - beforeUs;
    const jumpUs = offsetUs - this.#wallOffsetUs;
    if (Math.abs(jumpUs) > WALL_JUMP_US) this.#wallJumpUs += jumpUs;
    this.#wallOffsetUs = offsetUs;
  }

  /** Sentences about everything that went beyond its bound. */
  signals(): string[] {
    const signals: string[] = [];
    this.#longestBusy.forEach((seconds, worker) => {
      if (seconds < BUSY_SECONDS) return;
      signals.push(`worker ${worker} was busy more than ${BUSY_SHARE * 100} % of the time for ${seconds} s in a row`);
    });
    if (this.#wallJumpUs !== 0) signals.push(`the wall clock jumped by ${Math.round(this.#wallJumpUs / 1000)} ms`);
    return signals;
  }

  usage(): { cpuSeconds: number; peakRssBytes: number } {
    return processUsage();
  }
}
