import {
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  DescribeLimitsCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  IncreaseStreamRetentionPeriodCommand,
  ListShardsCommand,
  ListStreamsCommand,
  StartStreamEncryptionCommand,
  StopStreamEncryptionCommand,
  UpdateShardCountCommand,
  UpdateStreamModeCommand,
} from '@aws-sdk/client-kinesis';
import { expect, it } from 'vitest';
import { errorOf, kinesisWorld } from './kinesis-world.ts';

const HOUR_US = 3_600_000_000;
const event = (i: number) => ({ key: 'k', value: `event ${i}` });

it('lets an iterator expire after five minutes', async () => {
  const { iterator, read, pass } = await kinesisWorld();
  const from = await iterator();
  await pass(300_000_000);
  const { NextShardIterator } = await read(from);
  await pass(1_000);
  expect(await errorOf(read(from))).toBe('ExpiredIteratorException');
  expect(await errorOf(read(NextShardIterator as string))).toBe('none');
});

it('refuses what is no iterator of this stream', async () => {
  const { iterator, read, client } = await kinesisWorld();
  expect(await errorOf(read('nonsense'))).toBe('InvalidArgumentException');
  const from = await iterator();
  await client.send(new DeleteStreamCommand({ StreamName: 's' }));
  expect(await errorOf(read(from))).toBe('ResourceNotFoundException');
});

it.each([
  [{ ShardIteratorType: 'AT_SEQUENCE_NUMBER' }, 'InvalidArgumentException'],
  [{ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: '1' }, 'InvalidArgumentException'],
  [{ ShardIteratorType: 'AT_TIMESTAMP' }, 'InvalidArgumentException'],
  [{ ShardIteratorType: 'SOMEWHERE' as 'LATEST' }, 'ValidationException'],
  [{ ShardIteratorType: 'LATEST', ShardId: 'shardId-000000000009' }, 'ResourceNotFoundException'],
] satisfies [
  Partial<GetShardIteratorCommandInput> & Pick<GetShardIteratorCommandInput, 'ShardIteratorType'>,
  string,
][])('gives no iterator for %j', async (from, name) => {
  const { client } = await kinesisWorld();
  const ShardId = 'shardId-000000000000';
  const asked = client.send(new GetShardIteratorCommand({ StreamName: 's', ShardId, ...from }));
  expect(await errorOf(asked)).toBe(name);
});

it('forgets what has outlived its retention, and begins behind it', async () => {
  const { put, read, iterator, pass, client, values } = await kinesisWorld();
  await client.send(new IncreaseStreamRetentionPeriodCommand({ StreamName: 's', RetentionPeriodHours: 48 }));
  await put([event(0)]);
  const from = await iterator();
  await pass(30 * HOUR_US);
  expect(await values()).toEqual(['event 0']);
  await client.send(new DecreaseStreamRetentionPeriodCommand({ StreamName: 's', RetentionPeriodHours: 24 }));
  expect(await values()).toEqual([]);
  await put([event(1)]);
  expect(await values()).toEqual(['event 1']);
  expect(await errorOf(read(from))).toBe('ExpiredIteratorException');
});

it('describes streams, shards and limits page by page', async () => {
  const { client } = await kinesisWorld({ shards: 5 });
  const { StreamDescription } = await client.send(
    new DescribeStreamCommand({ StreamName: 's', Limit: 2, ExclusiveStartShardId: 'shardId-000000000001' }),
  );
  expect(StreamDescription?.Shards?.map(({ ShardId }) => ShardId?.at(-1))).toEqual(['2', '3']);
  expect(StreamDescription?.HasMoreShards).toBe(true);
  const listed = await client.send(new ListStreamsCommand({}));
  expect(listed).toMatchObject({ StreamNames: ['s'], HasMoreStreams: false });
  expect(listed.StreamSummaries).toMatchObject([
    { StreamStatus: 'ACTIVE', StreamModeDetails: { StreamMode: 'PROVISIONED' } },
  ]);
  expect(await client.send(new DescribeLimitsCommand({}))).toMatchObject({ OpenShardCount: 5, OnDemandStreamCount: 0 });
  const both = client.send(new ListShardsCommand({ StreamName: 's', NextToken: 'x' }));
  expect(await errorOf(both)).toBe('InvalidArgumentException');
});

