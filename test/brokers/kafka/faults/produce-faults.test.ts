import { describe, expect, it, onTestFinished } from 'vitest';
import { BlockStore } from '../../../../src/brokers/block-store.ts';
import type { KafkaFaultPlan } from '../../../../src/brokers/kafka/faults/fault-plan.ts';
import { ProduceFaults } from '../../../../src/brokers/kafka/faults/produce-faults.ts';
import { recordsOf } from '../../../../src/brokers/kafka/log/batch-records.ts';
import { PartitionLog } from '../../../../src/brokers/kafka/log/partition-log.ts';
import { startKafkaServer } from '../../../../src/brokers/kafka/server.ts';
import { SpillFile } from '../../../../src/brokers/spill-file.ts';
import { compressionNames, loadCodec } from '../../../../src/wire/kafka/compression.ts';
import { crc32cInJs, loadCrc32c } from '../../../../src/wire/kafka/crc32c.ts';
import { ProtocolWriter } from '../../../../src/wire/kafka/protocol-writer.ts';
import { BatchField } from '../../../../src/wire/kafka/record-batch.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { batchOf, createTopic, produce, produceBody, type RawClient, rawClient, sealed } from '../raw-client.ts';
import { readLog, type StoredRecord } from '../read-log.ts';

const KEYS = 4;

async function harmful(plan: KafkaFaultPlan) {
  const clock = new VirtualClock();
  const server = await startKafkaServer({
    port: 0,
    clock,
    crc32c: await loadCrc32c(),
    harmful: { keep: (value) => value.toString() },
  });
  onTestFinished(() => server.close());
  const client = rawClient(server.port);
  await createTopic(client, 't', 1);
  server.setFaults(plan);
  return { server, client, clock, faults: server.faults as NonNullable<typeof server.faults> };
}

const eventOf = (i: number) => ({ key: `k${i % KEYS}`, value: `event ${i}` });
/** Events [from, to) in one batch. */
const events = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => eventOf(from + i));
const plain = (log: StoredRecord[]) => log.map(({ value }) => value);
const latest = (client: RawClient) =>
  client.ask(2, 1, new ProtocolWriter().int32(-1).int32(1).string('t').int32(1).int32(0).int64(-1).take());

/** Produces `count` events in batches of `size`. */
async function produceAll(client: RawClient, count: number, size: number): Promise<number[]> {
  const errors: number[] = [];
  for (let from = 0; from < count; from += size) {
    errors.push((await produce(client, 't', 0, await batchOf(events(from, from + size)))).error);
  }
  return errors;
}

