import type { Micros } from '../core/clock.ts';

/** A run is told of at most so often, so that its file stays bounded however long it lasts. */
const MOST_TIMES = 3_600;
const SECOND_US = 1_000_000;

/** When it is time to tell where reading stands: once a second, less often in a run that would be told of more often than that. */
export class MomentRhythm {
  readonly #everyUs: Micros;
  #dueUs = Number.NEGATIVE_INFINITY;

  /** `durationUs`: how long the run is to send. */
  constructor(durationUs: Micros) {
    this.#everyUs = Math.max(SECOND_US, durationUs / MOST_TIMES);
  }

  /** Whether it is due; then nothing is again before its time. */
  due(nowUs: Micros): boolean {
    if (nowUs < this.#dueUs) return false;
    // A timer that comes a little early is none too early.
    this.#dueUs = nowUs + this.#everyUs - SECOND_US / 2;
    return true;
  }
}