it('lists the shards of an instant', async () => {
  const { client, pass, clock } = await kinesisWorld({ shards: 2 });
  const before = new Date(clock.wallUs() / 1000);
  await pass(1_000_000);
  await client.send(
    new UpdateShardCountCommand({ StreamName: 's', TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' }),
  );
  const count = async (ShardFilter?: { Type: 'AT_LATEST' | 'AT_TIMESTAMP' | 'FROM_TIMESTAMP'; Timestamp?: Date }) =>
    (await client.send(new ListShardsCommand({ StreamName: 's', ...(ShardFilter && { ShardFilter }) }))).Shards?.length;
  expect(await count()).toBe(6);
  expect(await count({ Type: 'AT_LATEST' })).toBe(4);
  expect(await count({ Type: 'AT_TIMESTAMP', Timestamp: before })).toBe(2);
  expect(await count({ Type: 'FROM_TIMESTAMP', Timestamp: before })).toBe(6);
});

it('scales no further than to the double or the half at once', async () => {
  const { client } = await kinesisWorld({ shards: 4 });
  const scale = (TargetShardCount: number) =>
    errorOf(
      client.send(new UpdateShardCountCommand({ StreamName: 's', TargetShardCount, ScalingType: 'UNIFORM_SCALING' })),
    );
  expect(await scale(9)).toBe('LimitExceededException');
  expect(await scale(1)).toBe('LimitExceededException');
  expect(await scale(3)).toBe('none');
});

it('is busy while something changes', async () => {
  const { client, pass, put } = await kinesisWorld({ transitionMs: 20 });
  const status = async () =>
    (await client.send(new DescribeStreamSummaryCommand({ StreamName: 's' }))).StreamDescriptionSummary?.StreamStatus;
  expect(await status()).toBe('CREATING');
  expect(await errorOf(put([event(0)]))).toBe('ResourceNotFoundException');
  await pass(20_000);
  expect(await status()).toBe('ACTIVE');
  const encryption = { StreamName: 's', EncryptionType: 'KMS', KeyId: 'k' } as const;
  await client.send(new StartStreamEncryptionCommand(encryption));
  expect(await status()).toBe('UPDATING');
  expect(await errorOf(client.send(new StopStreamEncryptionCommand(encryption)))).toBe('ResourceInUseException');
  expect(await errorOf(put([event(0)]))).toBe('none');
  await pass(20_000);
  const arn = (await client.send(new DescribeStreamSummaryCommand({ StreamName: 's' }))).StreamDescriptionSummary;
  await client.send(
    new UpdateStreamModeCommand({ StreamARN: arn?.StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } }),
  );
  await pass(20_000);
  await client.send(new DeleteStreamCommand({ StreamName: 's' }));
  expect(await status()).toBe('DELETING');
  await pass(20_000);
  expect(await errorOf(status())).toBe('ResourceNotFoundException');
});

it('keeps more than memory has room for, and gives it back', async () => {
  const bounds = { cacheBytes: 200_000, slackBytes: 100_000 };
  const { put, iterator, read, server } = await kinesisWorld({ limits: false, bounds });
  const value = 'x'.repeat(900);
  for (let from = 0; from < 2000; from += 100) {
    await put(Array.from({ length: 100 }, (_, i) => ({ key: 'k', value: `${from + i} ${value}` })));
    expect(server.residentBytes).toBeLessThan(1_600_000);
  }
  const texts: string[] = [];
  for (let from: string | undefined = await iterator(); ; ) {
    const { Records = [], NextShardIterator, MillisBehindLatest } = await read(from as string, 333);
    texts.push(...Records.map(({ Data }) => Buffer.from(Data as Uint8Array).toString()));
    if (MillisBehindLatest === 0) break;
    from = NextShardIterator;
  }
  expect(texts).toEqual(Array.from({ length: 2000 }, (_, i) => `${i} ${value}`));
});
