import type { Clock } from '../core/clock.ts';
import type { ErrorTally } from './protocol.ts';

/** Counts errors by code and message. Both are a closed vocabulary of each target, so the map stays small. */
export class ErrorTallies {
  readonly #clock: Clock;
  readonly #tallies = new Map<string, ErrorTally>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(code: string, message: string, count: number): void {
    const key = `${code} ${message}`;
    const tally = this.#tallies.get(key);
    if (tally === undefined) this.#tallies.set(key, { code, message, count, firstWallUs: this.#clock.wallUs() });
    else tally.count += count;
  }

  list(): ErrorTally[] {
    return [...this.#tallies.values()];
  }
}
