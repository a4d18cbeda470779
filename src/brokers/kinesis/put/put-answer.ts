import { encodeCbor } from '../../../wire/cbor/encode.ts';
import { headOf, Major } from '../../../wire/cbor/head.ts';
import type { WireForm } from '../../../wire/kinesis/wire-form.ts';
import { PLACE_DIGITS, SequenceNumbers } from '../log/sequence-numbers.ts';
import type { Shard } from '../shard.ts';
import { ACCOUNT } from '../streams.ts';
import type { PutOutcome } from './put-outcome.ts';

/** An entry without an error, but for the place in the shard. */
interface Stored {
  before: Uint8Array;
  behind: Uint8Array;
}

interface AnswerForm {
  /** In front of the entries. */
  head(outcome: PutOutcome, isEncrypted: boolean): Buffer;
  /** Made once for a shard. */
  readonly stored: WeakMap<Shard, Stored>;
  storedIn(shard: Shard): Stored;
  refused(error: object): Buffer;
  /** Bytes of what divides entries, which stands behind the last one too. */
  readonly divider: number;
  readonly end: Buffer;
}

const forms: Readonly<Record<WireForm, AnswerForm>> = {
  json: {
    head: ({ failed }, isEncrypted) =>
      Buffer.from(`{${isEncrypted ? '"EncryptionType":"KMS",' : ''}"FailedRecordCount":${failed},"Records":[`),
    stored: new WeakMap(),
    storedIn: ({ id, numbers }) => ({
      before: Buffer.from(`{"SequenceNumber":"${numbers.prefix}`),
      behind: Buffer.from(`","ShardId":"${id}"},`),
    }),
    refused: (error) => Buffer.from(`${JSON.stringify(error)},`),
    divider: 1,
    end: Buffer.from(']}'),
  },
  cbor: {
    head: ({ failed, count }, isEncrypted) =>
      Buffer.concat([
        headOf(Major.map, isEncrypted ? 3 : 2),
        ...(isEncrypted ? ['EncryptionType', 'KMS'] : []).map(encodeCbor),
        ...['FailedRecordCount', failed, 'Records'].map(encodeCbor),
        headOf(Major.list, count),
      ]),
    stored: new WeakMap(),
    storedIn: ({ id, numbers: { prefix } }) => ({
      before: Buffer.concat([
        headOf(Major.map, 2),
        encodeCbor('SequenceNumber'),
        headOf(Major.text, prefix.length + PLACE_DIGITS),
        Buffer.from(prefix),
      ]),
      behind: Buffer.concat(['ShardId', id].map(encodeCbor)),
    }),
    refused: encodeCbor,
    divider: 0,
    end: Buffer.alloc(0),
  },
};

/** FailedRecordCount, Records, and EncryptionType where it is encrypted. */
export function putRecordsAnswer(
  outcome: PutOutcome,
  stream: { name: string; keyId: string | null },
  wireForm: WireForm,
): Buffer {
  const form = forms[wireForm];
  const head = form.head(outcome, stream.keyId !== null);
  const errors = outcome.failed === 0 ? null : errorsOf(outcome, stream.name, form);
  let size = head.length + form.end.length;
  for (let i = 0; i < outcome.count; i++) {
    const { before, behind } = storedIn(outcome.shards[i] as Shard, form);
    size += errors?.[i]?.length ?? before.length + PLACE_DIGITS + behind.length;
  }
  const answer = Buffer.allocUnsafe(size);
  let at = head.copy(answer);
  for (let i = 0; i < outcome.count; i++) {
    const error = errors?.[i] ?? null;
    if (error === null) {
      const { before, behind } = storedIn(outcome.shards[i] as Shard, form);
      answer.set(before, at);
      at = SequenceNumbers.write(answer, at + before.length, (outcome.places[i] as number) + 1);
      answer.set(behind, at);
      at += behind.length;
    } else at += error.copy(answer, at);
  }
  at -= form.divider;
  at += form.end.copy(answer, at);
  return answer.subarray(0, at);
}

function storedIn(shard: Shard, form: AnswerForm): Stored {
  const known = form.stored.get(shard);
  if (known !== undefined) return known;
  const made = form.storedIn(shard);
  form.stored.set(shard, made);
  return made;
}

function errorsOf({ shards, errors, count }: PutOutcome, stream: string, form: AnswerForm): (Buffer | null)[] {
  return errors.slice(0, count).map((ErrorCode, i) => {
    if (ErrorCode === null) return null;
    const { id } = shards[i] as Shard;
    return form.refused({ ErrorCode, ErrorMessage: messageOf(ErrorCode, id, stream) });
  });
}

/** As the service words it. */
export function messageOf(error: string, shardId: string, stream: string): string {
  if (error === 'InternalFailure') return 'Internal service failure.';
  return `Rate exceeded for shard ${shardId} in stream ${stream} under account ${ACCOUNT}.`;
}
