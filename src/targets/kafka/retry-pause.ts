/** First and longest pause between attempts. */
const FIRST_MS = 100;
const LONGEST_MS = 1_000;

/**
 * Pause before the next attempt after `failures` failures in a row before this one: anywhere from 100 ms to a limit that doubles up to 1 s,
 * so that those who failed together do not return together. `random` is uniform in [0, 1).
 */
export function retryPauseMs(failures: number, random: number): number {
  const limit = Math.min(LONGEST_MS, 2 * FIRST_MS * 2 ** Math.min(failures, 8));
  return FIRST_MS + random * (limit - FIRST_MS);
}
