import { beforeEach, expect, it } from 'vitest';
import type { PartitionReading } from '../../../src/targets/kafka/partition-reading.ts';
import { ReadingLinks } from '../../../src/targets/kafka/reading-links.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { FakeCluster, type FakeLog } from './fake-cluster.ts';
import { partitionReading } from './partition-readings.ts';
import { Arrived, eventBatch } from './reading-world.ts';

const settings = {
  clientId: 'reader',
  topic: 'readings',
  committed: false,
  maxWaitMs: 500,
  minBytes: 1,
  maxBytes: 1e6,
  partitionBytes: 1e6,
};
const [one, two] = [
  { id: 1, host: 'k1', port: 9092 },
  { id: 2, host: 'k2', port: 9092 },
];

let clock: VirtualClock;
let cluster: FakeCluster;
let arrived: Arrived;
let told: string[];

beforeEach(() => {
  clock = new VirtualClock();
  cluster = new FakeCluster(clock, 6);
  arrived = new Arrived();
  told = [];
});

const numbers = (readings: readonly PartitionReading[]) =>
  readings.map(({ partition }) => partition).sort((a, b) => a - b);
const pass = (ms: number) => clock.advance(clock.nowUs() + ms * 1000);
const reading = (partition: number) => partitionReading(partition, arrived);

function links(perBroker: number): ReadingLinks {
  return new ReadingLinks(cluster, clock, settings, perBroker, {
    read: () => {},
    needs: ({ partition }, need) => told.push(`${partition} needs ${need}`),
    throttled: () => {},
    ended: (link, readings, reason) => told.push(`${link.broker.id} ended with ${numbers(readings)}: ${reason}`),
  });
}

it('has so many connections to each leader and no more, with partitions spread evenly', async () => {
  const all = links(2);
  (cluster.logs[5] as FakeLog).leader = 2;
  for (const partition of [0, 1, 2, 3, 4]) await all.assign(reading(partition), one);
  await all.assign(reading(5), two);
  expect([all.count, cluster.connections.size]).toEqual([3, 3]);
  for (const log of cluster.logs.slice(0, 5)) log.append(await eventBatch(0, 1));
  (cluster.logs[5] as FakeLog).append(await eventBatch(0, 1));
  await pass(5);
  expect([...arrived.at].sort()).toEqual(['0/0', '1/0', '2/0', '3/0', '4/0', '5/0']);
  cluster.cut(1);
  // Of five, two and three.
  expect(told.map((text) => text.match(/\d(?:,\d)*:/)?.[0].split(',').length).sort()).toEqual([2, 3]);
  expect([told.length, all.count]).toEqual([2, 1]);
});

it('tells of what was to go over a connection that cannot be had, and rejects', async () => {
  cluster.down.add(1);
  const all = links(1);
  const first = all.assign(reading(0), one);
  // Goes over the one that is being made.
  const second = all.assign(reading(1), one);
  await expect(first).rejects.toThrow('broker 1 is down');
  await second;
  expect([told, all.count]).toEqual([['1 ended with 0,1: cannot be reached'], 0]);
  cluster.down.clear();
  await all.assign(reading(0), one);
  expect(all.count).toBe(1);
});

it('leaves brokers that are not where they were, with what was asked for there', async () => {
  const all = links(1);
  await all.assign(reading(0), one);
  await all.assign(reading(1), one);
  await all.assign(reading(2), two);
  expect(numbers(all.leave([one, two]))).toEqual([]);
  expect(numbers(all.leave([{ ...one, port: 9093 }, two]))).toEqual([0, 1]);
  expect([all.count, cluster.connections.size, told]).toEqual([1, 1, []]);
  expect(numbers(all.leave([{ ...two, host: 'other' }]))).toEqual([2]);
});

it('closes what nothing goes over any more, and takes it again where something does', async () => {
  const all = links(2);
  await all.assign(reading(0), one);
  (cluster.logs[0] as FakeLog).errors.push(6);
  await pass(5);
  expect([told, all.count]).toEqual([['0 needs leader'], 1]);
  // An idle one is taken before another is made.
  await all.assign(reading(1), one);
  expect(all.count).toBe(1);
  all.closeIdle();
  expect(all.count).toBe(1);
  (cluster.logs[1] as FakeLog).errors.push(6);
  cluster.appended();
  await pass(1_000);
  all.closeIdle();
  expect([all.count, cluster.connections.size]).toEqual([0, 0]);
});

it('closes all, and tells nobody', async () => {
  const all = links(1);
  await all.assign(reading(0), one);
  await all.assign(reading(1), two);
  all.close();
  await pass(60_000);
  expect([all.count, cluster.connections.size, told]).toEqual([0, 0, []]);
});
