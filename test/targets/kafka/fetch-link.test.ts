import { beforeEach, expect, it } from 'vitest';
import { FetchLink } from '../../../src/targets/kafka/fetch-link.ts';
import type { PartitionReading } from '../../../src/targets/kafka/partition-reading.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { FakeCluster, type FakeLog } from './fake-cluster.ts';
import { partitionReading } from './partition-readings.ts';
import { Arrived, eventBatch, events } from './reading-world.ts';

const settings = {
  clientId: 'reader',
  topic: 'readings',
  committed: false,
  maxWaitMs: 500,
  minBytes: 1,
  maxBytes: 1e6,
  partitionBytes: 1e6,
};
const broker = { id: 1, host: 'k1', port: 9092 };

let clock: VirtualClock;
let cluster: FakeCluster;
let arrived: Arrived;
let told: string[];

beforeEach(() => {
  clock = new VirtualClock(0);
  cluster = new FakeCluster(clock, 3);
  arrived = new Arrived();
  told = [];
});

const log = (partition: number) => cluster.logs[partition] as FakeLog;
const pass = (ms: number) => clock.advance(clock.nowUs() + ms * 1000);
const numbers = (readings: readonly PartitionReading[]) => readings.map(({ partition }) => partition).join(' ');

function link(): FetchLink {
  return new FetchLink(broker, cluster, clock, settings, {
    read: (behind) => void (behind && told.push('behind')),
    needs: ({ partition }, need) => told.push(`${partition} needs ${need}`),
    throttled: ({ id }) => told.push(`throttled by ${id}`),
    ended: (_, readings, reason) => told.push(`ended with ${numbers(readings)}: ${reason}`),
  });
}

async function opened(partitions: readonly number[]): Promise<FetchLink> {
  const opening = link();
  for (const partition of partitions) opening.assign(partitionReading(partition, arrived));
  await opening.open();
  return opening;
}

it('asks for nothing while nothing is assigned, and for all that is with one request at a time', async () => {
  const one = await opened([]);
  await pass(5_000);
  expect([cluster.fetches, one.partitions]).toEqual([0, 0]);
  for (const partition of [0, 1]) one.assign(partitionReading(partition, arrived));
  log(0).append(await eventBatch(0, 2));
  log(1).append(await eventBatch(5, 6));
  // The first answer is not waited for; then the broker waits until there is something.
  await pass(10);
  expect(cluster.fetches).toBeLessThan(5);
  expect([...arrived.values].sort()).toEqual(['e0', 'e1', 'e5']);
  const before = cluster.fetches;
  await pass(1_000);
  expect(cluster.fetches - before).toBe(2);
  log(0).append(await eventBatch(2, 3));
  cluster.appended();
  await pass(1);
  expect(arrived.values).toContain('e2');
});

it('gives away a partition that needs something, and asks on for the others', async () => {
  log(0).errors.push(1);
  log(1).errors.push(6);
  log(2).append(await eventBatch(0, 2));
  const one = await opened([0, 1, 2]);
  await pass(5);
  expect(told).toEqual(['0 needs bounds', '1 needs leader']);
  expect([one.partitions, arrived.values]).toEqual([1, events(0, 2)]);
});

it('says when the broker has more for us than it gave', async () => {
  for (let i = 0; i < 3; i++) log(0).append(await eventBatch(i, i + 1));
  cluster.answerBytes = 1;
  await opened([0]);
  await pass(5);
  expect([arrived.values, told]).toEqual([events(0, 3), ['behind', 'behind']]);
});

it('leaves a broker alone as long as it asks for', async () => {
  cluster.throttleMs = 3_000;
  await opened([0]);
  await pass(2_999);
  expect([cluster.fetches, told]).toEqual([1, ['throttled by 1']]);
  await pass(2);
  expect(cluster.fetches).toBe(2);
});

it('pauses where a broker gives nothing, and does not wait either', async () => {
  log(0).append(await eventBatch(0, 2));
  log(0).alter = (bytes) => bytes.subarray(0, 30);
  await opened([0]);
  await pass(1_000);
  expect(cluster.fetches).toBeGreaterThan(5);
  expect(cluster.fetches).toBeLessThan(13);
});

it('ends with what was assigned, once, when the connection does', async () => {
  const one = await opened([0, 2]);
  await pass(5);
  cluster.cut(1);
  cluster.cut(1);
  expect([told, one.partitions]).toEqual([['ended with 2 0: connection reset'], 0]);
  await pass(60_000);
  expect(told).toHaveLength(1);
});

it('ends in good order before its login does', async () => {
  cluster.replaceByUs = 8_000_000;
  await opened([0]);
  await pass(2_900);
  expect(told).toEqual([]);
  await pass(700);
  expect([told, cluster.connections.size]).toEqual([['ended with 0: null'], 0]);
});

it('tells nobody when it is closed, and returns what was assigned', async () => {
  const one = await opened([0, 1]);
  await pass(5);
  expect(numbers(one.close()).split(' ').sort()).toEqual(['0', '1']);
  cluster.appended();
  await pass(60_000);
  expect([told, cluster.connections.size]).toEqual([[], 0]);
  // Closed while it opens, it leaves no connection behind.
  const opening = link();
  const open = opening.open();
  opening.close();
  await open;
  expect(cluster.connections.size).toBe(0);
});

it('rejects as the cluster does', async () => {
  cluster.down.add(1);
  await expect(opened([0])).rejects.toThrow('broker 1 is down');
});

it.each([
  ['silence', null, 30_500, 'no answer within 30.5 s'],
  [
    'an answer to something else',
    [0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    0,
    'an answer to something else',
  ],
  ['what is no answer', [1, 2, 3], 0, 'an answer to something else'],
  [
    'an error of the whole answer',
    [0, 0, 0, 1, 0, 0, 0, 0, 0, 29, 0, 0, 0, 0, 0, 0, 0, 0],
    0,
    'topic authorization failed',
  ],
])('ends for %s', async (_, bytes, ms, reason) => {
  cluster.connect = async (to, { answered }) => ({
    broker: to,
    replaceByUs: null,
    unsentBytes: 0,
    write: () => {
      if (bytes !== null) clock.soon(() => answered(Uint8Array.from(bytes)));
    },
    destroy: () => told.push('destroyed'),
  });
  await opened([0]);
  await pass(ms - 1);
  if (ms > 0) expect(told).toEqual([]);
  await pass(1);
  expect(told).toEqual(['destroyed', `ended with 0: ${reason}`]);
});
