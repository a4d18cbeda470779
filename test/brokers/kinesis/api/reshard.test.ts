import { describe, expect, it } from 'vitest';
import { mergeShards, splitShard, updateShardCount } from '../../../../src/brokers/kinesis/api/reshard.ts';
import { PutFaults } from '../../../../src/brokers/kinesis/faults/put-faults.ts';
import type { Shard } from '../../../../src/brokers/kinesis/shard.ts';
import type { StreamMode } from '../../../../src/brokers/kinesis/stream.ts';
import { HASH_KEY_SPACE } from '../../../../src/wire/kinesis/hash-key.ts';
import { apiWorld, asked, CHANGE_MS, idOf, refusal, shardOf, strayStreams } from './api-world.ts';

const ARN = 'arn:aws:kinesis:eu-north-1:000000000000:stream/s';
const HALF = HASH_KEY_SPACE / 2n;

/** Each call with members that it takes of a stream of two shards, but for which stream is meant. */
const calls = {
  splitShard: [splitShard, { ShardToSplit: idOf(0), NewStartingHashKey: '1' }],
  mergeShards: [mergeShards, { ShardToMerge: idOf(0), AdjacentShardToMerge: idOf(1) }],
  updateShardCount: [updateShardCount, { TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' }],
} as const;
const names = Object.keys(calls) as (keyof typeof calls)[];

async function world(call: keyof typeof calls, shards = 2, mode: StreamMode = 'PROVISIONED') {
  const { made, state, streams, ...rest } = apiWorld();
  const stream = await made('s', shards, mode);
  const released: Shard[] = [];
  const faults = new PutFaults({ clock: state.clock, keep: () => null, remembers: false });
  faults.release = (shard) => void released.push(shard);
  return {
    ...rest,
    made,
    streams,
    stream,
    /** What was given up of what waited to be overtaken. */
    released,
    call: (members: object) => calls[call][0]({ ...state, faults }, asked({ StreamName: 's', ...members })),
    /** Of the open shards, in the order of their keys: number, parents, first key. */
    open: () => stream.open.map(({ number, parents, range }) => [number, parents.map((it) => it.number), range.first]),
  };
}

describe.each(names)('%s', (name) => {
  const [, members] = calls[name];

  it('takes a stream by its ARN, and takes a while', async () => {
    const { call, streams, stream, pass } = await world(name);
    call({ StreamName: null, StreamARN: ARN, ...members });
    expect(streams.statusOf(stream)).toBe('UPDATING');
    expect(stream.shards.length).toBeGreaterThan(2);
    await pass(CHANGE_MS);
    expect(streams.statusOf(stream)).toBe('ACTIVE');
  });

  it.each(['CREATING', 'UPDATING', 'DELETING'] as const)('waits for one that is %s', async (transition) => {
    const { call, streams, stream, open } = await world(name);
    streams.begin(stream, transition);
    const before = open();
    expect(() => call(members)).toThrow(
      refusal('ResourceInUseException', `not ACTIVE, instead in state ${transition}`),
    );
    expect(open()).toEqual(before);
  });

  it('leaves one on demand to itself', async () => {
    const { call, streams, stream } = await world(name, 2, 'ON_DEMAND');
    expect(() => call(members)).toThrow(refusal('ValidationException', 'on demand'));
    expect([stream.shards.length, streams.statusOf(stream)]).toEqual([2, 'ACTIVE']);
  });

  it.each(strayStreams)('refuses the stream %j', async (stray, error, part) => {
    const { call, stream } = await world(name);
    expect(() => call({ StreamName: null, ...members, ...stray })).toThrow(refusal(error, part));
    expect(stream.shards).toHaveLength(2);
  });
});

describe('SplitShard', () => {
  it('ends a shard, whose keys below and from the one that is named go to two', async () => {
    const { call, stream, open, released, streams } = await world('splitShard');
    expect(call({ ShardToSplit: idOf(1), NewStartingHashKey: `${HALF + 7n}` })).toBeUndefined();
    expect(open()).toEqual([
      [0, [], 0n],
      [2, [1], HALF],
      [3, [1], HALF + 7n],
    ]);
    expect(stream.open.map(({ range }) => range.last)).toEqual([HALF - 1n, HALF + 6n, HASH_KEY_SPACE - 1n]);
    expect(shardOf(stream, 1).closedMs).toBe(streams.nowMs());
    expect(shardOf(stream, 1).children.map(({ number }) => number)).toEqual([2, 3]);
    expect(released).toEqual([shardOf(stream, 1)]);
  });

  it.each([
    [`${HALF + 1n}`, [HALF, HALF + 1n]],
    [`${HASH_KEY_SPACE - 1n}`, [HALF, HASH_KEY_SPACE - 1n]],
  ])('takes %s of the second half', async (NewStartingHashKey, firsts) => {
    const { call, open } = await world('splitShard');
    call({ ShardToSplit: idOf(1), NewStartingHashKey });
    expect(open().map(([, , first]) => first)).toEqual([0n, ...firsts]);
  });

  it.each([
    [{ NewStartingHashKey: `${HALF}` }, 'InvalidArgumentException', `NewStartingHashKey ${HALF} used in SplitShard()`],
    [{ NewStartingHashKey: '0' }, 'InvalidArgumentException', 'on shard shardId-000000000001 in stream s'],
    [{ NewStartingHashKey: `${HASH_KEY_SPACE}` }, 'InvalidArgumentException', 'Invalid newStartingHashKey'],
    [{ NewStartingHashKey: '-1' }, 'ValidationException', "'newStartingHashKey'"],
    [{ NewStartingHashKey: '01' }, 'ValidationException', "'newStartingHashKey'"],
    [{ NewStartingHashKey: null }, 'ValidationException', "'newStartingHashKey'"],
    [{ NewStartingHashKey: 5 }, 'SerializationException', 'NewStartingHashKey is no string'],
    [{ ShardToSplit: null }, 'ValidationException', "'shardToSplit'"],
    [{ ShardToSplit: idOf(2) }, 'ResourceNotFoundException', `Shard ${idOf(2)} in stream s`],
  ])('does not take %j', async (members, name, part) => {
    const { call, stream, released } = await world('splitShard');
    const usual = { ShardToSplit: idOf(1), NewStartingHashKey: `${HALF + 1n}` };
    expect(() => call({ ...usual, ...members })).toThrow(refusal(name, part));
    expect([stream.shards.length, released]).toEqual([2, []]);
    expect(call(usual)).toBeUndefined();
  });

  it('does not end a shard twice', async () => {
    const { call, pass } = await world('splitShard');
    const members = { ShardToSplit: idOf(0), NewStartingHashKey: '1' };
    call(members);
    await pass(CHANGE_MS);
    expect(() => call(members)).toThrow(refusal('InvalidArgumentException', `Shard ${idOf(0)} in stream s is closed`));
  });

  it('has no shard beyond those of an account', async () => {
    const { call, made } = await world('splitShard');
    await made('large', 19_998);
    expect(() => call({ ShardToSplit: idOf(0), NewStartingHashKey: '1' })).toThrow(
      refusal('LimitExceededException', 'Current shard count: 20000.'),
    );
  });
});

describe('MergeShards', () => {
  it.each([
    [0, 1],
    [1, 0],
  ])('ends %i and %i, whose keys go to one', async (one, other) => {
    const { call, stream, open, released } = await world('mergeShards', 3);
    expect(call({ ShardToMerge: idOf(one), AdjacentShardToMerge: idOf(other) })).toBeUndefined();
    expect(open()).toEqual([
      [3, [one, other], 0n],
      [2, [], shardOf(stream, 2).range.first],
    ]);
    expect(shardOf(stream, 3).range.last).toBe(shardOf(stream, 1).range.last);
    expect(shardOf(stream, 3).describe()).toMatchObject({
      ParentShardId: idOf(one),
      AdjacentParentShardId: idOf(other),
    });
    expect(released).toEqual([shardOf(stream, one), shardOf(stream, other)]);
  });

  it.each([
    [0, 2, 'InvalidArgumentException', 'are not an adjacent pair of shards eligible for merging'],
    [2, 0, 'InvalidArgumentException', `Shards ${idOf(2)} and ${idOf(0)} in stream s`],
    [1, 1, 'InvalidArgumentException', 'are not an adjacent pair'],
    [1, 3, 'ResourceNotFoundException', `Shard ${idOf(3)}`],
    [3, 1, 'ResourceNotFoundException', `Shard ${idOf(3)}`],
  ])('does not take %i and %i', async (one, other, name, part) => {
    const { call, stream, released } = await world('mergeShards', 3);
    expect(() => call({ ShardToMerge: idOf(one), AdjacentShardToMerge: idOf(other) })).toThrow(refusal(name, part));
    expect([stream.shards.length, released]).toEqual([3, []]);
  });

  it.each([
    [{ ShardToMerge: null }, 'ValidationException', "'shardToMerge'"],
    [{ AdjacentShardToMerge: null }, 'ValidationException', "'adjacentShardToMerge'"],
    [{ AdjacentShardToMerge: 1 }, 'SerializationException', 'AdjacentShardToMerge is no string'],
  ])('does not take %j', async (members, name, part) => {
    const { call } = await world('mergeShards');
    expect(() => call({ ...calls.mergeShards[1], ...members })).toThrow(refusal(name, part));
  });

  it('does not end a shard twice', async () => {
    const { call, pass } = await world('mergeShards', 3);
    call({ ShardToMerge: idOf(0), AdjacentShardToMerge: idOf(1) });
    await pass(CHANGE_MS);
    expect(() => call({ ShardToMerge: idOf(1), AdjacentShardToMerge: idOf(2) })).toThrow(
      refusal('InvalidArgumentException', `Shard ${idOf(1)} in stream s is closed`),
    );
  });
});

describe('UpdateShardCount', () => {
  it.each([
    [4, 8],
    [4, 6],
    [4, 5],
    [4, 4],
    [4, 3],
    [4, 2],
    [1, 1],
    [3, 2],
  ])('makes of %i shards %i that share the keys evenly', async (from, to) => {
    const { call, stream, released } = await world('updateShardCount', from);
    const before = [...stream.open];
    expect(call({ TargetShardCount: to, ScalingType: 'UNIFORM_SCALING' })).toEqual({
      StreamName: 's',
      StreamARN: ARN,
      CurrentShardCount: from,
      TargetShardCount: to,
    });
    expect(stream.open.map(({ range }) => range.first)).toEqual(
      Array.from({ length: to }, (_, i) => (HASH_KEY_SPACE * BigInt(i)) / BigInt(to)),
    );
    expect(released).toEqual(before);
  });

  it.each([
    [9, 'LimitExceededException', 'over double your current open shard count. Current open shard count: 4'],
    [1, 'LimitExceededException', 'below half your current open shard count'],
    [0, 'ValidationException', "'targetShardCount'"],
    [4.5, 'ValidationException', "'targetShardCount'"],
    [100_001, 'ValidationException', "'targetShardCount'"],
    [null, 'ValidationException', "'targetShardCount'"],
    ['5', 'SerializationException', 'TargetShardCount is no number'],
  ])('does not make %j of four', async (TargetShardCount, name, part) => {
    const { call, stream } = await world('updateShardCount', 4);
    expect(() => call({ TargetShardCount, ScalingType: 'UNIFORM_SCALING' })).toThrow(refusal(name, part));
    expect(stream.shards).toHaveLength(4);
  });

  it('knows one way to scale, and wants it named', async () => {
    const { call, stream } = await world('updateShardCount');
    expect(() => call({ TargetShardCount: 4, ScalingType: 'SKEWED' })).toThrow(
      refusal('ValidationException', "'scalingType'"),
    );
    expect(() => call({ TargetShardCount: 4 })).toThrow(refusal('ValidationException', "'scalingType'"));
    expect(stream.shards).toHaveLength(2);
  });

  it('has no shard beyond those of an account', async () => {
    const { call, made } = await world('updateShardCount');
    await made('large', 19_997);
    expect(() => call(calls.updateShardCount[1])).toThrow(
      refusal('LimitExceededException', 'Current shard count: 19999.'),
    );
    expect(call({ ...calls.updateShardCount[1], TargetShardCount: 3 })).toMatchObject({ TargetShardCount: 3 });
  });
});
