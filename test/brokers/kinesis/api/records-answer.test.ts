import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { BlockStore } from '../../../../src/brokers/block-store.ts';
import { type AnswerFacts, recordsAnswer } from '../../../../src/brokers/kinesis/api/records-answer.ts';
import type { LogRun } from '../../../../src/brokers/kinesis/log/shard-log.ts';
import type { Shard } from '../../../../src/brokers/kinesis/shard.ts';
import { Stream } from '../../../../src/brokers/kinesis/stream.ts';
import { propertyRuns } from '../../../property-runs.ts';
import { BEGIN_MS, idOf, shardOf } from './api-world.ts';

const facts: AnswerFacts = { millisBehind: 0, nextIterator: 'next', isEncrypted: false };

interface Stored {
  key: string;
  data: Buffer;
  ms: number;
}

function streamOf(shards = 1): Stream {
  const stream = new Stream('s', 'PROVISIONED', shards, BEGIN_MS, BEGIN_MS, new BlockStore());
  onTestFinished(() => stream.drop());
  return stream;
}

/** Records as a shard has them: the key as JSON has it, the data in base64. */
function store({ log }: Shard, records: readonly Stored[]): void {
  for (const { key, data, ms } of records) {
    const text = Buffer.from(JSON.stringify(key).slice(1, -1));
    const bytes = Buffer.concat([text, Buffer.from(data.toString('base64'))]);
    log.append(bytes, 0, text.length, text.length, bytes.length, ms);
  }
}

/** Everything from `place` on, in pieces of at most so many records. */
async function runsOf({ log }: Shard, place = 0, most = 10_000): Promise<LogRun[]> {
  const runs: LogRun[] = [];
  for (let at = place; ; ) {
    const run = await log.read(at, most, Number.MAX_SAFE_INTEGER);
    if (run === null) return runs;
    runs.push(run);
    at += run.count;
  }
}

const answerOf = (shard: Shard, runs: readonly LogRun[], given: AnswerFacts = facts): unknown =>
  JSON.parse(recordsAnswer(shard, runs, given).toString());

it('says of no record that there is none', () => {
  const shard = shardOf(streamOf());
  expect(recordsAnswer(shard, [], { ...facts, millisBehind: 17 }).toString()).toBe(
    '{"MillisBehindLatest":17,"NextShardIterator":"next","Records":[]}',
  );
});

it('writes a record as the API has it', async () => {
  const shard = shardOf(streamOf());
  store(shard, [{ key: 'device-1', data: Buffer.from('hello'), ms: BEGIN_MS + 7 }]);
  const expected = {
    ApproximateArrivalTimestamp: (BEGIN_MS + 7) / 1000,
    Data: 'aGVsbG8=',
    PartitionKey: 'device-1',
    SequenceNumber: shard.numberAt(0),
  };
  const runs = await runsOf(shard);
  expect(answerOf(shard, runs)).toEqual({ MillisBehindLatest: 0, NextShardIterator: 'next', Records: [expected] });
  expect(answerOf(shard, runs, { ...facts, isEncrypted: true })).toMatchObject({
    Records: [{ ...expected, EncryptionType: 'KMS' }],
  });
});

it('says again what was stored, whatever it was and however it lies', async () => {
  const record = fc.record({
    key: fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }),
    data: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    afterMs: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { maxLength: 60 }),
      fc.nat(70),
      fc.integer({ min: 1, max: 30 }),
      async (records, from, most) => {
        const shard = shardOf(streamOf(3), 1);
        let ms = BEGIN_MS;
        const stored = records.map(({ key, data, afterMs }) => {
          ms += afterMs;
          return { key, data, ms };
        });
        store(shard, stored);
        const place = Math.min(from, records.length);
        const { Records } = answerOf(shard, await runsOf(shard, place, most)) as { Records: unknown[] };
        expect(Records).toEqual(
          stored.slice(place).map(({ key, data, ms: at }, i) => ({
            ApproximateArrivalTimestamp: at / 1000,
            Data: data.toString('base64'),
            PartitionKey: key,
            SequenceNumber: shard.numberAt(place + i),
          })),
        );
      },
    ),
    propertyRuns(60),
  );
});

it('leads from the end of a shard to those that it became', () => {
  const stream = streamOf(2);
  stream.split(shardOf(stream, 1), shardOf(stream, 1).range.first + 9n, BEGIN_MS);
  const children = [2, 3].map((number) => ({
    ShardId: idOf(number),
    ParentShards: [idOf(1)],
    HashKeyRange: {
      StartingHashKey: `${shardOf(stream, number).range.first}`,
      EndingHashKey: `${shardOf(stream, number).range.last}`,
    },
  }));
  const end = { ...facts, nextIterator: null };
  expect(answerOf(shardOf(stream, 1), [], end)).toEqual({
    ChildShards: children,
    MillisBehindLatest: 0,
    NextShardIterator: null,
    Records: [],
  });
  // Before its end nobody is led anywhere.
  expect(answerOf(shardOf(stream, 1), [])).not.toHaveProperty('ChildShards');
  stream.merge(shardOf(stream, 0), shardOf(stream, 2), BEGIN_MS);
  expect(answerOf(shardOf(stream, 2), [], end)).toMatchObject({
    ChildShards: [{ ShardId: idOf(4), ParentShards: [idOf(0), idOf(2)] }],
  });
});
