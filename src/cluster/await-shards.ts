import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, type Micros, sleep } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { formatDuration } from '../core/units.ts';
import { type PlanDocument, readPlanDocument } from '../runner/plan-document.ts';
import { runFiles } from '../runner/run-directory.ts';
import { findShards } from './find-shards.ts';

/** Between two looks: a file system that many machines share is slow to ask. */
const LOOK_MS = 1_000;

/**
 * Resolves when every shard of the run whose directories are, or will be, below `dirs` has written its result; after `forUs` at the latest,
 * whatever is there by then. A result is written last, so it says that the rest is there.
 */
export async function awaitShards(
  dirs: readonly string[],
  forUs: Micros,
  { clock, note }: { clock: Clock; note(text: string): void },
): Promise<void> {
  const untilUs = clock.nowUs() + forUs;
  for (;;) {
    const { finished, count } = look(dirs);
    if (count !== null && finished >= count) return;
    if (clock.nowUs() >= untilUs) {
      note(`${finished} of ${count ?? 'the'} shards are there after ${formatDuration(forUs)}`);
      return;
    }
    await sleep(clock, LOOK_MS);
  }
}

/** How many shards have a result, and how many there are; null while not even the first has begun. */
function look(dirs: readonly string[]): { finished: number; count: number | null } {
  const finished = new Set<string>();
  let count: number | null = null;
  for (const dir of findShards(dirs).dirs) {
    const document = documentOf(dir);
    if (document === null) continue;
    count ??= Number(document.shard.split('/')[1]);
    if (existsSync(join(dir, runFiles.summary))) finished.add(document.shard);
  }
  return { finished: finished.size, count };
}

/** null where it is being written. */
function documentOf(dir: string): PlanDocument | null {
  try {
    return readPlanDocument(dir);
  } catch (error) {
    if (error instanceof IotloadError) return null;
    throw error;
  }
}
