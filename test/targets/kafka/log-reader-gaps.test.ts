import { beforeEach, describe, expect, it } from 'vitest';
import type { LogReader } from '../../../src/targets/kafka/log-reader.ts';
import { sealed } from '../../wire/kafka/record-batches.ts';
import type { FakeLog } from './fake-cluster.ts';
import { eventBatch, events, ReadingWorld } from './reading-world.ts';

let w: ReadingWorld;

beforeEach(() => {
  w = new ReadingWorld();
});

describe('what a reader of logs cannot vouch for', () => {
  async function incomplete(reader: LogReader): Promise<string[]> {
    expect(await w.passed(reader.readToEnd(2000))).toEqual({ complete: false });
    await reader.close();
    return w.arrived.notices;
  }

  it('records that retention deleted before they were read', async () => {
    const reader = await w.open();
    await w.append(0, 0, 3);
    await w.until(() => w.arrived.values.length === 3);
    w.log(0).errors = [6];
    w.log(0).append(await eventBatch(3, 5));
    w.log(0).append(await eventBatch(5, 7));
    w.log(0).batches.splice(0, 2);
    w.log(0).start = 5;
    w.cluster.appended();
    await w.until(() => w.arrived.values.length === 5);
    expect(w.arrived.values).toEqual([...events(0, 3), ...events(5, 7)]);
    expect(await incomplete(reader)).toEqual([
      'warning: partition 0 of readings: offsets 3 to 4 were deleted before they were read (retention)',
    ]);
    expect(reader.health().gaps).toBe(1);
  });

  it('what an earlier reader met, if it goes on where that stopped', async () => {
    const reader = await w.open({}, { partitions: { 0: [0, 0], 1: [0, 0] }, gaps: ['partition 1 had a hole'] });
    expect(await incomplete(reader)).toEqual(['warning: partition 1 had a hole']);
    expect(reader.positions()).toMatchObject({ gaps: ['partition 1 had a hole'] });
  });

  it('a log that was cut back, as after an unclean election', async () => {
    const reader = await w.open();
    await w.append(0, 0, 3);
    await w.until(() => w.arrived.values.length === 3);
    w.log(0).batches = [];
    w.log(0).append(await eventBatch(0, 1));
    w.cluster.appended();
    await w.until(() => w.arrived.notices.length > 0);
    await w.append(0, 1, 2);
    await w.until(() => w.arrived.values.length === 4);
    expect(await incomplete(reader)).toEqual(['warning: partition 0 of readings was cut back from offset 3 to 1']);
  });

  it('a log that was cut back and written on beyond where we are, before we noticed', async () => {
    const reader = await w.open();
    await w.append(0, 0, 3);
    await w.append(0, 3, 5);
    await w.until(() => w.arrived.values.length === 5);
    w.log(0).batches.pop();
    w.log(0).leader = 2;
    w.log(0).epoch = 1;
    w.log(0).append(await eventBatch(3, 7));
    await w.append(0, 7, 8);
    await w.until(() => w.arrived.values.length === 8);
    expect(await incomplete(reader)).toEqual([
      'warning: partition 0 of readings was cut back to offset 3 after it had been read up to 5',
    ]);
  });

  it('but a clean change of leaders, even several, is no gap', async () => {
    const reader = await w.open();
    for (let term = 0; term < 4; term++) {
      w.log(0).epoch = term;
      w.log(0).leader = 1 + (term % 2);
      await w.append(0, 2 * term, 2 * term + 2);
      await w.until(() => w.arrived.values.length === 2 * term + 2);
    }
    expect(await w.passed(reader.readToEnd(2000))).toEqual({ complete: true });
    expect(w.arrived.notices).toEqual([]);
    await reader.close();
  });

  it('a batch that does not match its checksum, also when it is asked for again; its whole records are read all the same', async () => {
    const reader = await w.open();
    const damaged = await eventBatch(0, 3);
    damaged.write('x', damaged.indexOf('e1'));
    damaged.write('x', damaged.indexOf('id-e1') + 3);
    w.log(0).append(damaged);
    await w.append(0, 3, 4);
    await w.until(() => w.arrived.values.length === 4);
    expect(w.arrived.values).toEqual(['e0', 'x1', 'e2', 'e3']);
    expect(await incomplete(reader)).toEqual([
      'warning: partition 0 of readings: the batch of offsets 0 to 2 does not match its checksum',
    ]);
  });

  it('but a batch that was whole when it was read again is no gap', async () => {
    const reader = await w.open();
    let times = 0;
    w.log(0).alter = (bytes) => {
      if (times++ > 0 || bytes.length === 0) return bytes;
      const damaged = Buffer.from(bytes);
      damaged[damaged.length - 3] = 0;
      return damaged;
    };
    await w.append(0, 0, 3);
    await w.until(() => w.arrived.values.length === 3);
    expect(await w.passed(reader.readToEnd(2000))).toEqual({ complete: true });
    expect(w.arrived.notices).toHaveLength(1);
    expect(w.arrived.notices[0]).toMatch(/whole when it was read again/);
    await reader.close();
  });

  it('records that cannot be read, and old messages', async () => {
    const reader = await w.open();
    const wrong = await eventBatch(0, 2);
    wrong.writeInt32BE(5, 57);
    w.log(0).append(sealed(wrong));
    await w.append(0, 2, 3);
    await w.until(() => w.arrived.values.includes('e2'));
    expect((await incomplete(reader))[0]).toMatch(/offsets 0 to 1 cannot be read/);
  });

  it.each([
    [
      true,
      'offset 2 of partition 0 of readings has no record: the topic is compacted, so what is not there may have been',
    ],
    [null, /offset 2 of partition 0 of readings has no record, and we may not ask/],
  ])('offsets without a record, if the topic is compacted (%s)', async (compacted, told) => {
    const reader = await w.open({ isCompacted: async () => compacted });
    await w.append(0, 0, 2);
    await w.append(0, 5, 6);
    await w.until(() => w.arrived.values.length === 3);
    const [notice] = await incomplete(reader);
    expect(notice?.replace('warning: ', '')).toMatch(told);
  });

  it('but in another topic such offsets are what proves a loss', async () => {
    const reader = await w.open();
    await w.append(0, 0, 2);
    await w.append(0, 5, 6);
    await w.append(0, 7, 8);
    await w.until(() => w.arrived.values.length === 4);
    expect(await w.passed(reader.readToEnd(2000))).toEqual({ complete: true });
    expect(reader.ranges()[0]).toEqual({
      partition: 0,
      from: 0,
      to: 8,
      holes: [
        [2, 5],
        [6, 7],
      ],
    });
    expect(w.arrived.notices).toEqual([
      'warning: offset 2 of partition 0 of readings has no record, and the topic is not compacted',
    ]);
    await reader.close();
  });

  it('a topic that has got another partition, which is read all the same', async () => {
    const reader = await w.open();
    w.cluster.logs.push(new (w.log(0).constructor as new () => FakeLog)());
    await w.append(2, 0, 1);
    expect(await incomplete(reader)).toEqual(['warning: topic readings has got 1 partitions more']);
    expect(w.arrived.values).toEqual(['e0']);
  });

  it('a topic that was deleted', async () => {
    const reader = await w.open();
    w.cluster.exists = false;
    w.log(0).errors = [3];
    w.cluster.appended();
    expect(await incomplete(reader)).toEqual(['warning: topic readings is not there any more']);
  });

  it('what an open transaction holds back', async () => {
    const reader = await w.open();
    w.log(0).lastStable = 2;
    await w.append(0, 0, 2);
    await w.append(0, 2, 4);
    await w.until(() => w.arrived.values.length === 2);
    expect((await incomplete(reader))[0]).toMatch(/up to offset 2: an open transaction holds back/);
  });

  it('what not all replicas have yet, until they have it', async () => {
    const reader = await w.open();
    w.log(0).highWatermark = 1;
    await w.append(0, 0, 1);
    await w.append(0, 1, 3);
    await w.until(() => w.arrived.values.length === 1);
    const end = reader.readToEnd(5000);
    await w.until(() => w.clock.nowUs() > 2_000_000);
    w.log(0).highWatermark = null;
    w.cluster.appended();
    expect(await w.passed(end)).toEqual({ complete: true });
    expect(w.arrived.values).toEqual(events(0, 3));
    await reader.close();
  });
});
