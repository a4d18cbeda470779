import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { IotloadError } from '../core/errors.ts';
import { readingsOf } from '../plan/readings.ts';
import { type PlanDocument, readPlanDocument } from '../runner/plan-document.ts';
import { readSummary } from '../runner/read-summary.ts';
import { runFiles } from '../runner/run-directory.ts';
import { isWorkedOn } from '../runner/run-lock.ts';
import { readSeenIfAny } from '../runner/settled-run.ts';
import { readSent } from '../wire/sent-file.ts';
import type { SentRecord } from '../wire/sent-record.ts';
import type { ShardFiles } from './shard-set.ts';

/** What lies in the directories of runs. */
export interface ReadShards {
  shards: ShardFiles[];
  /** What is wrong with some of them; one sentence each. */
  problems: string[];
  /** What was left out and why that is sound; one sentence each. */
  notes: string[];
}

/**
 * Reads what the shards of a run left. Directories of which nothing was sent, what a verifier by hand has seen, and merged results are
 * left out and named.
 * @throws IotloadError `file-corrupt`; `file-unreadable` for a file that is there and cannot be read
 */
export async function readShards(dirs: readonly string[]): Promise<ReadShards> {
  const read: ReadShards = { shards: [], problems: [], notes: [] };
  for (const dir of dirs) {
    const document = shardDocument(dir);
    if (typeof document === 'string') read.notes.push(`${dir} is left out: ${document}`);
    else if (isWorkedOn(dir)) read.problems.push(`${dir} is still being written`);
    else if (!existsSync(join(dir, runFiles.sent))) read.problems.push(`${dir} lacks its record, ${runFiles.sent}`);
    else {
      const shard = await readShard(dir, document);
      if (shard === null) read.notes.push(`${dir} is left out: ${SENT_NOTHING}`);
      else read.shards.push(shard);
    }
  }
  return read;
}

const SENT_NOTHING = 'it was cut off before it could send anything';

/** The plan of a directory that may be one of a shard, or why it is none. Throws IotloadError `file-unreadable`, `file-corrupt`. */
export function shardDocument(dir: string): PlanDocument | string {
  // An empty plan is a claim whose owner did not live to open anything.
  if (statSync(join(dir, runFiles.plan)).size === 0) return SENT_NOTHING;
  const document = readPlanDocument(dir);
  const { merged, workers, anchor } = document;
  if (merged !== undefined) return `it is the merged result of ${merged} shards`;
  if (workers === 0) return 'it holds what a verifier has seen';
  // The anchor is on the disk before anything can be promised.
  return anchor === null ? SENT_NOTHING : document;
}

/** null: it was cut off before its record named its run, and before that nothing is promised, or sent. */
async function readShard(dir: string, document: PlanDocument): Promise<ShardFiles | null> {
  const sent = await readSentIfBegun(join(dir, runFiles.sent));
  if (sent === null) return null;
  const seen = await Promise.all(readingsOf(document.plan).map(({ file }) => readSeenIfAny(join(dir, file))));
  return { name: dir, document, sent, seen, summary: readSummary(dir) };
}

async function readSentIfBegun(path: string): Promise<SentRecord | null> {
  try {
    return await readSent(path);
  } catch (error) {
    // One that could not be opened has a cause.
    if (error instanceof IotloadError && error.code === 'file-unreadable' && error.cause === undefined) return null;
    throw error;
  }
}
