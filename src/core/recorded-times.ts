import type { Micros } from './clock.ts';

/** When recorded events were. */
export interface RecordedTimes {
  /** Of each since the first; never decreases. */
  timesUs: Float64Array;
  /** From the first of one round to the first of the next, where they are played again and again; more than the last time. */
  lengthUs: Micros;
}

const known = new Map<string, RecordedTimes>();

/** Makes the times of a recording known to this thread: a plan only names them. */
export function keepTimes(key: string, times: RecordedTimes): void {
  known.set(key, times);
}

/** Times that this thread knows. */
export function keptTimes(key: string): RecordedTimes | undefined {
  return known.get(key);
}
