import { expect, it } from 'vitest';
import { LogBounds, leaderless, leaderOf, refusedError } from '../../../src/targets/kafka/log-bounds.ts';
import { Replica } from '../../../src/wire/kafka/list-offsets.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { FakeCluster, type FakeLog } from './fake-cluster.ts';
import { eventBatch } from './reading-world.ts';

const topic = 'readings';

/** Three partitions: 0 and 2 led by broker 1, 1 by broker 2. */
function setting() {
  const clock = new VirtualClock();
  const cluster = new FakeCluster(clock, 3);
  const log = (partition: number) => cluster.logs[partition] as FakeLog;
  log(1).leader = 2;
  const bounds = new LogBounds(cluster, clock, 'reader', topic);
  const done = async <T>(promise: Promise<T>): Promise<T> => {
    let over = false;
    const watched = promise.finally(() => {
      over = true;
    });
    watched.catch(() => {});
    await clock.advance(clock.nowUs() + 60_000_000, () => over);
    return watched;
  };
  return { cluster, log, bounds, done };
}

it('asks each leader where the logs of its partitions begin and end', async () => {
  const { cluster, log, bounds, done } = setting();
  log(0).start = 3;
  log(0).append(await eventBatch(3, 9));
  log(0).highWatermark = 7;
  log(1).append(await eventBatch(0, 4));
  const metadata = await cluster.metadata([topic]);
  const of = async (asked: Promise<Map<number, number>>) => [...(await done(asked))].sort();
  expect(await of(bounds.starts(metadata))).toEqual([
    [0, 3],
    [1, 0],
    [2, 0],
  ]);
  expect(await of(bounds.ends(metadata, Replica.consumer))).toEqual([
    [0, 7],
    [1, 4],
    [2, 0],
  ]);
  // What not all replicas have yet.
  expect(await of(bounds.ends(metadata, Replica.debugging))).toContainEqual([0, 9]);
  expect(cluster.connections.size).toBe(0);
});

it('says which partition has no leader, and which is led by somebody else by now', async () => {
  const { cluster, log, bounds, done } = setting();
  log(2).leader = -1;
  await expect(bounds.starts(await cluster.metadata([topic]))).rejects.toMatchObject({
    code: 'target-unreachable',
    message: 'partition 2 of readings has no leader',
  });
  log(2).leader = 1;
  const metadata = await cluster.metadata([topic]);
  log(2).leader = 2;
  await expect(done(bounds.ends(metadata, Replica.consumer))).rejects.toMatchObject({
    code: 'target-unreachable',
    message: 'partition 2 of readings cannot be read: not leader or follower',
  });
});

it('finds seams whose earlier leader’s records end before they did, several of one partition too', async () => {
  const { cluster, log, bounds, done } = setting();
  for (const [epoch, from, to] of [
    [1, 0, 3],
    [2, 3, 5],
    [4, 5, 6],
  ] as const) {
    log(1).epoch = epoch;
    log(1).append(await eventBatch(from, to));
  }
  const seams = [
    { partition: 1, epoch: 1, at: 4 },
    { partition: 1, epoch: 2, at: 5 },
    { partition: 1, epoch: 3, at: 9 },
    { partition: 0, epoch: 0, at: 0 },
  ];
  expect(await done(bounds.movedSeams(await cluster.metadata([topic]), seams))).toEqual([
    { partition: 1, epoch: 1, at: 4, end: 3 },
    { partition: 1, epoch: 3, at: 9, end: 5 },
  ]);
  expect(await done(bounds.movedSeams(await cluster.metadata([topic]), []))).toEqual([]);
});

it('knows the broker that leads, if there is one and it has an address', () => {
  const broker = { id: 1, host: 'k1', port: 9092 };
  const state = (partition: number, leader: number) => ({ partition, leader, replicas: 1, inSync: 1 });
  const metadata = { brokers: [broker], topics: new Map() };
  const states = [state(5, 1), state(6, -1), state(7, 2)];
  expect([5, 6, 7, 8].map((partition) => leaderOf(metadata, states, partition))).toEqual([
    broker,
    undefined,
    undefined,
    undefined,
  ]);
});

it('tells what passes from what does not', () => {
  expect(refusedError('t', 2, 29)).toMatchObject({
    code: 'target-refused',
    message: 'partition 2 of t cannot be read: topic authorization failed',
    where: 'target.topic',
    hint: expect.any(String),
  });
  expect(refusedError('t', 2, 6).code).toBe('target-unreachable');
  // A code without a remedy has no hint.
  expect(refusedError('t', 2, 999).hint).toBeUndefined();
  expect(leaderless('t', 2)).toMatchObject({ code: 'target-unreachable', value: 't' });
});
