import { CreateStreamCommand, ListShardsCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { expect, it } from 'vitest';
import { errorOf, kinesisWorld } from './kinesis-world.ts';

const events = (count: number, value = 'v') => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value }));
const THROTTLED = 'ProvisionedThroughputExceededException';

it('takes a thousand records a second, however they come', async () => {
  const { put, pass } = await kinesisWorld();
  await put(events(500));
  await put(events(499));
  const { FailedRecordCount, Records } = await put(events(3));
  expect(FailedRecordCount).toBe(2);
  expect(Records?.map(({ ErrorCode }) => ErrorCode)).toEqual([undefined, THROTTLED, THROTTLED]);
  expect(Records?.[1]?.ErrorMessage).toBe(
    'Rate exceeded for shard shardId-000000000000 in stream s under account 000000000000.',
  );
  await pass(100_000);
  expect((await put(events(150))).FailedRecordCount).toBe(50);
});

it('takes 1 MiB a second, keys among it', async () => {
  const { put, pass } = await kinesisWorld();
  const half = { key: 'k', value: 'x'.repeat(512 * 1024 - 1) };
  expect((await put([half, half, { key: 'k', value: '' }])).FailedRecordCount).toBe(1);
  await pass(500_000);
  expect((await put([half, half])).FailedRecordCount).toBe(1);
});

it('limits each shard by itself', async () => {
  const { put } = await kinesisWorld({ shards: 2 });
  const { Records = [] } = await put([...'abcdefgh'].map((key) => ({ key, value: 'v' })));
  const hot = events(500).map(() => ({ key: 'a', value: 'v' }));
  const cold = [...'abcdefgh'][Records.findIndex(({ ShardId }) => ShardId !== Records[0]?.ShardId)] as string;
  for (let i = 0; i < 3; i++) await put(hot);
  const answer = await put(['a', cold].map((key) => ({ key, value: 'v' })));
  expect(answer.Records?.map(({ ErrorCode }) => ErrorCode)).toEqual([THROTTLED, undefined]);
});

it('answers five reads a second, and none for as long as a large answer takes of its 2 MiB', async () => {
  const { put, iterator, read, pass } = await kinesisWorld();
  const from = await iterator();
  for (let i = 0; i < 5; i++) await read(from);
  expect(await errorOf(read(from))).toBe(THROTTLED);
  for (let i = 0; i < 8; i++) {
    expect((await put([{ key: 'k', value: 'x'.repeat(1_000_000) }])).FailedRecordCount).toBe(0);
    await pass(1_000_000);
  }
  expect((await read(from)).Records).toHaveLength(8);
  await pass(1_000_000);
  expect(await errorOf(read(from))).toBe(THROTTLED);
  await pass(2_500_000);
  expect(await errorOf(read(from))).toBe('none');
});

it('has no limits where none are wanted', async () => {
  const { put, iterator, read } = await kinesisWorld({ limits: false });
  for (let i = 0; i < 5; i++) expect((await put(events(500))).FailedRecordCount).toBe(0);
  const from = await iterator();
  for (let i = 0; i < 8; i++) expect((await read(from)).Records).toHaveLength(2500);
});

it('on demand, splits a shard that had no room', async () => {
  const { client, pass } = await kinesisWorld();
  await client.send(new CreateStreamCommand({ StreamName: 'd', StreamModeDetails: { StreamMode: 'ON_DEMAND' } }));
  const put = () =>
    client.send(
      new PutRecordsCommand({
        StreamName: 'd',
        Records: events(500).map(() => ({ PartitionKey: 'hot', Data: Buffer.from('v') })),
      }),
    );
  const open = async () =>
    (await client.send(new ListShardsCommand({ StreamName: 'd', ShardFilter: { Type: 'AT_LATEST' } }))).Shards?.length;
  await pass(10_000_000);
  expect((await put()).FailedRecordCount).toBe(0);
  expect((await put()).FailedRecordCount).toBe(0);
  expect(await open()).toBe(4);
  expect((await put()).FailedRecordCount).toBe(500);
  expect(await open()).toBe(5);
  expect((await put()).FailedRecordCount).toBe(0);
  for (let i = 0; i < 3; i++) await put();
  expect(await open()).toBe(5);
});
