import type { Clock, Micros } from '../core/clock.ts';

/** Nothing is said about a ramp that is over sooner than this; then the gaps grow. */
const FIRST_GAP_US = 3_000_000;
const WIDEST_GAP_US = 30_000_000;

/** Tells how far a long ramp of connections is, over all workers and targets. */
export class ConnectProgress {
  readonly #clock: Clock;
  readonly #note: (text: string) => void;
  readonly #known = new Map<string, { up: number; of: number }>();
  #gapUs = FIRST_GAP_US;
  #nextUs: Micros;

  constructor(clock: Clock, note: (text: string) => void) {
    this.#clock = clock;
    this.#note = note;
    this.#nextUs = clock.nowUs() + FIRST_GAP_US;
  }

  /** Takes what a worker has said about one of its targets, and passes it on when it is time for a line. */
  heard(worker: number, { target, up, of }: { target: string; up: number; of: number }): void {
    this.#known.set(`${worker} ${target}`, { up, of });
    const nowUs = this.#clock.nowUs();
    if (nowUs < this.#nextUs) return;
    this.#gapUs = Math.min(WIDEST_GAP_US, this.#gapUs * 1.5);
    this.#nextUs = nowUs + this.#gapUs;
    const sums = [...this.#known.values()].reduce((a, b) => ({ up: a.up + b.up, of: a.of + b.of }));
    this.#note(`connecting: ${sums.up} of ${sums.of} connections are up`);
  }
}
