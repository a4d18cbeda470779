/** First and longest pause between attempts. */
const BASE_MS = 200;
const CAP_MS = 10_000;
/** A session that lasted this long was a success: the next pause is short again. */
export const STABLE_US = 5_000_000;

/**
 * Pause before reconnecting after `failures` failures in a row (0: a session was just lost), doubling up to 10 s. Half of it is
 * random, so that devices that were cut off together do not return together. `random` is uniform in [0, 1).
 */
export function backoffMs(failures: number, random: number): number {
  return Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, 16)) * (0.5 + 0.5 * random);
}
