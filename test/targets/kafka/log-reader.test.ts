import { beforeEach, describe, expect, it } from 'vitest';
import { controlBatch } from '../../wire/kafka/record-batches.ts';
import { FakeCluster } from './fake-cluster.ts';
import { Arrived, eventBatch, events, ReadingWorld } from './reading-world.ts';

let w: ReadingWorld;

beforeEach(() => {
  w = new ReadingWorld();
});

describe('a reader of logs', () => {
  it('leaves out what was there before, follows every partition and proves its end', async () => {
    w.log(1).leader = 2;
    await w.append(0, 0, 3);
    const reader = await w.open();
    expect(reader.positions()).toEqual({ partitions: { 0: [3, 3], 1: [0, 0] }, gaps: [] });
    await w.append(0, 3, 5);
    await w.append(1, 0, 2);
    await w.until(() => w.arrived.values.length === 4);
    expect([...w.arrived.values].sort()).toEqual(['e0', 'e1', 'e3', 'e4']);
    expect([...w.arrived.at].sort()).toEqual(['0/3', '0/4', '1/0', '1/1']);
    expect(reader.positions()).toEqual({ partitions: { 0: [3, 5], 1: [0, 2] }, gaps: [] });
    expect(await w.passed(reader.readToEnd(1000))).toEqual({ complete: true });
    expect(reader.health()).toEqual({ gaps: 0, gapNames: [], fullReads: 0, brokerDropped: null });
    await reader.close();
    await reader.close();
    expect(w.cluster.connections.size).toBe(0);
    expect(w.arrived.notices).toEqual([]);
  });

  it('tells how far the logs grew since it was opened, without what is no record of anybody', async () => {
    await w.append(0, 0, 3);
    const reader = await w.open();
    expect(reader.counted()).toBeNull();
    await w.append(0, 3, 5);
    w.log(0).append(await controlBatch(5, 7, 1));
    await w.append(1, 0, 2);
    await w.until(() => w.arrived.values.length === 4);
    expect(await w.passed(reader.readToEnd(1000))).toEqual({ complete: true });
    const told = reader.counted();
    expect(told).toMatchObject({ by: 'log end offsets', messages: 4, readAll: true });
    expect(told?.atUs).toBeGreaterThan(0);
    await reader.close();
  });

  it('goes on where another one stopped', async () => {
    await w.append(0, 0, 6);
    await w.append(1, 0, 2);
    const reader = await w.open({}, { partitions: { 0: [2, 4] }, gaps: [] });
    await w.until(() => w.arrived.values.length === 4);
    expect([...w.arrived.at].sort()).toEqual(['0/4', '0/5', '1/0', '1/1']);
    expect(reader.ranges()).toEqual([
      { partition: 0, from: 2, to: 6 },
      { partition: 1, from: 0, to: 2 },
    ]);
    expect(await w.passed(reader.readToEnd(1000))).toEqual({ complete: true });
    await reader.close();
  });

  it('reads everything that is kept where an earlier one has left no positions', async () => {
    await w.append(0, 0, 3);
    w.fromStart = true;
    const reader = await w.open();
    await w.append(0, 3, 4);
    await w.until(() => w.arrived.values.length === 4);
    expect(w.arrived.values).toEqual(events(0, 4));
    expect(await w.passed(reader.readToEnd(1000))).toEqual({ complete: true });
    await reader.close();
  });

  it('opens before there is a topic, and reads it from its beginning', async () => {
    w.cluster.exists = false;
    const reader = await w.open();
    expect(reader.positions()).toEqual({ partitions: {}, gaps: [] });
    await w.append(0, 0, 2);
    w.cluster.exists = true;
    await w.until(() => w.arrived.values.length === 2);
    expect(await w.passed(reader.readToEnd(1000))).toEqual({ complete: true });
    await reader.close();
  });

  it('proves nothing about a topic that never came', async () => {
    w.cluster.exists = false;
    const reader = await w.open();
    expect(await w.passed(reader.readToEnd(1000))).toEqual({ complete: false });
    await reader.close();
  });

  it('spreads partitions over connections, at most so many to each leader', async () => {
    w.cluster = new FakeCluster(w.clock, 7);
    w.log(6).leader = 2;
    const reader = await w.open({ readers: 3 });
    expect([...w.cluster.connections].map(({ broker }) => broker.id).sort()).toEqual([1, 1, 1, 2]);
    for (let partition = 0; partition < 7; partition++) await w.append(partition, 0, 1);
    await w.until(() => w.arrived.values.length === 7);
    await reader.close();
  });

  it('says when it is behind, and not when it has everything', async () => {
    w.cluster.answerBytes = 1;
    const reader = await w.open();
    for (let i = 0; i < 20; i++) w.log(0).append(await eventBatch(i, i + 1));
    w.cluster.appended();
    await w.until(() => w.arrived.values.length === 20);
    expect(w.arrived.values).toEqual(events(0, 20));
    expect(reader.health().fullReads).toBe(19);
    await reader.close();
  });

  it('follows a partition to another leader', async () => {
    const reader = await w.open();
    await w.append(0, 0, 2);
    await w.until(() => w.arrived.values.length === 2);
    w.log(0).leader = 2;
    await w.append(0, 2, 4);
    await w.until(() => w.arrived.values.length === 4);
    expect(w.arrived.values).toEqual(events(0, 4));
    expect(await w.passed(reader.readToEnd(5000))).toEqual({ complete: true });
    expect(w.arrived.notices).toEqual([]);
    await reader.close();
  });

  it('loses nothing when a broker goes away and comes back', async () => {
    const reader = await w.open();
    await w.append(0, 0, 2);
    await w.until(() => w.arrived.values.length === 2);
    w.cluster.down.add(1);
    w.cluster.cut(1);
    w.log(0).append(await eventBatch(2, 4));
    await w.until(() => w.arrived.notices.length > 1);
    const asked = w.cluster.metadataAsked;
    w.clock.advanceTo(w.clock.nowUs() + 10_000_000);
    await w.until(() => w.cluster.metadataAsked > asked);
    w.cluster.down.clear();
    await w.until(() => w.arrived.values.length === 4);
    expect(w.arrived.values).toEqual(events(0, 4));
    expect(w.arrived.notices[0]).toBe('disconnected: k1:9092: connection reset (reader)');
    expect(await w.passed(reader.readToEnd(5000))).toEqual({ complete: true });
    expect(w.cluster.metadataAsked).toBeLessThan(60);
    await reader.close();
  });

  it('moves with a broker that has got another address', async () => {
    const reader = await w.open();
    w.cluster.brokers = [{ id: 1, host: 'k9', port: 9093 }];
    w.log(0).errors.push(6);
    await w.append(0, 0, 1);
    await w.until(() => w.arrived.values.length === 1);
    expect([...w.cluster.connections].map(({ broker }) => broker.host)).toEqual(['k9']);
    await reader.close();
  });

  it('replaces a connection whose login ends, without a word', async () => {
    w.cluster.replaceByUs = w.clock.nowUs() + 8_000_000;
    const reader = await w.open();
    const [before] = w.cluster.connections;
    await w.until(() => w.clock.nowUs() > 5_000_000);
    w.cluster.replaceByUs = null;
    await w.append(0, 0, 1);
    await w.until(() => w.arrived.values.length === 1);
    expect(w.cluster.connections.has(before as never)).toBe(false);
    expect(w.arrived.notices).toEqual([]);
    await reader.close();
  });

  it('waits as long as it is throttled', async () => {
    const reader = await w.open();
    w.cluster.throttleMs = 3000;
    await w.append(0, 0, 1);
    await w.until(() => w.arrived.values.length === 1);
    w.cluster.throttleMs = 0;
    const [asked, nowUs] = [w.cluster.fetches, w.clock.nowUs()];
    await w.append(0, 1, 2);
    await w.until(() => w.arrived.values.length === 2);
    expect(w.clock.nowUs() - nowUs).toBeGreaterThan(2_900_000);
    expect(w.cluster.fetches).toBeLessThan(asked + 4);
    expect(w.arrived.notices).toEqual(['throttled: k1:9092 (reader)']);
    await reader.close();
  });

  it('does not spin where a broker keeps giving what is no whole batch', async () => {
    const reader = await w.open();
    w.log(0).alter = (bytes) => bytes.subarray(0, 40);
    await w.append(0, 0, 2);
    const asked = w.cluster.fetches;
    const fromUs = w.clock.nowUs();
    await w.until(() => w.clock.nowUs() - fromUs > 2_000_000);
    expect(w.cluster.fetches - asked).toBeLessThan(25);
    w.log(0).alter = (bytes) => bytes;
    await w.until(() => w.arrived.values.length === 2);
    await reader.close();
  });
});

