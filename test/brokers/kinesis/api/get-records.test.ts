import { describe, expect, it, onTestFinished } from 'vitest';
import { getRecords } from '../../../../src/brokers/kinesis/api/get-records.ts';
import { iteratorText } from '../../../../src/brokers/kinesis/api/shard-iterator.ts';
import { PutFaults } from '../../../../src/brokers/kinesis/faults/put-faults.ts';
import { apiWorld, asked, CHANGE_MS, idOf, refusal, shardOf } from './api-world.ts';

interface Answer {
  MillisBehindLatest: number;
  NextShardIterator: string | null;
  Records: { Data: string; SequenceNumber: string; EncryptionType?: string }[];
  ChildShards?: { ShardId: string }[];
}

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

async function world(options: { limited?: boolean; shards?: number } = {}) {
  const { state, streams, made, pass } = apiWorld();
  const stream = await made('s', options.shards ?? 1);
  const faults = new PutFaults({ clock: state.clock, keep: () => null, remembers: false });
  onTestFinished(() => faults.close());
  const kinesis = { ...state, limited: options.limited ?? false, faults };
  const iterator = (number = 0, place = 0): string =>
    iteratorText(stream, shardOf(stream, number), place, streams.nowMs());
  const ask = async (members: object): Promise<Answer> =>
    JSON.parse((await getRecords(kinesis, asked(members))).toString()) as Answer;
  return {
    streams,
    stream,
    faults,
    pass,
    iterator,
    ask,
    read: (ShardIterator: string | null, Limit?: number) => ask({ ShardIterator, Limit }),
    /** Records with texts for data, of the key `k`. */
    append(texts: readonly string[], number = 0): void {
      for (const text of texts) {
        const bytes = Buffer.from(`k${Buffer.from(text).toString('base64')}`);
        shardOf(stream, number).log.append(bytes, 0, 1, 1, bytes.length, streams.nowMs());
      }
    },
  };
}

const texts = ({ Records }: Answer) => Records.map(({ Data }) => Buffer.from(Data, 'base64').toString());
const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `event ${from + i}`);

describe('a reader', () => {
  it('goes from place to place, as far as it wants at once', async () => {
    const { iterator, read, append, stream } = await world();
    append(numbered(7));
    const pages: string[][] = [];
    let next: string | null = iterator();
    for (let i = 0; i < 4; i++) {
      const answer: Answer = await read(next, 3);
      pages.push(texts(answer));
      next = answer.NextShardIterator;
    }
    expect(pages).toEqual([numbered(3), numbered(3, 3), numbered(1, 6), []]);
    append(['later']);
    const answer = await read(next);
    expect(texts(answer)).toEqual(['later']);
    expect(answer.Records[0]?.SequenceNumber).toBe(shardOf(stream).numberAt(7));
  });

  it('gets ten thousand records where it says nothing', async () => {
    const { iterator, read, append } = await world();
    append(numbered(10_001));
    const answer = await read(iterator());
    expect(answer.Records).toHaveLength(10_000);
    expect(texts(await read(answer.NextShardIterator))).toEqual(['event 10000']);
    expect((await read(iterator(), 10_000)).Records).toHaveLength(10_000);
  });

  it('gets 10 MiB of data at most, and a record that is larger than what is left in the next answer', async () => {
    const { iterator, read, append } = await world();
    append(Array.from({ length: 12 }, () => 'x'.repeat(MIB - 64)));
    const first = await read(iterator());
    const second = await read(first.NextShardIterator);
    expect([first, second].map(({ Records }) => Records.length)).toEqual([10, 2]);
    expect(first.MillisBehindLatest).toBeGreaterThan(0);
    expect(second.MillisBehindLatest).toBe(0);
  });

  it('is as far behind as the last record of its answer is old', async () => {
    const { iterator, read, append, pass } = await world();
    append(numbered(2));
    await pass(500);
    append(numbered(2, 2));
    await pass(700);
    expect((await read(iterator(), 2)).MillisBehindLatest).toBe(1200);
    expect((await read(iterator(), 3)).MillisBehindLatest).toBe(700);
    expect((await read(iterator(), 4)).MillisBehindLatest).toBe(0);
    expect((await read(iterator(0, 4))).MillisBehindLatest).toBe(0);
  });

  it('is not at the tip while something waits to be overtaken', async () => {
    const { iterator, read, append, faults, stream } = await world();
    append(['one']);
    faults.holds = (shard) => shard === shardOf(stream);
    expect((await read(iterator())).MillisBehindLatest).toBe(1);
  });

  it('begins behind what has outlived its retention, block by block', async () => {
    const { read, append, pass, iterator, stream } = await world();
    const [old, young] = ['o', 'y'].map((letter) => letter.repeat(20_000)) as [string, string];
    append([old]);
    await pass(12 * HOUR_MS);
    append([young]);
    await pass(12 * HOUR_MS);
    expect(texts(await read(iterator()))).toEqual([old, young]);
    await pass(1);
    expect(texts(await read(iterator()))).toEqual([young]);
    stream.retentionHours = 48;
    expect(texts(await read(iterator()))).toEqual([young]);
    await pass(36 * HOUR_MS);
    const answer = await read(iterator());
    expect([texts(answer), answer.MillisBehindLatest]).toEqual([[], 0]);
    append(['newest']);
    expect(texts(await read(answer.NextShardIterator))).toEqual(['newest']);
  });

  it('hears that records are encrypted', async () => {
    const { iterator, read, append, stream } = await world();
    append(['one']);
    stream.keyId = 'alias/k';
    expect((await read(iterator())).Records[0]?.EncryptionType).toBe('KMS');
    stream.keyId = null;
    expect((await read(iterator())).Records[0]).not.toHaveProperty('EncryptionType');
  });
});

