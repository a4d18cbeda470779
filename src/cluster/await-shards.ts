import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, type Micros, sleep } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { formatDuration } from '../core/units.ts';
import { runFiles } from '../runner/run-directory.ts';
import { findShards } from './find-shards.ts';
import { shardDocument } from './read-shards.ts';

/** Between two looks: a file system that many machines share is slow to ask, and a bucket costs money. */
const LOOK_MS = 1_000;
const REFRESH_MS = 5_000;

/** What waiting takes. */
export interface Waiting {
  clock: Clock;
  note(text: string): void;
  /** Brings what is new into the directories, where they are copies. */
  refresh?(): Promise<void>;
}

/**
 * Resolves when every shard of the run whose directories are, or will be, below `dirs` has written its result; after `forUs` at the latest,
 * whatever is there by then. A result is written last, so it says that the rest is there.
 */
export async function awaitShards(
  dirs: readonly string[],
  forUs: Micros,
  { clock, note, refresh }: Waiting,
): Promise<void> {
  const untilUs = clock.nowUs() + forUs;
  const known = new Map<string, string>();
  for (;;) {
    await refresh?.();
    const { finished, count } = look(dirs, known);
    if (count !== null && finished >= count) return;
    if (clock.nowUs() >= untilUs) {
      note(`${finished} of ${count ?? 'the'} shards are there after ${formatDuration(forUs)}`);
      return;
    }
    await sleep(clock, refresh === undefined ? LOOK_MS : REFRESH_MS);
  }
}

/**
 * How many shards have a result, and how many there are; null while not even the first has begun. `known` keeps, by directory, which shard it
 * is of: that never changes.
 */
function look(dirs: readonly string[], known: Map<string, string>): { finished: number; count: number | null } {
  const finished = new Set<string>();
  let count: number | null = null;
  for (const dir of findShards(dirs).dirs) {
    const shard = known.get(dir) ?? shardIn(dir);
    if (shard === null) continue;
    known.set(dir, shard);
    count ??= Number(shard.split('/')[1]);
    if (existsSync(join(dir, runFiles.summary))) finished.add(shard);
  }
  return { finished: finished.size, count };
}

/** Which shard a directory is of; null where it is of none, or has not got that far. */
function shardIn(dir: string): string | null {
  try {
    const document = shardDocument(dir);
    return typeof document === 'string' ? null : document.shard;
  } catch (error) {
    if (error instanceof IotloadError) return null;
    throw error;
  }
}
