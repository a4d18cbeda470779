import { createHash } from 'node:crypto';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  type PutRecordsCommandOutput,
  type Shard,
  SplitShardCommand,
  StartStreamEncryptionCommand,
  UpdateShardCountCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../src/core/clock.ts';
import { ContractStream } from './kinesis-stream.ts';

/** What an implementation of the Kinesis API may be able to do. */
export type KinesisAbility = keyof typeof abilities;

/** One implementation. */
export interface KinesisApi {
  /** What it cannot do, and what it does instead. The suite holds it to that as well, so that the table stays true. */
  cannot: Partial<Record<KinesisAbility, string>>;
  start(): Promise<{ endpoint: string; stop(): Promise<void> }>;
}

const clock = systemClock();
const KEY_SPACE = 2n ** 128n;
const CRAWL_MS = 30;

/** What Kinesis does, seen from outside through the SDK; the same for every implementation that claims to be one. */
export function kinesisApiContract(name: string, { cannot, start }: KinesisApi): void {
  describe(`the Kinesis API of ${name}`, () => {
    let running: Awaited<ReturnType<KinesisApi['start']>>;
    let client: KinesisClient;
    beforeAll(async () => {
      running = await start();
      client = new KinesisClient({
        endpoint: running.endpoint,
        region: 'us-east-1',
        maxAttempts: 1,
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
        requestHandler: new NodeHttpHandler({ requestTimeout: 20_000 }),
      });
    });
    afterAll(async () => {
      client.destroy();
      await running.stop();
    });

    for (const [ability, check] of Object.entries(abilities) as [
      KinesisAbility,
      (api: ContractStream) => Promise<void>,
    ][]) {
      const instead = cannot[ability];
      it(instead === undefined ? ability : `not: ${ability} (${instead})`, async () => {
        const outcome = check(new ContractStream(client));
        if (instead === undefined) await outcome;
        else await expect(outcome).rejects.toThrow();
      });
    }
  });
}

function hashOf(key: string): bigint {
  return BigInt(`0x${createHash('md5').update(key).digest('hex')}`);
}

function ownerOf(hash: bigint, shards: readonly Shard[]): string {
  const owner = shards.find(
    ({ HashKeyRange: range }) =>
      BigInt(range?.StartingHashKey ?? -1) <= hash && hash <= BigInt(range?.EndingHashKey ?? -1),
  );
  return owner?.ShardId as string;
}

const isOpen = ({ SequenceNumberRange }: Shard): boolean => SequenceNumberRange?.EndingSequenceNumber === undefined;

async function errorOf(outcome: Promise<unknown>): Promise<string> {
  return outcome.then(
    () => 'none',
    (error: Error) => error.name,
  );
}

const keys = (count: number): { key: string }[] => Array.from({ length: count }, (_, i) => ({ key: `device-${i}` }));

