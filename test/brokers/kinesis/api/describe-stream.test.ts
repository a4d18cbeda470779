import { describe, expect, it } from 'vitest';
import {
  arnOf,
  describeLimits,
  describeStream,
  describeStreamSummary,
  listStreams,
} from '../../../../src/brokers/kinesis/api/describe-stream.ts';
import { pageToken } from '../../../../src/brokers/kinesis/api/page-token.ts';
import { apiWorld, asked, BEGIN_MS, CHANGE_MS, idOf, refusal, shardOf, strayStreams } from './api-world.ts';

interface Described {
  StreamDescription: { StreamStatus: string; Shards: { ShardId: string }[]; HasMoreShards: boolean };
}
interface Listed {
  StreamNames: string[];
  StreamSummaries: { StreamName: string; StreamStatus: string }[];
  HasMoreStreams: boolean;
  NextToken?: string;
}

const ARN = 'arn:aws:kinesis:eu-north-1:000000000000:stream/s';
const facts = {
  StreamName: 's',
  StreamARN: ARN,
  StreamStatus: 'ACTIVE',
  StreamModeDetails: { StreamMode: 'PROVISIONED' },
  StreamCreationTimestamp: BEGIN_MS / 1000,
};
const settings = {
  RetentionPeriodHours: 24,
  EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
  EncryptionType: 'NONE',
};

const badLimits = [
  [{ Limit: 0 }, 'ValidationException', "'limit' failed to satisfy constraint: Member must have value greater"],
  [{ Limit: 10_001 }, 'ValidationException', "'limit' failed to satisfy constraint: Member must have value less"],
  [{ Limit: 1.5 }, 'ValidationException', "'limit'"],
  [{ Limit: '1' }, 'SerializationException', 'Limit is no number'],
] as const;

it('names a stream by its region and account', () => {
  expect(arnOf('eu-north-1', 's')).toBe(ARN);
});

describe('DescribeStreamSummary', () => {
  it('says everything but the shards, of those open how many', async () => {
    const { state, streams, made } = apiWorld();
    const stream = await made('s', 3);
    const rest = { ConsumerCount: 0, MaxRecordSizeInKiB: 1024 };
    const summary = { ...facts, ...settings, OpenShardCount: 3, ...rest };
    expect(describeStreamSummary(state, asked({ StreamName: 's' }))).toEqual({ StreamDescriptionSummary: summary });
    expect(describeStreamSummary(state, asked({ StreamARN: ARN }))).toEqual({ StreamDescriptionSummary: summary });
    stream.merge(shardOf(stream, 0), shardOf(stream, 1), streams.nowMs());
    stream.mode = 'ON_DEMAND';
    stream.keyId = 'alias/k';
    stream.retentionHours = 48;
    expect(describeStreamSummary(state, asked({ StreamName: 's' }))).toEqual({
      StreamDescriptionSummary: {
        ...summary,
        StreamModeDetails: { StreamMode: 'ON_DEMAND' },
        EncryptionType: 'KMS',
        KeyId: 'alias/k',
        RetentionPeriodHours: 48,
        OpenShardCount: 2,
      },
    });
  });

  it.each(['UPDATING', 'DELETING'] as const)('says what one is that is %s', async (transition) => {
    const { state, streams, made } = apiWorld();
    streams.begin(await made('s'), transition);
    expect(describeStreamSummary(state, asked({ StreamName: 's' }))).toMatchObject({
      StreamDescriptionSummary: { StreamStatus: transition },
    });
  });

  it.each(strayStreams)('refuses %j', async (members, name, part) => {
    const { state, made } = apiWorld();
    await made('s');
    expect(() => describeStreamSummary(state, asked(members))).toThrow(refusal(name, part));
  });
});

