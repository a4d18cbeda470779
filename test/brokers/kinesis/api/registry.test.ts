import { decode, encode } from 'cborg';
import { describe, expect, it } from 'vitest';
import { operations } from '../../../../src/brokers/kinesis/api/registry.ts';
import type { WireForm } from '../../../../src/wire/kinesis/wire-form.ts';
import { apiWorld, CHANGE_MS, idOf, refusal } from './api-world.ts';

const ARN = 'arn:aws:kinesis:eu-north-1:000000000000:stream/s';

/** Each operation with a request that it takes of a stream of two shards, and the names of what it answers; null for nothing. */
const calls: Record<string, [request: object, answer: string[] | null]> = {
  PutRecords: [{ StreamName: 's', Records: [{ PartitionKey: 'k', Data: '' }] }, ['FailedRecordCount', 'Records']],
  PutRecord: [{ StreamName: 's', PartitionKey: 'k', Data: '' }, ['SequenceNumber', 'ShardId']],
  GetRecords: [{}, ['MillisBehindLatest', 'NextShardIterator', 'Records']],
  GetShardIterator: [{ StreamName: 's', ShardId: idOf(0), ShardIteratorType: 'LATEST' }, ['ShardIterator']],
  ListShards: [{ StreamName: 's' }, ['Shards']],
  CreateStream: [{ StreamName: 'other', ShardCount: 1 }, null],
  DeleteStream: [{ StreamName: 's' }, null],
  DescribeStream: [{ StreamName: 's' }, ['StreamDescription']],
  DescribeStreamSummary: [{ StreamName: 's' }, ['StreamDescriptionSummary']],
  ListStreams: [{}, ['HasMoreStreams', 'StreamNames', 'StreamSummaries']],
  DescribeLimits: [{}, ['OnDemandStreamCount', 'OnDemandStreamCountLimit', 'OpenShardCount', 'ShardLimit']],
  SplitShard: [{ StreamName: 's', ShardToSplit: idOf(0), NewStartingHashKey: '1' }, null],
  MergeShards: [{ StreamName: 's', ShardToMerge: idOf(0), AdjacentShardToMerge: idOf(1) }, null],
  UpdateShardCount: [
    { StreamName: 's', TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' },
    ['CurrentShardCount', 'StreamARN', 'StreamName', 'TargetShardCount'],
  ],
  UpdateStreamMode: [{ StreamARN: ARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } }, null],
  StartStreamEncryption: [{ StreamName: 's', EncryptionType: 'KMS', KeyId: 'k' }, null],
  StopStreamEncryption: [{ StreamName: 's', EncryptionType: 'KMS', KeyId: 'k' }, null],
  IncreaseStreamRetentionPeriod: [{ StreamName: 's', RetentionPeriodHours: 48 }, null],
  DecreaseStreamRetentionPeriod: [{ StreamName: 's', RetentionPeriodHours: 24 }, null],
};

async function world(form: WireForm = 'json') {
  const { state, made } = apiWorld();
  await made('s', 2);
  const call = async (name: string, request: object | Buffer): Promise<unknown> => {
    const operation = operations.get(name);
    if (operation === undefined) throw new Error(`no ${name}`);
    const written = (): Uint8Array => (form === 'cbor' ? encode(request) : Buffer.from(JSON.stringify(request)));
    const body = Buffer.isBuffer(request) ? request : Buffer.from(written());
    const { content, fate } = await operation(state, body, form);
    expect(fate).toMatchObject({ cut: false, holdUntilUs: 0 });
    if (!Buffer.isBuffer(content)) return content;
    return form === 'cbor' ? decode(content) : JSON.parse(content.toString());
  };
  return { state, call };
}

it('knows these operations and no other', () => {
  expect([...operations.keys()].sort()).toEqual(Object.keys(calls).sort());
});

describe.each(Object.entries(calls))('%s', (name, [request, names]) => {
  it.each<WireForm>(['json', 'cbor'])('answers as the API does, in %s', async (form) => {
    const { call } = await world(form);
    const asked = { StreamName: 's', ShardId: idOf(0), ShardIteratorType: 'LATEST' };
    const found = name === 'GetRecords' ? ((await call('GetShardIterator', asked)) as object) : {};
    const answer = await call(name, { ...request, ...found });
    if (names === null) expect(answer).toBeNull();
    else expect(Object.keys(answer as object).sort()).toEqual(names);
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a text', '"s"'],
    ['nothing at all', 'null'],
  ])('refuses %s', async (_, body) => {
    const { call } = await world();
    await expect(call(name, Buffer.from(body))).rejects.toEqual(refusal('SerializationException'));
  });

  it.each([
    ['no CBOR', Uint8Array.of(0xbf)],
    ['more than one value', Uint8Array.of(0xa0, 0xa0)],
    ['a list', encode([])],
    ['a text', encode('s')],
    ['nothing at all', encode(null)],
  ])('refuses %s, in CBOR', async (_, body) => {
    const { call } = await world('cbor');
    await expect(call(name, Buffer.from(body))).rejects.toEqual(refusal('SerializationException'));
  });
});

it('takes an empty body for an empty request', async () => {
  const { call } = await world();
  expect(await call('ListStreams', Buffer.alloc(0))).toMatchObject({ StreamNames: ['s'] });
  await expect(call('ListShards', Buffer.alloc(0))).rejects.toEqual(refusal('InvalidArgumentException'));
});

it('gives every account 20000 shards and 50 streams on demand', async () => {
  const { call } = await world();
  expect(await call('DescribeLimits', {})).toEqual({
    ShardLimit: 20_000,
    OpenShardCount: 2,
    OnDemandStreamCount: 0,
    OnDemandStreamCountLimit: 50,
  });
});

it('changes a stream that is at rest again after a while', async () => {
  const { state, call } = await world();
  await call('SplitShard', calls['SplitShard']?.[0] ?? {});
  await expect(call('MergeShards', calls['MergeShards']?.[0] ?? {})).rejects.toEqual(refusal('ResourceInUseException'));
  state.streams.get('s', null).busyUntilMs -= CHANGE_MS;
  await expect(
    call('MergeShards', { StreamName: 's', ShardToMerge: idOf(2), AdjacentShardToMerge: idOf(3) }),
  ).resolves.toBeNull();
});
