import type { BrokerState } from '../broker-state.ts';
import { KinesisError } from '../kinesis-error.ts';
import { messageOf, putRecordsAnswer } from '../put/put-answer.ts';
import { PutOutcome } from '../put/put-outcome.ts';
import { PutRequest } from '../put/put-records-request.ts';
import { storeRecords } from '../put/store-records.ts';

const request = new PutRequest();
const outcome = new PutOutcome();

export async function putRecords(state: BrokerState, body: Buffer): Promise<Buffer> {
  await state.store.room();
  request.read(body);
  const stream = state.streams.getInUse(...request.stream);
  storeRecords(state, stream, request, outcome);
  return putRecordsAnswer(outcome, stream);
}

export async function putRecord(state: BrokerState, body: Buffer): Promise<object> {
  await state.store.room();
  request.readOne(body);
  const stream = state.streams.getInUse(...request.stream);
  storeRecords(state, stream, request, outcome);
  const [error] = outcome.errors;
  const [shard] = outcome.shards;
  if (shard === undefined) throw new KinesisError('InternalFailure', 'Nothing was stored.', 500);
  if (error !== null && error !== undefined)
    throw new KinesisError(error, messageOf(error, shard.id, stream.name), error === 'InternalFailure' ? 500 : 400);
  return {
    ShardId: shard.id,
    SequenceNumber: shard.numberAt(outcome.places[0] as number),
    ...(stream.keyId === null ? {} : { EncryptionType: 'KMS' }),
  };
}