const abilities = {
  async 'makes a stream whose shards share the whole key space'(api) {
    const shards = await api.create(3);
    expect(shards).toHaveLength(3);
    const ranges = shards.map(({ HashKeyRange: range }) => [
      BigInt(range?.StartingHashKey as string),
      BigInt(range?.EndingHashKey as string),
    ]) as [bigint, bigint][];
    ranges.sort(([a], [b]) => (a < b ? -1 : 1));
    expect(ranges[0]?.[0]).toBe(0n);
    expect(ranges.at(-1)?.[1]).toBe(KEY_SPACE - 1n);
    for (let i = 1; i < ranges.length; i++) expect(ranges[i]?.[0]).toBe((ranges[i - 1]?.[1] as bigint) + 1n);
    const summary = await api.active();
    expect(summary).toMatchObject({ OpenShardCount: 3, RetentionPeriodHours: 24, StreamName: api.stream });
    expect(summary.StreamARN).toContain(`:stream/${api.stream}`);
  },
  async 'lists shards page by page'(api) {
    await api.create(3);
    const first = await api.client.send(new ListShardsCommand({ StreamName: api.stream, MaxResults: 2 }));
    expect(first.Shards).toHaveLength(2);
    expect(first.NextToken).toBeTruthy();
    const second = await api.client.send(new ListShardsCommand({ NextToken: first.NextToken }));
    expect(second.Shards).toHaveLength(1);
    expect(second.NextToken ?? null).toBeNull();
  },
  async 'takes a stream by its ARN'(api) {
    await api.create(1);
    const { StreamARN } = await api.active();
    const { Shards } = await api.client.send(new ListShardsCommand({ StreamARN }));
    expect(Shards).toHaveLength(1);
  },
  async 'gives back a record as it came'(api) {
    const [shard] = await api.create(1);
    const Data = Uint8Array.from({ length: 256 }, (_, i) => i);
    const put = await api.client.send(
      new PutRecordCommand({ StreamName: api.stream, Data, PartitionKey: 'Ärger "1"' }),
    );
    expect(put.ShardId).toBe(shard?.ShardId);
    const { Records } = await api.read(await api.iterator(shard?.ShardId as string, {}));
    expect(Records).toHaveLength(1);
    const [record] = Records ?? [];
    expect(Buffer.from(record?.Data as Uint8Array)).toEqual(Buffer.from(Data));
    expect(record).toMatchObject({ PartitionKey: 'Ärger "1"', SequenceNumber: put.SequenceNumber });
    expect(Math.abs((record?.ApproximateArrivalTimestamp?.getTime() ?? 0) - clock.wallUs() / 1000)).toBeLessThan(
      60_000,
    );
  },
  async 'routes by the MD5 of the key and answers in the order of the request'(api) {
    const shards = await api.create(3);
    const records = keys(40);
    const { Records, FailedRecordCount } = await api.put(...records);
    expect(FailedRecordCount ?? 0).toBe(0);
    expect(Records?.map(({ ShardId }) => ShardId)).toEqual(records.map(({ key }) => ownerOf(hashOf(key), shards)));
    expect(new Set(Records?.map(({ ShardId }) => ShardId)).size).toBe(3);
  },
  async 'routes by an explicit hash key'(api) {
    const shards = await api.create(3);
    const hashes = [0n, KEY_SPACE / 2n, KEY_SPACE - 1n];
    const { Records } = await api.put(...hashes.map((hash) => ({ key: 'same', hash })));
    expect(Records?.map(({ ShardId }) => ShardId)).toEqual(hashes.map((hash) => ownerOf(hash, shards)));
    expect(new Set(Records?.map(({ ShardId }) => ShardId)).size).toBe(3);
  },
  async 'numbers the records of a shard upwards'(api) {
    const [shard] = await api.create(1);
    const { Records } = await api.put(...keys(50));
    const { texts, numbers } = await api.readAll(shard?.ShardId as string, {}, 50);
    expect(texts).toEqual(keys(50).map(({ key }) => key));
    expect(numbers).toEqual(Records?.map(({ SequenceNumber }) => SequenceNumber));
    for (let i = 1; i < numbers.length; i++)
      expect(BigInt(numbers[i] as string)).toBeGreaterThan(BigInt(numbers[i - 1] as string));
  },
  async 'reads from the end, at and after a number'(api) {
    const [{ ShardId: shard = '' } = {}] = await api.create(1);
    const { Records } = await api.put(...keys(5));
    const latest = await api.iterator(shard, { ShardIteratorType: 'LATEST' });
    await api.put({ key: 'later' });
    const { Records: late } = await api.read(latest);
    expect(late?.map(({ PartitionKey }) => PartitionKey)).toEqual(['later']);
    const StartingSequenceNumber = Records?.[2]?.SequenceNumber;
    const at = await api.readAll(shard, { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber }, 4);
    expect(at.texts).toEqual(['device-2', 'device-3', 'device-4', 'later']);
    const after = await api.readAll(shard, { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber }, 3);
    expect(after.texts).toEqual(['device-3', 'device-4', 'later']);
  },
  async 'reads from an instant'(api) {
    const [{ ShardId: shard = '' } = {}] = await api.create(1);
    await api.put({ key: 'old' });
    await sleep(clock, 1500);
    const Timestamp = new Date(clock.wallUs() / 1000);
    await sleep(clock, 50);
    await api.put({ key: 'new' });
    expect((await api.readAll(shard, { ShardIteratorType: 'AT_TIMESTAMP', Timestamp }, 1)).texts).toEqual(['new']);
  },
  async 'says how far a reader is behind'(api) {
    const [{ ShardId: shard = '' } = {}] = await api.create(1);
    await api.put(...keys(5));
    await sleep(clock, 100);
    await api.put(...keys(5));
    const behind = await api.read(await api.iterator(shard, {}), 2);
    expect(behind.Records).toHaveLength(2);
    expect(behind.MillisBehindLatest).toBeGreaterThan(0);
    const tip = await api.readAll(shard, {}, 10);
    expect(tip.texts).toHaveLength(10);
  },
  async 'refuses 501 records'(api) {
    await api.create(1);
    expect(await errorOf(api.put(...keys(501)))).toMatch(/ValidationException|InvalidArgumentException/);
  },
  async 'refuses a key of more than 256 characters'(api) {
    await api.create(1);
    const { FailedRecordCount } = await api.put({ key: 'k'.repeat(256), data: 'x' });
    expect(FailedRecordCount ?? 0).toBe(0);
    expect(await errorOf(api.put({ key: 'k'.repeat(257) }))).toMatch(/ValidationException|InvalidArgumentException/);
  },
  async 'refuses a record of more than 1 MiB'(api) {
    await api.create(1);
    const outcome = await errorOf(api.put({ key: 'k', data: 'x'.repeat(1024 * 1024 + 1) }));
    expect(outcome).toMatch(/ValidationException|InvalidArgumentException/);
  },
  async 'has no stream that nobody made'(api) {
    expect(await errorOf(api.put({ key: 'k' }))).toBe('ResourceNotFoundException');
    expect(await errorOf(api.shards())).toBe('ResourceNotFoundException');
  },
  async 'makes no stream twice'(api) {
    await api.create(1);
    const again = api.client.send(new CreateStreamCommand({ StreamName: api.stream, ShardCount: 1 }));
    expect(await errorOf(again)).toBe('ResourceInUseException');
  },
  async 'removes a stream'(api) {
    await api.create(1);
    await api.client.send(new DeleteStreamCommand({ StreamName: api.stream }));
    const deadlineUs = clock.nowUs() + 10_000_000;
    while ((await errorOf(api.active())) === 'none' && clock.nowUs() < deadlineUs) await sleep(clock, CRAWL_MS);
    expect(await errorOf(api.shards())).toBe('ResourceNotFoundException');
  },
  async 'splits a shard, which then ends'(api) {
    const [{ ShardId: parent = '' } = {}] = await api.create(1);
    await api.put(...keys(4));
    await api.client.send(
      new SplitShardCommand({
        StreamName: api.stream,
        ShardToSplit: parent,
        NewStartingHashKey: `${KEY_SPACE / 2n}`,
      }),
    );
    await api.active();
    const shards = await api.shards();
    const children = shards.filter(({ ParentShardId }) => ParentShardId === parent);
    expect(shards).toHaveLength(3);
    expect(children.every(isOpen)).toBe(true);
    expect(shards.filter(isOpen)).toHaveLength(2);
    const { Records } = await api.put(...keys(20));
    expect(Records?.map(({ ShardId }) => ShardId)).toEqual(keys(20).map(({ key }) => ownerOf(hashOf(key), children)));
    const { texts, next } = await api.readAll(parent, {}, 4);
    expect(texts).toHaveLength(4);
    expect(next).toBeNull();
  },
  async 'names the children at the end of a shard'(api) {
    const [{ ShardId: parent = '' } = {}] = await api.create(1);
    await api.client.send(
      new SplitShardCommand({
        StreamName: api.stream,
        ShardToSplit: parent,
        NewStartingHashKey: `${KEY_SPACE / 2n}`,
      }),
    );
    await api.active();
    const { last } = await api.readAll(parent);
    const children = (await api.shards()).filter(({ ParentShardId }) => ParentShardId === parent);
    expect(last?.ChildShards?.map(({ ShardId }) => ShardId).sort()).toEqual(children.map(({ ShardId }) => ShardId));
    expect(last?.ChildShards?.map(({ ParentShards }) => ParentShards)).toEqual([[parent], [parent]]);
  },
  async 'merges two shards'(api) {
    const [one, two] = await api.create(2);
    await api.client.send(
      new MergeShardsCommand({
        StreamName: api.stream,
        ShardToMerge: one?.ShardId,
        AdjacentShardToMerge: two?.ShardId,
      }),
    );
    await api.active();
    const open = (await api.shards()).filter(isOpen);
    expect(open).toHaveLength(1);
    expect([open[0]?.ParentShardId, open[0]?.AdjacentParentShardId].sort()).toEqual([one?.ShardId, two?.ShardId]);
  },
  async 'doubles its shards on request'(api) {
    await api.create(2);
    await api.client.send(
      new UpdateShardCountCommand({ StreamName: api.stream, TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' }),
    );
    const summary = await api.active();
    expect(summary.OpenShardCount).toBe(4);
    expect((await api.shards()).filter(isOpen)).toHaveLength(4);
  },
  async 'makes a stream on demand, of four shards'(api) {
    expect((await api.create('on-demand')).filter(isOpen)).toHaveLength(4);
    expect((await api.active()).StreamModeDetails?.StreamMode).toBe('ON_DEMAND');
  },
  async 'encrypts, and says so'(api) {
    await api.create(1);
    const KeyId = 'alias/aws/kinesis';
    await api.client.send(new StartStreamEncryptionCommand({ StreamName: api.stream, EncryptionType: 'KMS', KeyId }));
    expect(await api.active()).toMatchObject({ EncryptionType: 'KMS', KeyId });
    expect((await api.put({ key: 'k' })).EncryptionType).toBe('KMS');
  },
  async 'takes 1000 records a second into a shard, and refuses the rest one by one'(api) {
    await api.create(1);
    const answers: PutRecordsCommandOutput[] = [];
    for (let i = 0; i < 5; i++) answers.push(await api.put(...keys(500)));
    const entries = answers.flatMap(({ Records = [] }) => Records);
    const refused = entries.filter(({ ErrorCode }) => ErrorCode === 'ProvisionedThroughputExceededException');
    const stored = entries.filter(({ SequenceNumber }) => SequenceNumber !== undefined && SequenceNumber !== null);
    expect(refused.length).toBeGreaterThan(0);
    expect(stored.length).toBeGreaterThanOrEqual(1000);
    expect(stored.length + refused.length).toBe(2500);
    const failed = answers.reduce((sum, { FailedRecordCount }) => sum + (FailedRecordCount ?? 0), 0);
    expect(failed).toBe(refused.length);
  },
  async 'answers five reads a second of a shard, and refuses more'(api) {
    const [{ ShardId: shard = '' } = {}] = await api.create(1);
    const iterator = await api.iterator(shard, {});
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => errorOf(api.read(iterator))));
    expect(outcomes.filter((name) => name === 'none').length).toBeGreaterThanOrEqual(5);
    expect(outcomes).toContain('ProvisionedThroughputExceededException');
  },
} satisfies Record<string, (api: ContractStream) => Promise<void>>;