describe('the faults of the embedded Kafka log', () => {
  it('leave everything as it is where none is asked for', async () => {
    const { client, faults } = await harmful({});
    await produceAll(client, 100, 10);
    expect(plain(await readLog(client, 't', 0))).toEqual(events(0, 100).map(({ value }) => value));
    expect(faults).toMatchObject({ log: [], came: 100, repeated: 0, stored: 100, foreign: 0 });
  });

  it('lose what was acknowledged, and leave no hole where it was', async () => {
    const { client, faults } = await harmful({ drop: { every: 7 } });
    expect(new Set(await produceAll(client, 105, 5))).toEqual(new Set([0]));
    const lost = events(0, 105).filter((_, i) => i % 7 === 6);
    expect(faults.log.map(({ value }) => value)).toEqual(lost.map(({ value }) => value));
    const log = await readLog(client, 't', 0);
    const kept = events(0, 105).filter((_, i) => i % 7 !== 6);
    expect(log).toEqual(kept.map((event, offset) => ({ offset, ...event })));
    expect(faults.stored).toBe(90);
  });

  it('store nothing of a batch that loses everything; the readiness marker is nobody’s event', async () => {
    const { client } = await harmful({ drop: { every: 1 } });
    expect(new Set(await produceAll(client, 10, 5))).toEqual(new Set([0]));
    expect(await readLog(client, 't', 0)).toEqual([]);
    const probe = '{"iotload":"probe","run":"r"}';
    const batch = await batchOf([{ value: 'lost' }, { value: probe }, { value: 'lost too' }]);
    expect(await produce(client, 't', 0, batch)).toEqual({ error: 0, baseOffset: 0 });
    expect(await readLog(client, 't', 0)).toEqual([{ offset: 0, key: '', value: probe }]);
  });

  it('count what an idempotent producer lost as written', async () => {
    const { client, faults } = await harmful({ drop: { every: 1 } });
    for (const sequence of [0, 5, 10, 5]) {
      const batch = await batchOf(events(0, 5), { id: 3n, epoch: 0, sequence });
      expect(await produce(client, 't', 0, batch)).toEqual({ error: 0, baseOffset: 0 });
    }
    expect(faults).toMatchObject({ came: 15, repeated: 5, stored: 0 });
  });

  it('let one be overtaken also by what suffers another harm', async () => {
    const { client, faults, server } = await harmful({ reorder: { every: 1 } });
    await produce(client, 't', 0, await batchOf([eventOf(0)]));
    server.setFaults({ dropAcks: { every: 1 } });
    await expect(produce(client, 't', 0, await batchOf([eventOf(KEYS)]))).rejects.toThrow('ended');
    expect(plain(await readLog(rawClient(server.port), 't', 0))).toEqual([`event ${KEYS}`, 'event 0']);
    expect(faults.log.map(({ kind, ordinal, partner }) => ({ kind, ordinal, partner }))).toEqual([
      { kind: 'dropAcks', ordinal: 1, partner: undefined },
      { kind: 'reorder', ordinal: 0, partner: 1 },
    ]);
  });

  it('double', async () => {
    const { client, faults } = await harmful({ double: { every: 10 } });
    await produceAll(client, 40, 20);
    const copies = faults.log.map(({ value }) => value);
    expect(copies).toEqual(['event 9', 'event 19', 'event 29', 'event 39']);
    const log = plain(await readLog(client, 't', 0));
    expect(log).toHaveLength(faults.stored);
    expect(log.filter((value) => copies.includes(value))).toHaveLength(8);
    expect([...new Set(log)]).toEqual(events(0, 40).map(({ value }) => value));
  });

  it('put one behind the next of its key, also where that comes in another batch', async () => {
    const { client, faults } = await harmful({ reorder: { every: 9 } });
    await produceAll(client, 99, 3);
    await latest(client);
    const log = await readLog(client, 't', 0);
    expect(plain(log).sort()).toEqual(
      events(0, 99)
        .map(({ value }) => value)
        .sort(),
    );
    const place = new Map(log.map(({ value }, i) => [value, i]));
    expect(faults.log.length).toBeGreaterThan(5);
    for (const { ordinal, partner, value } of faults.log) {
      expect(partner).toBe(ordinal + KEYS);
      expect(place.get(value) as number).toBeGreaterThan(place.get(`event ${partner}`) as number);
    }
    // Nobody else overtakes within its key.
    const moved = new Set(faults.log.map(({ value }) => value));
    for (let key = 0; key < KEYS; key++) {
      const others = log
        .filter((record) => record.key === `k${key}` && !moved.has(record.value))
        .map(({ value }) => value);
      const sent = events(0, 99).filter((event) => event.key === `k${key}` && !moved.has(event.value));
      expect(others).toEqual(sent.map(({ value }) => value));
    }
  });

  it('keep what waits, whatever comes over the connection meanwhile', async () => {
    const { client } = await harmful({ reorder: { every: 2 } });
    // Longer than what is read from a socket at once, so that each is put together in the place of the one before.
    const long = (name: string, letter: string) => ({ key: name, value: letter.repeat(200_000) });
    const sent = [long('a', '1'), long('b', '2'), long('c', '3'), long('b', '4')];
    for (const record of sent) await produce(client, 't', 0, await batchOf([record]));
    const log = await readLog(client, 't', 0);
    expect(log.map(({ key, value }) => key + value[0])).toEqual(['a1', 'c3', 'b4', 'b2']);
    expect(log.every(({ value }) => new Set(value).size === 1)).toBe(true);
  });

  it('let go what nothing overtakes: in time, or when offsets are asked for', async () => {
    const { client, faults, clock } = await harmful({ reorder: { every: 1 } });
    await produceAll(client, 2, 1);
    expect(await readLog(client, 't', 0)).toEqual([]);
    clock.advanceTo(clock.nowUs() + 2_000_000);
    expect(plain(await readLog(client, 't', 0)).sort()).toEqual(['event 0', 'event 1']);
    await produce(client, 't', 0, await batchOf([eventOf(3)]));
    await latest(client);
    expect(plain(await readLog(client, 't', 0)).sort()).toEqual(['event 0', 'event 1', 'event 3']);
    expect(faults).toMatchObject({ log: [], stored: 3 });
  });

  it.each(compressionNames)('change one bit of a value, and make the checksum right: %s', async (name) => {
    const { client, faults } = await harmful({ alter: { every: 5, offset: -1 } });
    const codec = await loadCodec(name);
    const batch = Buffer.from(await batchOf(events(0, 50)));
    const records = codec.compress(batch.subarray(BatchField.records));
    const packed = Buffer.concat([batch.subarray(0, BatchField.records), records]);
    packed.writeInt32BE(packed.length - 12, BatchField.length);
    packed.writeInt16BE(codec.id, BatchField.attributes);
    expect((await produce(client, 't', 0, await sealed(packed))).error).toBe(0);
    expect(faults.log.map(({ ordinal }) => ordinal)).toEqual([4, 9, 14, 19, 24, 29, 34, 39, 44, 49]);
    const log = await readLog(client, 't', 0);
    for (const { offset, value } of log) {
      const sent = Buffer.from(eventOf(offset).value);
      if (offset % 5 === 4) sent[sent.length - 1] = (sent.at(-1) as number) ^ 1;
      expect(value).toBe(sent.toString());
    }
    expect(log).toHaveLength(50);
  });

  it('refuse a batch, stored or not', async () => {
    for (const stored of [false, true]) {
      const kind = stored ? 'refuseYetStore' : 'refuse';
      const { client, faults } = await harmful({ [kind]: { every: 10, error: 19 } });
      expect(await produceAll(client, 40, 5)).toEqual([0, 19, 0, 19, 0, 19, 0, 19]);
      // All events of a batch go with the one that was hit.
      expect(faults.log.map(({ ordinal }) => ordinal).slice(0, 6)).toEqual([5, 6, 7, 8, 9, 15]);
      expect(await readLog(client, 't', 0)).toHaveLength(stored ? 40 : 20);
      expect(faults.stored).toBe(stored ? 40 : 20);
    }
  });

  it('let through what comes again after a refusal', async () => {
    const { client, faults } = await harmful({ refuse: { every: 1, error: 19 } });
    const batch = await batchOf(events(0, 5));
    expect((await produce(client, 't', 0, batch)).error).toBe(19);
    expect((await produce(client, 't', 0, batch)).error).toBe(0);
    expect((await produce(client, 't', 0, batch)).error).toBe(19);
    expect(faults).toMatchObject({ came: 10, repeated: 5, stored: 5 });
  });

  it.each(['swallow', 'reset', 'dropAcks'] as const)('cut the connection: %s', async (kind) => {
    const { client, faults, server } = await harmful({ [kind]: { every: 8 } });
    await produce(client, 't', 0, await batchOf(events(0, 5)));
    await expect(produce(client, 't', 0, await batchOf(events(5, 10)))).rejects.toThrow('ended');
    await client.closed;
    expect(faults.log.map(({ ordinal }) => ordinal)).toEqual([5, 6, 7, 8, 9]);
    const again = rawClient(server.port);
    expect(await readLog(again, 't', 0)).toHaveLength(kind === 'dropAcks' ? 10 : 5);
  });

  it.each(['swallow', 'dropAcks'] as const)('end with nothing doubled for an idempotent producer: %s', async (kind) => {
    const { client, faults, server } = await harmful({ [kind]: { every: 8 } });
    const batch = await batchOf(events(0, 10), { id: 5n, epoch: 0, sequence: 0 });
    await expect(produce(client, 't', 0, batch)).rejects.toThrow('ended');
    const again = rawClient(server.port);
    expect(await produce(again, 't', 0, batch)).toEqual({ error: 0, baseOffset: 0 });
    expect(plain(await readLog(again, 't', 0))).toEqual(events(0, 10).map(({ value }) => value));
    expect(faults).toMatchObject({ came: 10, repeated: 10, stored: 10 });
  });

  it('do what takes more with it, and nothing else, where several would hit', async () => {
    const every = { every: 1 };
    const { client, faults } = await harmful({ drop: every, double: every, refuse: every, alter: every });
    expect(await produceAll(client, 4, 2)).toEqual([44, 44]);
    expect(faults.log.map(({ kind }) => kind)).toEqual(Array(4).fill('refuse'));
  });

  it('hold answers, in their order, and say when they went', async () => {
    const { client, faults, clock } = await harmful({ holdAcks: { ms: 20 } });
    const requests = [
      produce(client, 't', 0, await batchOf(events(0, 2))),
      produce(client, 't', 0, await batchOf([eventOf(2)])),
    ];
    // Both have come, as neither waits for the answer of the other.
    while (faults.came < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(faults.answers).toEqual([]);
    const cameUs = clock.nowUs();
    clock.advanceTo(cameUs + 20_000);
    await Promise.all(requests);
    expect(faults.answers.map(({ value }) => value)).toEqual(['event 0', 'event 1', 'event 2']);
    for (const answer of faults.answers) expect(answer).toMatchObject({ cameUs, atUs: cameUs + 20_000 });
  });

  it('stall: nothing passes until it is over', async () => {
    const { client, server, clock } = await harmful({ stall: { everyMs: 1000, forMs: 300, firstAfterMs: 0 } });
    clock.advanceTo(clock.nowUs());
    expect(server.stalls).toHaveLength(1);
    let answered = false;
    const asked = produce(client, 't', 0, await batchOf(events(0, 1))).then(() => {
      answered = true;
    });
    const fresh = rawClient(server.port).ask(18, 0, new Uint8Array());
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    clock.advanceTo(clock.nowUs() + 300_000);
    await Promise.all([asked, fresh]);
    server.setFaults({});
  });

  it('tell a client to wait', async () => {
    const { client, faults } = await harmful({ throttle: { every: 2, ms: 70 } });
    const told: number[] = [];
    for (let i = 0; i < 4; i++) {
      const reader = await client.ask(0, 7, produceBody('t', 0, await batchOf([eventOf(i)])));
      reader.skip(reader.remaining - 4);
      told.push(reader.int32());
    }
    expect(told).toEqual([0, 70, 0, 70]);
    expect(faults.throttled).toBe(2);
  });

  it('mix in what is no event, with the key of one', async () => {
    const payloads = [Buffer.from('a'), Buffer.from('b')];
    const { client, faults } = await harmful({ foreign: { every: 4, payloads } });
    await produceAll(client, 12, 6);
    const log = await readLog(client, 't', 0);
    const foreign = log.filter(({ value }) => value.length === 1);
    expect(foreign.map(({ key, value }) => ({ key, value }))).toEqual([
      { key: 'k3', value: 'a' },
      { key: 'k3', value: 'b' },
      { key: 'k3', value: 'a' },
    ]);
    expect(faults).toMatchObject({ log: [], foreign: 3, stored: 15 });
  });

  it('are not what one cannot suffer', async () => {
    const { client, faults } = await harmful({ reorder: { every: 1 } });
    await produce(client, 't', 0, await batchOf([{ value: 'no key' }, { value: 'no key' }]));
    expect(await readLog(client, 't', 0)).toHaveLength(2);
    expect(faults.log).toEqual([]);
    const { client: other, faults: unacknowledged, server } = await harmful({ dropAcks: { every: 1 } });
    other.send(
      new ProtocolWriter()
        .int16(0)
        .int16(7)
        .int32(9)
        .string('raw')
        .raw(produceBody('t', 0, await batchOf(events(0, 3)), 0))
        .takeFrame(),
    );
    const reader = rawClient(server.port);
    while ((await readLog(reader, 't', 0)).length < 3);
    expect(unacknowledged.log).toEqual([]);
  });
});

/** Faults by themselves, and one batch that comes for the first time. */
async function alone(plan: KafkaFaultPlan, remembers = true) {
  const clock = new VirtualClock();
  const kept: string[] = [];
  const keep = (value: Buffer) => kept.push(value.toString());
  const faults = new ProduceFaults({ plan, clock, crc32c: crc32cInJs, keep, remembers });
  const log = new PartitionLog(new BlockStore(), new SpillFile());
  const batchFrom = async (from: number, to: number, partition = 0) => {
    const bytes = await batchOf(events(from, to));
    return { topic: 't', partition, log, bytes, records: await recordsOf(bytes) };
  };
  return { clock, faults, kept, log, batchFrom };
}

describe('what is decided on a request', () => {
  it('is for all of its batches, where it is its end', async () => {
    const { faults, batchFrom } = await alone({ swallow: { every: 3 } });
    const batches = [await batchFrom(0, 2), await batchFrom(2, 4, 1)];
    const fate = faults.judge(batches, -1, 0);
    expect(fate).toMatchObject({ cut: true, holdUntilUs: 0 });
    expect(fate.batches).toEqual(Array(2).fill({ taken: false, stored: null, behind: null, error: 0 }));
    expect(faults.log.map(({ ordinal, partition }) => [ordinal, partition])).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
    ]);
    // Each comes again by itself, and is let through.
    for (const batch of batches) expect(faults.judge([batch], -1, 0)).toMatchObject({ cut: false });
    expect(faults).toMatchObject({ came: 4, repeated: 4, stored: 4 });
  });

  it('is for one batch, where that is refused', async () => {
    const { faults, batchFrom } = await alone({ refuse: { every: 4 } });
    const fate = faults.judge([await batchFrom(0, 3), await batchFrom(3, 5, 1)], 1, 0);
    expect(fate.batches.map(({ taken, error }) => [taken, error])).toEqual([
      [true, 0],
      [false, 44],
    ]);
  });

  it('holds the answer as long as the longest hold of its events, from when it came', async () => {
    const { faults, batchFrom } = await alone({ holdAcks: { ms: 5, some: { share: 0.5, ms: 50 } } });
    expect(faults.judge([await batchFrom(0, 64)], -1, 1_000)).toMatchObject({ holdUntilUs: 51_000 });
    // Without acknowledgements there is none to hold.
    expect(faults.judge([await batchFrom(0, 64)], 0, 1_000)).toMatchObject({ holdUntilUs: 0 });
  });
});

