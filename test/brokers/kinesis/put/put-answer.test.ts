import { decode } from 'cborg';
import { expect, it } from 'vitest';
import { SequenceNumbers } from '../../../../src/brokers/kinesis/log/sequence-numbers.ts';
import { putRecordsAnswer } from '../../../../src/brokers/kinesis/put/put-answer.ts';
import { PutOutcome } from '../../../../src/brokers/kinesis/put/put-outcome.ts';
import type { Shard } from '../../../../src/brokers/kinesis/shard.ts';

const shards = [0, 1].map((number) => ({
  id: `shardId-00000000000${number}`,
  numbers: new SequenceNumbers(7, number),
}));
const shardOf = (i: number): Shard => shards[i % 2] as unknown as Shard;

it.each([null, 'a key'])('says the same in both forms, encrypted by %s', (keyId) => {
  const outcome = new PutOutcome();
  outcome.begin(5);
  for (let i = 0; i < 5; i++) {
    outcome.shards[i] = shardOf(i);
    if (i === 1) outcome.refused(i, 'ProvisionedThroughputExceededException');
    else if (i === 4) outcome.refused(i, 'InternalFailure');
    else outcome.stored(i, i);
  }
  const [json, cbor] = (['json', 'cbor'] as const).map((form) => putRecordsAnswer(outcome, { name: 's', keyId }, form));
  const said = JSON.parse(`${json}`) as object;
  expect(decode(cbor as Buffer)).toEqual(said);
  expect(said).toEqual({
    ...(keyId === null ? {} : { EncryptionType: 'KMS' }),
    FailedRecordCount: 2,
    Records: [
      { SequenceNumber: shardOf(0).numbers.at(1), ShardId: 'shardId-000000000000' },
      {
        ErrorCode: 'ProvisionedThroughputExceededException',
        ErrorMessage: expect.stringContaining('shardId-000000000001'),
      },
      { SequenceNumber: shardOf(0).numbers.at(3), ShardId: 'shardId-000000000000' },
      { SequenceNumber: shardOf(1).numbers.at(4), ShardId: 'shardId-000000000001' },
      { ErrorCode: 'InternalFailure', ErrorMessage: expect.any(String) },
    ],
  });
});