describe('DescribeStream', () => {
  async function world(shards: number) {
    const { state, streams, made } = apiWorld();
    const stream = await made('s', shards);
    const describe = (members: object) =>
      (describeStream(state, asked({ StreamName: 's', ...members })) as Described).StreamDescription;
    return { state, streams, stream, describe };
  }

  it('says everything, also of a shard that is closed', async () => {
    const { streams, stream, describe } = await world(1);
    stream.split(shardOf(stream), 2n ** 127n, streams.nowMs());
    const [parent, ...children] = stream.shards;
    expect(describe({})).toEqual({
      ...facts,
      ...settings,
      Shards: [
        {
          ShardId: idOf(0),
          HashKeyRange: { StartingHashKey: '0', EndingHashKey: `${2n ** 128n - 1n}` },
          SequenceNumberRange: {
            StartingSequenceNumber: parent?.numbers.at(0),
            EndingSequenceNumber: parent?.numbers.at(1),
          },
        },
        ...children.map((child, i) => ({
          ShardId: idOf(i + 1),
          ParentShardId: idOf(0),
          HashKeyRange: {
            StartingHashKey: `${i === 0 ? 0n : 2n ** 127n}`,
            EndingHashKey: `${i === 0 ? 2n ** 127n - 1n : 2n ** 128n - 1n}`,
          },
          SequenceNumberRange: { StartingSequenceNumber: child.numbers.at(0) },
        })),
      ],
      HasMoreShards: false,
    });
  });

  it.each([
    [{ Limit: 2 }, [0, 1], true],
    [{ Limit: 2, ExclusiveStartShardId: idOf(1) }, [2, 3], true],
    [{ Limit: 2, ExclusiveStartShardId: idOf(2) }, [3, 4], false],
    [{ Limit: 1, ExclusiveStartShardId: idOf(3) }, [4], false],
    [{ ExclusiveStartShardId: idOf(4) }, [], false],
    [{ Limit: 5 }, [0, 1, 2, 3, 4], false],
  ])('of five shards, gives to %j those of %j', async (members, numbers, more) => {
    const { Shards, HasMoreShards } = (await world(5)).describe(members);
    expect(Shards.map(({ ShardId }) => ShardId)).toEqual(numbers.map(idOf));
    expect(HasMoreShards).toBe(more);
  });

  it.each([{}, { Limit: 100 }, { Limit: 101 }, { Limit: 10_000 }])(
    'has a hundred shards on a page and no more for %j',
    async (members) => {
      const { describe } = await world(101);
      const { Shards, HasMoreShards } = describe(members);
      expect([Shards.length, HasMoreShards]).toEqual([100, true]);
      expect(describe({ ExclusiveStartShardId: Shards.at(-1)?.ShardId })).toMatchObject({
        Shards: [{ ShardId: idOf(100) }],
        HasMoreShards: false,
      });
    },
  );

  it('has no shards of one that is being made', () => {
    const { state, streams } = apiWorld();
    streams.create('s', 'PROVISIONED', 2);
    expect(describeStream(state, asked({ StreamName: 's', Limit: 1 }))).toMatchObject({
      StreamDescription: { StreamStatus: 'CREATING', Shards: [], HasMoreShards: false },
    });
  });

  it.each([
    ...badLimits,
    [{ ExclusiveStartShardId: 5 }, 'SerializationException', 'ExclusiveStartShardId is no string'],
  ] as const)('refuses %j', async (members, name, part) => {
    const { describe } = await world(1);
    expect(() => describe(members)).toThrow(refusal(name, part));
  });

  it.each(strayStreams)('refuses %j', async (members, name, part) => {
    const { state } = await world(1);
    expect(() => describeStream(state, asked(members))).toThrow(refusal(name, part));
  });
});

