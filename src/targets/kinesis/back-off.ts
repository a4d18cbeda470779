import type { Micros } from '../../core/clock.ts';

/** First and longest limit of a pause after a failure; it lies anywhere below. */
const FIRST_PAUSE_US = 100_000;
const LONGEST_PAUSE_US = 5_000_000;

/** Pause after so many failures in a row, the last one included; `random` is uniform in [0, 1). */
export function backOffUs(failures: number, random: number): Micros {
  return Math.ceil(random * Math.min(LONGEST_PAUSE_US, FIRST_PAUSE_US * 2 ** Math.min(failures - 1, 16)));
}
