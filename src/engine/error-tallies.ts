import type { Clock } from '../core/clock.ts';
import type { ErrorTally } from './protocol.ts';

/** Counts errors by their code. Codes are a closed vocabulary of each target, so the map stays small. */
export class ErrorTallies {
  readonly #clock: Clock;
  readonly #tallies = new Map<string, ErrorTally>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(code: string, count: number): void {
    const tally = this.#tallies.get(code);
    if (tally === undefined) this.#tallies.set(code, { code, count, firstWallUs: this.#clock.wallUs() });
    else tally.count += count;
  }

  list(): ErrorTally[] {
    return [...this.#tallies.values()];
  }
}