describe('transactions and codecs', () => {
  it('leaves out what was aborted, if it is asked to', async () => {
    const transaction = { transactional: true, producerId: 7 };
    for (const committed of [true, false]) {
      w.arrived = new Arrived();
      w.cluster = new FakeCluster(w.clock, 1);
      w.log(0).aborted = [{ producerId: 7, firstOffset: 0 }];
      const reader = await w.open({ committed }, { partitions: {}, gaps: [] });
      w.log(0).append(await eventBatch(0, 2, transaction));
      w.log(0).append(await controlBatch(2, 7, 0));
      await w.append(0, 3, 4);
      expect(await w.passed(reader.readToEnd(2000))).toEqual({ complete: true });
      expect(w.arrived.values).toEqual(committed ? ['e3'] : ['e0', 'e1', 'e3']);
      await reader.close();
    }
  });

  it('loads a codec when it meets one', async () => {
    const reader = await w.open();
    await w.append(0, 0, 2);
    w.log(0).append(await eventBatch(2, 40, { gzip: true }));
    await w.append(0, 40, 41);
    await w.until(() => w.arrived.values.length === 41);
    expect(w.arrived.values).toEqual(events(0, 41));
    expect(await w.passed(reader.readToEnd(2000))).toEqual({ complete: true });
    await reader.close();
  });
});

describe('opening', () => {
  it('is refused where we may not read', async () => {
    w.log(1).errors = [29];
    const reader = w.create();
    await expect(w.passed(reader.open())).rejects.toMatchObject({
      code: 'target-refused',
      message: 'partition 1 of readings cannot be read: topic authorization failed',
    });
    await reader.close();
  });

  it('waits a while for leaders, and then says which partition has none', async () => {
    w.log(1).leader = -1;
    const reader = w.create();
    await expect(w.passed(reader.open())).rejects.toMatchObject({
      code: 'target-unreachable',
      message: 'partition 1 of readings has no leader',
    });
    await reader.close();
    const patient = w.create();
    const opened = patient.open();
    await w.until(() => w.clock.nowUs() > 13_000_000);
    w.log(1).leader = 2;
    await w.passed(opened);
    await patient.close();
  });

  it('says who cannot be reached', async () => {
    w.cluster.down.add(1);
    const reader = w.create();
    await expect(w.passed(reader.open())).rejects.toMatchObject({ message: 'broker 1 is down' });
    await reader.close();
    expect(w.cluster.connections.size).toBe(0);
  });
});