describe('a shard that is closed', () => {
  it('ends with its last record, and leads to its children', async () => {
    const { iterator, read, append, streams, stream } = await world();
    append(numbered(4));
    stream.split(shardOf(stream), 1n, streams.nowMs());
    const first = await read(iterator(), 3);
    expect(first.NextShardIterator).not.toBeNull();
    expect(first).not.toHaveProperty('ChildShards');
    const last = await read(first.NextShardIterator);
    expect(texts(last)).toEqual(['event 3']);
    expect(last.NextShardIterator).toBeNull();
    expect(last.ChildShards?.map(({ ShardId }) => ShardId)).toEqual([idOf(1), idOf(2)]);
    expect((await read(iterator(0, 4))).NextShardIterator).toBeNull();
  });
});

describe('an iterator', () => {
  it('is good for five minutes', async () => {
    const { iterator, read, pass } = await world();
    const from = iterator();
    await pass(300_000);
    expect((await read(from)).Records).toEqual([]);
    await pass(1);
    await expect(read(from)).rejects.toEqual(refusal('ExpiredIteratorException'));
  });

  it('is of its stream, and of none that was made after it', async () => {
    const { iterator, read, pass, streams, stream } = await world();
    const from = iterator();
    streams.begin(stream, 'UPDATING');
    expect((await read(from)).Records).toEqual([]);
    streams.begin(stream, 'DELETING');
    await expect(read(from)).rejects.toEqual(refusal('ResourceNotFoundException'));
    await pass(CHANGE_MS);
    await expect(read(from)).rejects.toEqual(refusal('ResourceNotFoundException', 'Stream s'));
    streams.create('s', 'PROVISIONED', 1);
    await pass(CHANGE_MS);
    await expect(read(from)).rejects.toEqual(refusal('InvalidArgumentException', 'Invalid ShardIterator.'));
  });

  it('is of a shard that there is', async () => {
    const { read, streams, stream } = await world({ shards: 2 });
    const other = { ...shardOf(stream), number: 2 } as ReturnType<typeof shardOf>;
    const from = iteratorText(stream, other, 0, streams.nowMs());
    await expect(read(from)).rejects.toEqual(refusal('InvalidArgumentException', 'Invalid ShardIterator.'));
  });

  it.each([
    [{}, 'ValidationException', "'shardIterator' failed to satisfy constraint: Member must not be null"],
    [{ ShardIterator: 'nonsense' }, 'InvalidArgumentException', 'Invalid ShardIterator.'],
    [{ ShardIterator: 5 }, 'SerializationException', 'ShardIterator is no string'],
    [{ Limit: 0 }, 'ValidationException', "'limit'"],
    [{ Limit: 10_001 }, 'ValidationException', "'limit'"],
    [{ Limit: 1.5 }, 'ValidationException', "'limit'"],
    [{ Limit: '1' }, 'SerializationException', 'Limit is no number'],
  ])('and what comes with it are not %j', async (members, name, part) => {
    const { iterator, ask } = await world();
    const usual = 'ShardIterator' in members || !('Limit' in members) ? {} : { ShardIterator: iterator() };
    await expect(ask({ ...usual, ...members })).rejects.toEqual(refusal(name, part));
  });
});

describe('a shard with its limits', () => {
  const throttled = refusal(
    'ProvisionedThroughputExceededException',
    'Rate exceeded for shard shardId-000000000000 in stream s under account 000000000000.',
  );

  it('answers five reads a second, each shard for itself', async () => {
    const { iterator, read, pass } = await world({ limited: true, shards: 2 });
    for (let i = 0; i < 5; i++) await read(iterator());
    await expect(read(iterator())).rejects.toEqual(throttled);
    expect((await read(iterator(1))).Records).toEqual([]);
    await pass(199);
    await expect(read(iterator())).rejects.toEqual(throttled);
    await pass(1);
    await read(iterator());
    await expect(read(iterator())).rejects.toEqual(throttled);
  });

  it('answers nothing for as long as what it gave takes of 2 MiB a second', async () => {
    const { iterator, read, append, pass } = await world({ limited: true });
    append(Array.from({ length: 8 }, () => 'x'.repeat(MIB)));
    // 8 MiB, of which a second of rest has paid 2.
    expect((await read(iterator())).Records).toHaveLength(8);
    await pass(2990);
    await expect(read(iterator())).rejects.toEqual(throttled);
    await pass(20);
    expect((await read(iterator(), 1)).Records).toHaveLength(1);
  });

  it('counts no read that it refuses for another reason', async () => {
    const { iterator, read } = await world({ limited: true });
    for (let i = 0; i < 9; i++) await expect(read('nonsense')).rejects.toEqual(refusal('InvalidArgumentException'));
    for (let i = 0; i < 5; i++) await read(iterator());
  });
});
