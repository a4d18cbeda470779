import { describe, expect, it } from 'vitest';
import { createStream, deleteStream } from '../../../../src/brokers/kinesis/api/create-stream.ts';
import { apiWorld, asked, CHANGE_MS, refusal, shardOf, strayStreams } from './api-world.ts';

const LONGEST_NAME = `${'n'.repeat(122)}aZ0_.-`;
const onDemand = { StreamModeDetails: { StreamMode: 'ON_DEMAND' } };

describe('CreateStream', () => {
  it.each([
    ['of no mode', { ShardCount: 3 }, 'PROVISIONED', 3],
    ['whose details name no mode', { ShardCount: 1, StreamModeDetails: {} }, 'PROVISIONED', 1],
    ['provisioned', { ShardCount: 2, StreamModeDetails: { StreamMode: 'PROVISIONED' } }, 'PROVISIONED', 2],
    ['on demand', onDemand, 'ON_DEMAND', 4],
  ])('makes one %s, which takes a while', async (_, members, mode, shards) => {
    const { state, streams, pass } = apiWorld();
    expect(createStream(state, asked({ StreamName: 's', ...members }))).toBeUndefined();
    const stream = streams.get('s', null);
    expect([stream.mode, stream.open.length, streams.statusOf(stream)]).toEqual([mode, shards, 'CREATING']);
    await pass(CHANGE_MS - 1);
    expect(streams.statusOf(stream)).toBe('CREATING');
    await pass(1);
    expect(streams.statusOf(stream)).toBe('ACTIVE');
  });

  it('takes a name of 128 characters of every kind', () => {
    const { state, streams } = apiWorld();
    expect(LONGEST_NAME).toHaveLength(128);
    createStream(state, asked({ StreamName: LONGEST_NAME, ShardCount: 1 }));
    expect(streams.find(LONGEST_NAME)?.name).toBe(LONGEST_NAME);
  });

  it.each([
    [{ ShardCount: 1 }, 'ValidationException', "'streamName' failed to satisfy constraint: Member must not be null"],
    [{ StreamARN: 'arn:x:stream/s', ShardCount: 1 }, 'ValidationException', "'streamName'"],
    [{ StreamName: '', ShardCount: 1 }, 'ValidationException', "'streamName'"],
    [{ StreamName: `${LONGEST_NAME}x`, ShardCount: 1 }, 'ValidationException', "'streamName'"],
    [{ StreamName: 'a b', ShardCount: 1 }, 'ValidationException', "'streamName'"],
    [{ StreamName: 7, ShardCount: 1 }, 'SerializationException', 'StreamName'],
    [{ StreamName: 's' }, 'ValidationException', 'ShardCount must not be null'],
    [{ StreamName: 's', ShardCount: 0 }, 'ValidationException', "'shardCount'"],
    [{ StreamName: 's', ShardCount: 1.5 }, 'ValidationException', "'shardCount'"],
    [{ StreamName: 's', ShardCount: 100_001 }, 'ValidationException', "'shardCount'"],
    [{ StreamName: 's', ShardCount: '1' }, 'SerializationException', 'ShardCount'],
    [{ StreamName: 's', ShardCount: 100_000 }, 'LimitExceededException', 'Current shard count: 1. Limit: 20000.'],
    [{ StreamName: 's', ShardCount: 4, ...onDemand }, 'InvalidArgumentException', 'ShardCount cannot be set'],
    [{ StreamName: 's', ShardCount: 1, StreamModeDetails: { StreamMode: 'ELASTIC' } }, 'ValidationException', 'enum'],
    [{ StreamName: 's', ShardCount: 1, StreamModeDetails: 'ON_DEMAND' }, 'SerializationException', ''],
    [{ StreamName: 'taken', ShardCount: 1 }, 'ResourceInUseException', 'Stream taken'],
  ])('makes nothing of %j', (members, name, part) => {
    const { state, streams } = apiWorld();
    const taken = streams.create('taken', 'PROVISIONED', 1);
    expect(() => createStream(state, asked(members))).toThrow(refusal(name, part));
    expect(streams.all()).toEqual([taken]);
  });

  it('gives an account 20000 shards and none beyond', () => {
    const { state } = apiWorld();
    const create = (StreamName: string, ShardCount: number) => createStream(state, asked({ StreamName, ShardCount }));
    create('large', 19_998);
    expect(() => create('small', 3)).toThrow(refusal('LimitExceededException', 'Current shard count: 19998.'));
    create('small', 2);
    expect(() => create('one', 1)).toThrow(refusal('LimitExceededException', 'Current shard count: 20000.'));
    expect(() => createStream(state, asked({ StreamName: 'd', ...onDemand }))).toThrow(
      refusal('LimitExceededException'),
    );
  });

  it('gives an account 50 streams on demand, and others as before', () => {
    const { state, streams } = apiWorld();
    const create = (StreamName: string) => createStream(state, asked({ StreamName, ...onDemand }));
    for (let i = 0; i < 50; i++) create(`d${i}`);
    expect(() => create('more')).toThrow(refusal('LimitExceededException', '50 streams on demand'));
    createStream(state, asked({ StreamName: 'p', ShardCount: 1 }));
    expect([streams.onDemand, streams.all().length]).toEqual([50, 51]);
  });
});

describe('DeleteStream', () => {
  it.each([
    ['its name', { StreamName: 's' }],
    ['its ARN', { StreamARN: 'arn:aws:kinesis:eu-north-1:000000000000:stream/s' }],
  ])('removes one by %s, which takes a while, and gives back what it held', async (_, members) => {
    const { state, streams, pass, made, append } = apiWorld();
    const stream = await made('s');
    append(shardOf(stream));
    expect(deleteStream(state, asked(members))).toBeUndefined();
    expect(streams.statusOf(stream)).toBe('DELETING');
    const again = asked({ StreamName: 's', ShardCount: 1 });
    expect(() => createStream(state, again)).toThrow(refusal('ResourceInUseException'));
    await pass(CHANGE_MS - 1);
    expect(streams.find('s')).toBe(stream);
    expect(state.store.residentBytes).toBeGreaterThan(0);
    await pass(1);
    expect(() => deleteStream(state, asked(members))).toThrow(refusal('ResourceNotFoundException'));
    expect(state.store.residentBytes).toBe(0);
    createStream(state, again);
    expect(streams.get('s', null)).not.toBe(stream);
  });

  it.each(['CREATING', 'UPDATING', 'DELETING'] as const)(
    'leaves one that is %s as it is, for as long as it is',
    async (transition) => {
      const { state, streams, pass, made } = apiWorld();
      const stream = await made('s');
      streams.begin(stream, transition);
      await pass(CHANGE_MS - 1);
      const before = { ...stream };
      expect(() => deleteStream(state, asked({ StreamName: 's' }))).toThrow(
        refusal('ResourceInUseException', `not ACTIVE, instead in state ${transition}`),
      );
      expect({ ...stream }).toEqual(before);
      await pass(1);
      if (transition === 'DELETING') expect(streams.all()).toEqual([]);
      else {
        deleteStream(state, asked({ StreamName: 's' }));
        expect(streams.statusOf(stream)).toBe('DELETING');
      }
    },
  );

  it.each(strayStreams)('removes nothing for %j', async (members, name, part) => {
    const { state, streams, made } = apiWorld();
    const stream = await made('s');
    expect(() => deleteStream(state, asked(members))).toThrow(refusal(name, part));
    expect(streams.statusOf(stream)).toBe('ACTIVE');
  });
});
