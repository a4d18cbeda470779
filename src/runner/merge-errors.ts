import type { ErrorTally } from '../engine/protocol.ts';
import type { RunResult } from '../metrics/result.ts';

/** Adds up the tallies of all workers: one entry per code and message, with the earliest time. */
export function mergeErrors(tallies: readonly ErrorTally[]): RunResult['errors'] {
  const merged = new Map<string, ErrorTally>();
  for (const tally of tallies) {
    const key = `${tally.code} ${tally.message}`;
    const known = merged.get(key);
    if (known === undefined) {
      merged.set(key, { ...tally });
      continue;
    }
    known.count += tally.count;
    known.firstWallUs = Math.min(known.firstWallUs, tally.firstWallUs);
  }
  return [...merged.values()].map(({ code, message, count, firstWallUs }) => ({
    code,
    message,
    count,
    firstAt: new Date(firstWallUs / 1000).toISOString(),
  }));
}