describe('ListStreams', () => {
  async function world(...names: string[]) {
    const { state, streams, made, pass } = apiWorld();
    for (const name of names) await made(name);
    return { streams, pass, list: (members: object) => listStreams(state, asked(members)) as Listed };
  }

  it('has none where there is none', async () => {
    expect((await world()).list({})).toEqual({ StreamNames: [], StreamSummaries: [], HasMoreStreams: false });
  });

  it('says of each what it is, sorted by name', async () => {
    const { list } = await world('s', 'b', 'C');
    const { StreamNames, StreamSummaries, ...rest } = list({});
    expect(StreamNames).toEqual(['C', 'b', 's']);
    expect(StreamSummaries.map(({ StreamName }) => StreamName)).toEqual(StreamNames);
    expect(StreamSummaries[2]).toEqual(facts);
    expect(rest).toEqual({ HasMoreStreams: false });
  });

  it('goes on behind a page, also where its last stream has gone', async () => {
    const last = 'n'.repeat(128);
    const { list, streams, pass } = await world('a', 'b', 'c', 'd', last);
    const first = list({ Limit: 2 });
    expect(first).toMatchObject({ StreamNames: ['a', 'b'], HasMoreStreams: true, NextToken: expect.any(String) });
    streams.begin(streams.get('b', null), 'DELETING');
    await pass(CHANGE_MS);
    const second = list({ Limit: 2, NextToken: first.NextToken });
    expect(second).toMatchObject({ StreamNames: ['c', 'd'], HasMoreStreams: true });
    const third = list({ Limit: 2, NextToken: second.NextToken });
    expect([third.StreamNames, third.HasMoreStreams, 'NextToken' in third]).toEqual([[last], false, false]);
  });

  it('carries a name of 128 characters in its token', async () => {
    const names = ['a', 'b', 'c'].map((end) => `${'n'.repeat(127)}${end}`);
    const { list } = await world(...names);
    const { NextToken } = list({ Limit: 2 });
    expect(list({ NextToken }).StreamNames).toEqual([names[2]]);
  });

  it('begins behind a name, there or not, rather than at a token', async () => {
    const { list } = await world('a', 'c', 'd');
    expect(list({ ExclusiveStartStreamName: 'c' }).StreamNames).toEqual(['d']);
    expect(list({ ExclusiveStartStreamName: 'b' }).StreamNames).toEqual(['c', 'd']);
    expect(list({ ExclusiveStartStreamName: 'd' }).StreamNames).toEqual([]);
    expect(list({ Limit: 3 })).toMatchObject({ StreamNames: ['a', 'c', 'd'], HasMoreStreams: false });
    const { NextToken } = list({ Limit: 2 });
    expect(list({ ExclusiveStartStreamName: 'a', NextToken }).StreamNames).toEqual(['c', 'd']);
  });

  it.each([{}, { Limit: 100 }, { Limit: 101 }, { Limit: 10_000 }])(
    'has a hundred on a page and no more for %j',
    async (members) => {
      const { list } = await world(...Array.from({ length: 101 }, (_, i) => `s${100 + i}`));
      const { StreamNames, NextToken } = list(members);
      expect([StreamNames.length, StreamNames.at(-1)]).toEqual([100, 's199']);
      expect(list({ NextToken })).toMatchObject({ HasMoreStreams: false, StreamNames: ['s200'] });
    },
  );

  it('has a token that is good for five minutes', async () => {
    const { list, pass } = await world('a', 'b');
    const { NextToken } = list({ Limit: 1 });
    await pass(300_000);
    expect(list({ NextToken }).StreamNames).toEqual(['b']);
    await pass(1);
    expect(() => list({ NextToken })).toThrow(refusal('ExpiredNextTokenException'));
  });

  const MADE_MS = BEGIN_MS + CHANGE_MS;
  it.each([
    ['', 'empty'],
    ['a', 'a name'],
    [Buffer.from('a').toString('base64url'), 'a name, encoded'],
    [pageToken('ListShards', ['a'], MADE_MS), 'one of another list'],
    [pageToken('ListStreams', [], MADE_MS), 'one without a name'],
    [pageToken('ListStreams', [5], MADE_MS), 'one whose name is a number'],
  ])('takes no token that is %j: %s', async (NextToken) => {
    const { list } = await world('a', 'b');
    expect(() => list({ NextToken })).toThrow(refusal('InvalidArgumentException', 'Invalid NextToken.'));
    expect(() => list({ NextToken, ExclusiveStartStreamName: 'a' })).toThrow(refusal('InvalidArgumentException'));
    expect(list({ NextToken: pageToken('ListStreams', ['a'], MADE_MS) }).StreamNames).toEqual(['b']);
  });

  it('has one that is being removed until it has gone', async () => {
    const { list, streams, pass } = await world('a');
    streams.begin(streams.get('a', null), 'DELETING');
    await pass(CHANGE_MS - 1);
    expect(list({}).StreamSummaries).toMatchObject([{ StreamName: 'a', StreamStatus: 'DELETING' }]);
    await pass(1);
    expect(list({}).StreamNames).toEqual([]);
  });

  it.each([
    ...badLimits,
    [{ NextToken: 5 }, 'SerializationException', 'NextToken is no string'],
    [{ ExclusiveStartStreamName: 5 }, 'SerializationException', 'ExclusiveStartStreamName is no string'],
  ] as const)('refuses %j', async (members, name, part) => {
    const { list } = await world('a');
    expect(() => list(members)).toThrow(refusal(name, part));
  });
});

it('counts for DescribeLimits the open shards of what is provisioned, and what is on demand', async () => {
  const { state, streams, made } = apiWorld();
  const limits = (OpenShardCount: number, OnDemandStreamCount: number) => ({
    ShardLimit: 7,
    OpenShardCount,
    OnDemandStreamCount,
    OnDemandStreamCountLimit: 9,
  });
  expect(describeLimits(state, 7, 9)).toEqual(limits(0, 0));
  const stream = await made('p', 3);
  await made('d', 4, 'ON_DEMAND');
  expect(describeLimits(state, 7, 9)).toEqual(limits(3, 1));
  stream.merge(shardOf(stream, 0), shardOf(stream, 1), streams.nowMs());
  expect(describeLimits(state, 7, 9)).toEqual(limits(2, 1));
});
