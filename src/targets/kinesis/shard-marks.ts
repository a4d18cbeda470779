import type { Clock } from '../../core/clock.ts';
import type { ShardBeginning, ShardReading } from './shard-reading.ts';

/** Clocks differ by less than this: the service refuses signatures that are further off. */
const CLOCKS_APART_MS = 300_000;

/**
 * How far a shard was read: true: to its end; a text: up to that sequence number; a number: nothing of what came after that instant, ms since 1970;
 * null: nothing of it.
 */
export type ReadingMark = true | string | number | null;

/** By the ids of shards. */
export type ReadingMarks = Record<string, ReadingMark>;

export function markOf({ done, sequence, beginning }: ShardReading): ReadingMark {
  if (done) return true;
  if (sequence !== '') return sequence;
  return beginning.again.at === 'time' ? beginning.again.wallMs : null;
}

/** The newest end of a shard; found again by the time, as nobody has a number of what was not read. */
export function beginningOf(clock: Clock): ShardBeginning {
  const wallMs = Math.floor(clock.wallUs() / 1000) - CLOCKS_APART_MS;
  return { first: { at: 'end' }, again: { at: 'time', wallMs } };
}
