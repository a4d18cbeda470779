import { IotloadError } from '../core/errors.ts';
import type { RunResult } from '../metrics/result.ts';
import type { PlanDocument } from '../runner/plan-document.ts';
import type { SeenRecord } from '../wire/seen-file.ts';
import type { SentRecord } from '../wire/sent-record.ts';

/** What one shard of a run left. */
export interface ShardFiles {
  /** Where it lies, for whoever has to be told. */
  name: string;
  document: PlanDocument;
  sent: SentRecord;
  seen: SeenRecord | null;
  /** null: it was cut off before it could write one. */
  summary: RunResult | null;
}

/**
 * Brings the shards into their order, if they are all of one run and each is there once.
 * @throws IotloadError `bad-arguments` that names every shard that is missing, there twice, or of another run
 */
export function requireAll(shards: readonly ShardFiles[]): ShardFiles[] {
  const [first] = shards;
  if (first === undefined) throw new IotloadError('bad-arguments', 'there is nothing to merge');
  const { count } = first.sent.header.shard;
  const places: (ShardFiles | undefined)[] = new Array(count).fill(undefined);
  const problems: string[] = [];
  for (const shard of shards) {
    const strange = strangeness(first, shard);
    if (strange !== null) {
      problems.push(`${shard.name} is of ${strange}`);
      continue;
    }
    const { index } = shard.sent.header.shard;
    const twin = places[index];
    if (twin === undefined) places[index] = shard;
    else problems.push(`${twin.name} and ${shard.name} are both shard ${index}/${count}`);
  }
  for (const [index, shard] of places.entries()) {
    if (shard === undefined) problems.push(`shard ${index}/${count} is missing`);
  }
  if (problems.length === 0) return places as ShardFiles[];
  throw new IotloadError(
    'bad-arguments',
    `these are not exactly the ${count} shards of one run: ${problems.join('; ')}`,
    {
      value: first.sent.header.runId,
      hint: 'give the directory of each shard once; what a missing shard did, nobody can tell from the others',
    },
  );
}

/** What a shard is of that the first one is not; null where they belong together. */
function strangeness(first: ShardFiles, { document, sent, seen }: ShardFiles): string | null {
  const { runId, shard } = first.sent.header;
  if (sent.header.runId !== runId) return `another run, ${sent.header.runId}`;
  if (document.digest !== first.document.digest) return 'another plan';
  if (sent.header.shard.count !== shard.count) return `a run of ${sent.header.shard.count} shards`;
  if ((seen === null) !== (first.seen === null)) return 'a run that was read back where the other was not';
  return null;
}
