import type { Anchor } from '../core/anchor.ts';
import { IotloadError } from '../core/errors.ts';
import type { RunResult } from '../metrics/result.ts';
import type { PlanDocument } from '../runner/plan-document.ts';
import type { SeenRecord } from '../wire/seen-file.ts';
import { chooseAttempt, type StoredRecord } from './choose-attempt.ts';

/** What one shard of a run left. */
export interface ShardFiles extends StoredRecord {
  /** With an anchor: without one nothing was sent. */
  document: PlanDocument;
  /** What was seen at each reading of the plan, in the order of `readingsOf`; null where its reader left nothing. */
  seen: (SeenRecord | null)[];
  /** null: it was cut off before it could write one. */
  summary: RunResult | null;
}

/** Exactly the shards of one run. */
export interface ShardSet {
  /** In their order. */
  shards: ShardFiles[];
  /** What was left out and why that is sound; one sentence each. */
  notes: string[];
}

/**
 * Brings the shards into their order, if they are all of one run and each is there once. `problems` are what is known to be wrong already,
 * told together with what is found here.
 * @throws IotloadError `bad-arguments` that names every shard that is missing, there twice, or of another run
 */
export function requireAll(files: readonly ShardFiles[], problems: readonly string[] = []): ShardSet {
  const reference = mostCommon(files);
  if (reference === undefined) {
    throw new IotloadError('bad-arguments', ['there is nothing to merge', ...problems].join(': '), {
      hint: 'give the directories that the shards of one run printed, or one that holds them',
    });
  }
  const { shard, runId } = reference.sent.header;
  const found = [...problems];
  const notes: string[] = [];
  const own: ShardFiles[][] = Array.from({ length: shard.count }, () => []);
  for (const file of files) {
    const strange = strangeness(reference, file);
    if (strange === null) own[file.sent.header.shard.index]?.push(file);
    else found.push(`${file.name} is of ${strange}`);
  }
  const shards = own.flatMap((attempts, index) => {
    const place = `${index}/${shard.count}`;
    if (attempts.length === 0) found.push(`shard ${place} is missing`);
    const chosen = chooseAttempt(place, attempts);
    found.push(...chosen.problems);
    notes.push(...chosen.notes);
    return chosen.attempt ?? [];
  });
  if (found.length === 0) return { shards, notes };
  throw new IotloadError(
    'bad-arguments',
    `these are not exactly the ${shard.count} shards of one run: ${found.join('; ')}`,
    {
      value: runId,
      hint: 'give the directory of each shard once; what a missing shard did, nobody can tell from the others',
    },
  );
}

/** The first of those most of which are of one run: that one is meant. */
function mostCommon(files: readonly ShardFiles[]): ShardFiles | undefined {
  let [most, best]: [number, ShardFiles | undefined] = [0, undefined];
  for (const file of files) {
    const alike = files.filter((other) => strangeness(file, other) === null).length;
    if (alike > most) [most, best] = [alike, file];
  }
  return best;
}

/** What a shard is of that the reference is not; null where they belong together. */
function strangeness(reference: ShardFiles, { document, sent }: ShardFiles): string | null {
  const { runId, shard } = reference.sent.header;
  if (sent.header.runId !== runId) return `another run, ${sent.header.runId}`;
  if (document.digest !== reference.document.digest) return 'another plan';
  if (sent.header.shard.count !== shard.count) return `a run of ${sent.header.shard.count} shards`;
  if (document.version !== reference.document.version) {
    return `another version of iotload, ${document.version ?? 'which did not say which'}`;
  }
  const { startWallUs } = document.anchor as Anchor;
  if (startWallUs !== reference.document.anchor?.startWallUs) {
    return `another start, ${new Date(startWallUs / 1000).toISOString()}`;
  }
  return null;
}
