import { describe, expect, it } from 'vitest';
import { listShards } from '../../../../src/brokers/kinesis/api/list-shards.ts';
import { pageToken } from '../../../../src/brokers/kinesis/api/page-token.ts';
import { apiWorld, asked, BEGIN_MS, CHANGE_MS, idOf, refusal, shardOf, strayStreams } from './api-world.ts';

interface Listed {
  Shards: { ShardId: string }[];
  NextToken?: string;
}

const DAY_MS = 24 * 3_600_000;
const tokenOf = (...fields: (string | number | null)[]): string =>
  pageToken('ListShards', fields, BEGIN_MS + CHANGE_MS);

async function world(shards: number, name = 's') {
  const { made, state, ...rest } = apiWorld();
  const stream = await made(name, shards);
  const list = (members: object) => listShards(state, asked(members)) as Listed;
  const numbers = (members: object) => list(members).Shards.map(({ ShardId }) => Number(ShardId.slice(-12)));
  return { ...rest, state, stream, list, numbers };
}

describe('of five shards', () => {
  it('lists all, as each describes itself', async () => {
    const { stream, list } = await world(5);
    const all = { Shards: stream.shards.map((shard) => shard.describe()) };
    expect(all.Shards).toHaveLength(5);
    expect(list({ StreamName: 's' })).toEqual(all);
    expect(list({ StreamARN: 'arn:x:stream/s' })).toEqual(all);
  });

  it('goes on page by page, to an end without a token', async () => {
    const { list } = await world(5);
    const pages: string[][] = [];
    let NextToken: string | undefined;
    do {
      const page = list({ MaxResults: 2, ...(NextToken === undefined ? { StreamName: 's' } : { NextToken }) });
      pages.push(page.Shards.map(({ ShardId }) => ShardId));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(pages).toEqual([[idOf(0), idOf(1)], [idOf(2), idOf(3)], [idOf(4)]]);
  });

  it.each([
    [{ MaxResults: 5 }, [0, 1, 2, 3, 4], false],
    [{ MaxResults: 10_000 }, [0, 1, 2, 3, 4], false],
    [{ MaxResults: 4 }, [0, 1, 2, 3], true],
    [{ MaxResults: 1, ExclusiveStartShardId: idOf(2) }, [3], true],
    [{ ExclusiveStartShardId: idOf(2) }, [3, 4], false],
    [{ ExclusiveStartShardId: idOf(4) }, [], false],
    [{ ShardFilter: { Type: 'AFTER_SHARD_ID', ShardId: idOf(2) } }, [3, 4], false],
  ])('gives to %j those of %j', async (members, numbers, more) => {
    const world5 = await world(5);
    expect(world5.numbers({ StreamName: 's', ...members })).toEqual(numbers);
    expect('NextToken' in world5.list({ StreamName: 's', ...members })).toBe(more);
  });
});

it.each([{}, { MaxResults: 1000 }, { MaxResults: 1001 }, { MaxResults: 10_000 }])(
  'has a thousand on a page and no more for %j',
  async (members) => {
    const { list } = await world(1001);
    const { Shards, NextToken } = list({ StreamName: 's', ...members });
    expect(Shards).toHaveLength(1000);
    expect(list({ NextToken }).Shards).toMatchObject([{ ShardId: idOf(1000) }]);
  },
);

describe('a token', () => {
  it('carries a name of 128 characters', async () => {
    const name = 'n'.repeat(128);
    const { list, numbers } = await world(3, name);
    const { NextToken } = list({ StreamName: name, MaxResults: 1 });
    expect(numbers({ NextToken })).toEqual([1, 2]);
  });

  it('keeps the filter of its list', async () => {
    const { stream, streams, list, numbers } = await world(2);
    stream.resize(4, streams.nowMs());
    const latest = { StreamName: 's', ShardFilter: { Type: 'AT_LATEST' } };
    expect(numbers(latest)).toEqual([2, 3, 4, 5]);
    const { NextToken } = list({ ...latest, MaxResults: 1 });
    stream.merge(shardOf(stream, 3), shardOf(stream, 4), streams.nowMs());
    expect(numbers({ NextToken })).toEqual([5, 6]);
  });

  it('is good for five minutes', async () => {
    const { list, numbers, pass } = await world(3);
    const { NextToken } = list({ StreamName: 's', MaxResults: 2 });
    await pass(300_000);
    expect(numbers({ NextToken })).toEqual([2]);
    await pass(1);
    expect(() => list({ NextToken })).toThrow(refusal('ExpiredNextTokenException'));
  });

  it('ends with its stream', async () => {
    const { list, streams, stream, pass } = await world(3);
    const { NextToken } = list({ StreamName: 's', MaxResults: 2 });
    streams.begin(stream, 'DELETING');
    await pass(CHANGE_MS);
    expect(() => list({ NextToken })).toThrow(refusal('ResourceNotFoundException', 'Stream s'));
  });

  it.each([
    ['StreamName', 's'],
    ['StreamARN', 'arn:x:stream/s'],
    ['StreamCreationTimestamp', BEGIN_MS / 1000],
    ['ExclusiveStartShardId', idOf(0)],
    ['ShardFilter', { Type: 'AT_LATEST' }],
  ])('stands without %s', async (member, value) => {
    const { list } = await world(3);
    const { NextToken } = list({ StreamName: 's', MaxResults: 2 });
    expect(() => list({ NextToken, [member]: value })).toThrow(
      refusal('InvalidArgumentException', `NextToken and ${member} cannot be provided together.`),
    );
    expect(list({ NextToken, [member]: null }).Shards).toHaveLength(1);
  });

  it.each([
    ['', 'empty'],
    ['nonsense', 'no token'],
    [pageToken('ListStreams', ['s', '', null, 0], BEGIN_MS + CHANGE_MS), 'one of another list'],
    [tokenOf('s', ''), 'one that knows too little'],
    [tokenOf(5, '', null, 0), 'one without a name'],
    [tokenOf('s', 5, null, 0), 'one without a shard'],
    [tokenOf('s', '', 'AT_TIMESTAMP', null), 'one without an instant'],
    [tokenOf('s', '', 'EVERY', 0), 'one of another filter'],
  ])('is not %j: %s', async (NextToken) => {
    const { list } = await world(1);
    expect(() => list({ NextToken })).toThrow(refusal('InvalidArgumentException', 'Invalid NextToken.'));
    expect(list({ NextToken: tokenOf('s', '', null, 0) }).Shards).toHaveLength(1);
  });
});

describe('a filter', () => {
  /** Shards 0 and 1 from the first instant on; a second later 2 and 3 take the place of 0. */
  async function splitWorld() {
    const world2 = await world(2);
    world2.stream.split(shardOf(world2.stream), 1n, world2.streams.nowMs());
    await world2.pass(10_000);
    const filtered = (ShardFilter: object) => world2.numbers({ StreamName: 's', ShardFilter });
    return { ...world2, filtered };
  }
  const SPLIT_MS = BEGIN_MS + CHANGE_MS;

  it.each([
    [{ Type: 'AT_LATEST' }, [1, 2, 3]],
    [{ Type: 'AT_TRIM_HORIZON' }, [0, 1]],
    [{ Type: 'FROM_TRIM_HORIZON' }, [0, 1, 2, 3]],
    [{ Type: 'AFTER_SHARD_ID', ShardId: idOf(0) }, [1, 2, 3]],
    [{ Type: 'AT_TIMESTAMP', Timestamp: BEGIN_MS / 1000 - 1 }, []],
    [{ Type: 'AT_TIMESTAMP', Timestamp: BEGIN_MS / 1000 }, [0, 1]],
    [{ Type: 'AT_TIMESTAMP', Timestamp: (SPLIT_MS - 1) / 1000 }, [0, 1]],
    [{ Type: 'AT_TIMESTAMP', Timestamp: SPLIT_MS / 1000 }, [1, 2, 3]],
    [{ Type: 'FROM_TIMESTAMP', Timestamp: 0 }, [0, 1, 2, 3]],
    [{ Type: 'FROM_TIMESTAMP', Timestamp: (SPLIT_MS - 1) / 1000 }, [0, 1, 2, 3]],
    [{ Type: 'FROM_TIMESTAMP', Timestamp: SPLIT_MS / 1000 }, [1, 2, 3]],
  ])('%j passes %j', async (filter, numbers) => {
    expect((await splitWorld()).filtered(filter)).toEqual(numbers);
  });

  it('moves the horizon with the retention', async () => {
    const { filtered, pass, streams, stream } = await splitWorld();
    await pass(SPLIT_MS + DAY_MS - 1 - streams.nowMs());
    expect(filtered({ Type: 'AT_TRIM_HORIZON' })).toEqual([0, 1]);
    expect(filtered({ Type: 'FROM_TRIM_HORIZON' })).toEqual([0, 1, 2, 3]);
    await pass(1);
    expect(filtered({ Type: 'AT_TRIM_HORIZON' })).toEqual([1, 2, 3]);
    expect(filtered({ Type: 'FROM_TRIM_HORIZON' })).toEqual([1, 2, 3]);
    stream.retentionHours = 48;
    expect(filtered({ Type: 'AT_TRIM_HORIZON' })).toEqual([0, 1]);
  });

  it('is not needed to leave out a closed shard once it can have no records', async () => {
    const { numbers, pass, append, streams, stream } = await splitWorld();
    append(shardOf(stream));
    await pass(DAY_MS);
    expect(numbers({ StreamName: 's' })).toEqual([0, 1, 2, 3]);
    await pass(1);
    streams.trim(stream);
    expect(numbers({ StreamName: 's' })).toEqual([1, 2, 3]);
  });

  it.each([
    [{}, 'InvalidArgumentException', 'ShardFilter has no Type'],
    [{ Type: 'EVERY' }, 'ValidationException', "'type'"],
    [{ Type: 5 }, 'SerializationException', 'Type is no string'],
    [{ Type: 'AT_TIMESTAMP' }, 'InvalidArgumentException', 'ShardFilter AT_TIMESTAMP has no Timestamp'],
    [{ Type: 'FROM_TIMESTAMP' }, 'InvalidArgumentException', 'ShardFilter FROM_TIMESTAMP has no Timestamp'],
    [{ Type: 'AT_TIMESTAMP', Timestamp: 'now' }, 'SerializationException', 'Timestamp is no timestamp'],
    [{ Type: 'AFTER_SHARD_ID', ShardId: 5 }, 'SerializationException', 'ShardId is no string'],
    ['AT_LATEST', 'SerializationException', 'no object'],
  ])('is not %j', async (filter, name, part) => {
    const { list } = await world(1);
    expect(() => list({ StreamName: 's', ShardFilter: filter })).toThrow(refusal(name, part));
  });
});

it.each([
  [
    { MaxResults: 0 },
    'ValidationException',
    "'maxResults' failed to satisfy constraint: Member must have value greater",
  ],
  [
    { MaxResults: 10_001 },
    'ValidationException',
    "'maxResults' failed to satisfy constraint: Member must have value less",
  ],
  [{ MaxResults: 1.5 }, 'ValidationException', "'maxResults'"],
  [{ MaxResults: '1' }, 'SerializationException', 'MaxResults is no number'],
  [{ ExclusiveStartShardId: 5 }, 'SerializationException', 'ExclusiveStartShardId is no string'],
  [{ NextToken: 5 }, 'SerializationException', 'NextToken is no string'],
])('refuses %j', async (members, name, part) => {
  const { list } = await world(1);
  expect(() => list({ StreamName: 's', ...members })).toThrow(refusal(name, part));
});

it.each(strayStreams)('refuses the stream %j', async (members, name, part) => {
  const { list } = await world(1);
  expect(() => list(members)).toThrow(refusal(name, part));
});

it('lists the shards of a stream from when it is made until it has gone', async () => {
  const { state, streams, pass } = apiWorld();
  const list = () => listShards(state, asked({ StreamName: 's' }));
  const stream = streams.create('s', 'PROVISIONED', 1);
  expect(list).toThrow(refusal('ResourceInUseException', 'Stream s is being created.'));
  await pass(CHANGE_MS);
  for (const transition of ['UPDATING', 'DELETING'] as const) {
    streams.begin(stream, transition);
    expect(list()).toMatchObject({ Shards: [{ ShardId: idOf(0) }] });
  }
  await pass(CHANGE_MS);
  expect(list).toThrow(refusal('ResourceNotFoundException'));
});
