import type { WireForm } from '../../../wire/kinesis/wire-form.ts';
import type { BrokerState } from '../broker-state.ts';
import { KinesisError } from '../kinesis-error.ts';
import { messageOf, putRecordsAnswer } from '../put/put-answer.ts';
import { PutOutcome } from '../put/put-outcome.ts';
import { PutRequest } from '../put/put-records-request.ts';
import { storeRecords } from '../put/store-records.ts';
import type { Answer } from './registry.ts';

// Nothing waits between reading a request and having its answer, so that one of each is enough.
const request = new PutRequest();
const outcome = new PutOutcome();

export async function putRecords(state: BrokerState, body: Buffer, form: WireForm): Promise<Answer> {
  await state.store.room();
  request.read(body, form);
  const stream = state.streams.getInUse(...request.stream);
  const fate = storeRecords(state, stream, request, outcome);
  return { content: fate.cut ? null : putRecordsAnswer(outcome, stream, form), fate };
}

export async function putRecord(state: BrokerState, body: Buffer, form: WireForm): Promise<Answer> {
  await state.store.room();
  request.readOne(body, form);
  const stream = state.streams.getInUse(...request.stream);
  const fate = storeRecords(state, stream, request, outcome);
  return { content: fate.cut ? null : recordAnswer(stream), fate };
}

function recordAnswer({ name, keyId }: { name: string; keyId: string | null }): object {
  const [error = null] = outcome.errors;
  const [shard] = outcome.shards;
  if (shard === undefined) throw new KinesisError('InternalFailure', 'Nothing was stored.', 500);
  if (error !== null)
    throw new KinesisError(error, messageOf(error, shard.id, name), error === 'InternalFailure' ? 500 : 400);
  return {
    ShardId: shard.id,
    SequenceNumber: shard.numberAt(outcome.places[0] as number),
    ...(keyId === null ? {} : { EncryptionType: 'KMS' }),
  };
}
