import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KinesisServer, startKinesisServer } from '../../../src/brokers/kinesis/server.ts';
import { sleep, systemClock } from '../../../src/core/clock.ts';
import type { ShardInfo } from '../../../src/targets/kinesis/calls.ts';
import { ShardReader } from '../../../src/targets/kinesis/shard-reader.ts';
import { SourceRecord, sourceContext } from '../../contracts/source.ts';
import { PlainCalls } from './plain-calls.ts';

const clock = systemClock();
const STREAM = 'meters';
const DEVICES = 40;

let server: KinesisServer;
let calls: PlainCalls;
let arrived: SourceRecord;

beforeEach(async () => {
  server = await startKinesisServer({ port: 0, clock, transitionMs: 1 });
  calls = new PlainCalls(server.port, STREAM);
  arrived = new SourceRecord();
});
afterEach(() => server.close());

async function create(shards: number): Promise<void> {
  await calls.create(shards);
  await active();
}

async function active(): Promise<void> {
  while ((await calls.describe())?.status !== 'ACTIVE') await sleep(clock, 2);
}

async function reader(resumeFrom: unknown = null): Promise<ShardReader> {
  const own = new PlainCalls(server.port, STREAM);
  const options = { stream: STREAM, pollUs: 200_000, limit: 10_000 };
  const source = new ShardReader(own, options, { ...sourceContext(arrived, []), resumeFrom });
  await source.open();
  return source;
}

/** Events of each device, from the number `from` on. */
function events(from: number, to: number): string[] {
  return Array.from(
    { length: (to - from) * DEVICES },
    (_, i) => `device-${i % DEVICES}/${from + Math.floor(i / DEVICES)}`,
  );
}

async function split(id: string): Promise<void> {
  const shard = (await calls.shards()).find((one) => one.id === id) as ShardInfo;
  const middle = (shard.firstHash + shard.lastHash) / 2n;
  await calls.ask('SplitShard', { ShardToSplit: id, NewStartingHashKey: `${middle}` });
  await active();
}

function expectAll(to: number): void {
  const byDevice = new Map<string, string[]>();
  for (const { address, payload } of arrived.arrivals) {
    const device = byDevice.get(address) ?? [];
    device.push(payload);
    byDevice.set(address, device);
  }
  expect(byDevice.size).toBe(DEVICES);
  for (const [device, payloads] of byDevice)
    expect(payloads).toEqual(Array.from({ length: to }, (_, i) => `${device}/${i}`));
}

describe('a reader and the embedded Kinesis', () => {
  it('keeps each device in its order while shards are split and merged', async () => {
    await create(2);
    const source = await reader();
    await calls.put(events(0, 5));
    await split('shardId-000000000000');
    await calls.put(events(5, 10));
    await calls.ask('MergeShards', {
      ShardToMerge: 'shardId-000000000003',
      AdjacentShardToMerge: 'shardId-000000000001',
    });
    await active();
    await calls.put(events(10, 15));
    expect(await source.readToEnd(20_000)).toEqual({ complete: true });
    expectAll(15);
    expect(source.health()).toMatchObject({ gaps: 0 });
    expect(Object.values(source.positions()?.shards ?? {}).filter((mark) => mark === true)).toHaveLength(3);
    await source.close();
  });

  it('goes on where another reader was, also across a split', async () => {
    await create(1);
    const first = await reader();
    await calls.put(events(0, 3));
    await arrived.reached(3 * DEVICES);
    const positions = JSON.parse(JSON.stringify(first.positions()));
    await first.close();
    await calls.put(events(3, 6));
    await split('shardId-000000000000');
    await calls.put(events(6, 9));
    const second = await reader(positions);
    expect(await second.readToEnd(20_000)).toEqual({ complete: true });
    expectAll(9);
    await second.close();
  });

  it('is not throttled by its own reads, nor at a loss when others take their share', async () => {
    await create(1);
    const source = await reader();
    const iterator = await calls.iterator('shardId-000000000000', { at: 'start' });
    for (let i = 0; i < 12; i++) await calls.getRecords(iterator, 1).catch(() => {});
    await calls.put(events(0, 10));
    expect(await source.readToEnd(20_000)).toEqual({ complete: true });
    expectAll(10);
    expect(arrived.notices.every((notice) => notice === 'throttled: shardId-000000000000 (reader)')).toBe(true);
    await source.close();
  });

  it('finds out that the stream was deleted and made again', async () => {
    await create(1);
    const source = await reader();
    await calls.put(events(0, 1));
    await arrived.reached(DEVICES);
    await calls.ask('DeleteStream');
    while ((await calls.describe()) !== null) await sleep(clock, 2);
    await create(1);
    await calls.put(events(1, 2));
    expect(await source.readToEnd(20_000)).toEqual({ complete: false });
    expect(source.health().gapNames).toContain('stream meters was deleted and made again');
    expectAll(2);
    await source.close();
  });
});