it('remembers nothing of what nobody will ask for, and does it all the same', async () => {
  const { faults, batchFrom, kept } = await alone({ drop: { every: 2 }, holdAcks: { ms: 1 } }, false);
  const fate = faults.judge([await batchFrom(0, 4)], -1, 0);
  fate.answered(1_000);
  expect([faults.log, faults.answers, kept, faults.stored]).toEqual([[], [], [], 2]);
});

it('puts what waits to be overtaken into its log, unless that is gone', async () => {
  const { faults, batchFrom, log } = await alone({ reorder: { every: 1 } });
  const judge = async () => faults.judge([await batchFrom(0, 2)], -1, 0);
  expect((await judge()).batches[0]?.stored).toBeNull();
  faults.release(log);
  expect([log.endOffset, faults.stored]).toEqual([2, 2]);
  faults.release(log);
  expect(log.endOffset).toBe(2);
  await judge();
  log.drop();
  faults.release(log);
  expect(faults.stored).toBe(2);
});

it('does other harm from one moment to the next', async () => {
  const { faults, batchFrom } = await alone({});
  faults.judge([await batchFrom(0, 2)], -1, 0);
  faults.setPlan({ drop: { every: 4 } });
  faults.judge([await batchFrom(2, 4)], -1, 0);
  // Events are counted from the first that ever came.
  expect(faults.log.map(({ ordinal }) => ordinal)).toEqual([3]);
});
