import { SequenceNumbers } from '../log/sequence-numbers.ts';
import type { Shard } from '../shard.ts';
import { ACCOUNT } from '../streams.ts';
import type { PutOutcome } from './put-outcome.ts';

/** What an entry without an error is made of, but for the place in the shard. */
const entryStarts = new WeakMap<Shard, { before: Buffer; behind: Buffer }>();
const START = '{"SequenceNumber":"';

/** `{"FailedRecordCount":n,"Records":[…]}` */
export function putRecordsAnswer(outcome: PutOutcome, stream: { name: string; keyId: string | null }): Buffer {
  const head = `{${stream.keyId === null ? '' : '"EncryptionType":"KMS",'}"FailedRecordCount":${outcome.failed},"Records":[`;
  const errors = outcome.failed === 0 ? null : errorTexts(outcome, stream.name);
  let size = head.length + 2;
  for (let i = 0; i < outcome.count; i++) {
    const error = errors?.[i] ?? null;
    const { before, behind } = entryOf(outcome.shards[i] as Shard);
    size += error === null ? before.length + 16 + behind.length : Buffer.byteLength(error) + 1;
  }
  const answer = Buffer.allocUnsafe(size);
  let at = answer.write(head, 0, 'latin1');
  for (let i = 0; i < outcome.count; i++) {
    const error = errors?.[i] ?? null;
    if (error === null) {
      const { before, behind } = entryOf(outcome.shards[i] as Shard);
      answer.set(before, at);
      at = SequenceNumbers.write(answer, at + before.length, (outcome.places[i] as number) + 1);
      answer.set(behind, at);
      at += behind.length;
    } else {
      at += answer.write(error, at);
      answer[at++] = COMMA;
    }
  }
  // Over the comma behind the last one.
  at += answer.write(']}', at - 1, 'latin1') - 1;
  return answer.subarray(0, at);
}

const COMMA = 0x2c;

function entryOf(shard: Shard): { before: Buffer; behind: Buffer } {
  const known = entryStarts.get(shard);
  if (known !== undefined) return known;
  const made = {
    before: Buffer.from(`${START}${shard.numbers.prefix}`),
    behind: Buffer.from(`","ShardId":"${shard.id}"},`),
  };
  entryStarts.set(shard, made);
  return made;
}

function errorTexts({ shards, errors, count }: PutOutcome, stream: string): (string | null)[] {
  return errors.slice(0, count).map((ErrorCode, i) => {
    if (ErrorCode === null) return null;
    const { id } = shards[i] as Shard;
    return JSON.stringify({ ErrorCode, ErrorMessage: messageOf(ErrorCode, id, stream) });
  });
}

/** As the service words it. */
export function messageOf(error: string, shardId: string, stream: string): string {
  if (error === 'InternalFailure') return 'Internal service failure.';
  return `Rate exceeded for shard ${shardId} in stream ${stream} under account ${ACCOUNT}.`;
}
