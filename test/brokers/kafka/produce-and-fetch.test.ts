import { expect, it } from 'vitest';
import { ProtocolWriter } from '../../../src/wire/kafka/protocol-writer.ts';
import { BatchField } from '../../../src/wire/kafka/record-batch.ts';
import { batchOf, createTopic, fetchFrom, produce, produceBody, rawClient, sealed, server } from './raw-client.ts';

/** The offsets that the batches in these bytes begin with. */
function baseOffsets(records: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at < records.length; at += 12 + records.readInt32BE(at + BatchField.length)) {
    found.push(Number(records.readBigInt64BE(at)));
  }
  return found;
}

it('appends batches behind each other and gives them back as they came, but for offset and epoch', async () => {
  const client = rawClient((await server()).port);
  expect(await createTopic(client, 't', 2)).toEqual({ name: 't', error: 0 });
  const batch = await batchOf([{ key: 'a', value: 'one' }, { value: 'two' }]);
  expect(await produce(client, 't', 1, batch)).toEqual({ error: 0, baseOffset: 0 });
  expect(await produce(client, 't', 1, batch)).toEqual({ error: 0, baseOffset: 2 });
  const { error, highWatermark, records } = await fetchFrom(client, 't', 1, 0);
  expect({ error, highWatermark }).toEqual({ error: 0, highWatermark: 4 });
  expect(baseOffsets(records)).toEqual([0, 2]);
  const second = records.subarray(records.length / 2);
  expect(second.readInt32BE(BatchField.leaderEpoch)).toBe(0);
  expect(second.subarray(BatchField.magic)).toEqual(Buffer.from(batch).subarray(BatchField.magic));
  // From the middle of a batch, the whole batch.
  expect(baseOffsets((await fetchFrom(client, 't', 1, 1)).records)).toEqual([0, 2]);
  expect(baseOffsets((await fetchFrom(client, 't', 1, 2)).records)).toEqual([2]);
  expect((await fetchFrom(client, 't', 1, 4)).records.length).toBe(0);
  expect((await fetchFrom(client, 't', 0, 0)).highWatermark).toBe(0);
});

it('refuses what Kafka refuses', async () => {
  const client = rawClient((await server()).port);
  await createTopic(client, 't', 1, [['max.message.bytes', '500']]);
  const good = await batchOf([{ value: 'x' }]);
  const changed = async (change: (bytes: Buffer) => void) => {
    const copy = Buffer.from(good);
    change(copy);
    return sealed(copy);
  };
  const errorOf = async (records: Uint8Array | null, topic = 't', partition = 0) =>
    (await produce(client, topic, partition, records)).error;
  expect(await errorOf(good, 'unknown')).toBe(3);
  expect(await errorOf(good, 't', 1)).toBe(3);
  expect(await errorOf(null)).toBe(87);
  expect(await errorOf(new Uint8Array(10))).toBe(87);
  expect(await errorOf(good.subarray(0, good.length - 1))).toBe(87);
  expect(await errorOf(Buffer.concat([good, good]))).toBe(87);
  const altered = Buffer.from(good);
  altered[altered.length - 2] = 0x7a;
  expect(await errorOf(altered)).toBe(2);
  expect(await errorOf(await changed((bytes) => bytes.writeInt8(1, BatchField.magic)))).toBe(87);
  expect(await errorOf(await changed((bytes) => bytes.writeInt32BE(7, BatchField.lastOffsetDelta)))).toBe(87);
  expect(await errorOf(await changed((bytes) => bytes.writeInt32BE(0, BatchField.count)))).toBe(87);
  // Control and transactional batches are the coordinator's.
  expect(await errorOf(await changed((bytes) => bytes.writeInt16BE(0x20, BatchField.attributes)))).toBe(87);
  expect(await errorOf(await changed((bytes) => bytes.writeBigInt64BE(5n, BatchField.baseOffset)))).toBe(87);
  expect(await errorOf(await batchOf([{ value: 'x'.repeat(500) }]))).toBe(10);
  expect(await errorOf(good)).toBe(0);
  const reader = await client.ask(0, 7, produceBody('t', 0, good, 2));
  reader.skip(4 + 2 + 1 + 4 + 4);
  expect(reader.int16()).toBe(21);
  expect((await fetchFrom(client, 't', 0, 0)).highWatermark).toBe(1);
});

it('answers nothing to acks 0, and hangs up where it would have to refuse', async () => {
  const { port } = await server();
  const client = rawClient(port);
  await createTopic(client, 't', 1);
  const unanswered = client.ask(0, 7, produceBody('t', 0, await batchOf([{ value: 'x' }]), 0));
  unanswered.catch(() => {});
  const other = rawClient(port);
  while ((await fetchFrom(other, 't', 0, 0, { maxWaitMs: 1000 })).highWatermark === 0);
  const refused = client.ask(0, 7, produceBody('t', 9, await batchOf([{ value: 'x' }]), 0));
  await expect(refused).rejects.toThrow('ended');
});

it('knows the last five batches of an idempotent producer', async () => {
  const client = rawClient((await server()).port);
  await createTopic(client, 't', 1);
  const batch = (sequence: number, count = 2, epoch = 0) =>
    batchOf(Array(count).fill({ value: 'x' }), { id: 7n, epoch, sequence });
  const answer = async (...args: Parameters<typeof batch>) => produce(client, 't', 0, await batch(...args));
  for (let i = 0; i < 6; i++) expect(await answer(2 * i)).toEqual({ error: 0, baseOffset: 2 * i });
  // Repeats are answered like the first time; what is older than five is out of order, as is a gap.
  expect(await answer(10)).toEqual({ error: 0, baseOffset: 10 });
  expect(await answer(2)).toEqual({ error: 0, baseOffset: 2 });
  expect(await answer(0)).toEqual({ error: 45, baseOffset: -1 });
  expect(await answer(14)).toEqual({ error: 45, baseOffset: -1 });
  expect(await answer(10, 1)).toEqual({ error: 45, baseOffset: -1 });
  expect(await answer(12)).toEqual({ error: 0, baseOffset: 12 });
  // A new epoch begins with 0, and ends the old one.
  expect((await answer(1, 2, 1)).error).toBe(45);
  expect(await answer(0, 2, 1)).toEqual({ error: 0, baseOffset: 14 });
  expect((await answer(14)).error).toBe(47);
  // Of a producer that is not known, anything is taken.
  expect(
    (await produce(client, 't', 0, await batchOf([{ value: 'x' }], { id: 8n, epoch: 3, sequence: 99 }))).error,
  ).toBe(0);
  expect((await fetchFrom(client, 't', 0, 0)).highWatermark).toBe(17);
});

it('gives no more bytes than were asked for, but a batch at least', async () => {
  const client = rawClient((await server()).port);
  await createTopic(client, 't', 1);
  const batch = await batchOf([{ value: 'x'.repeat(1000) }]);
  for (let i = 0; i < 200; i++) await produce(client, 't', 0, batch);
  const offsets = async (offset: number, partitionBytes: number) =>
    baseOffsets((await fetchFrom(client, 't', 0, offset, { partitionBytes })).records);
  expect(await offsets(3, 1)).toEqual([3]);
  expect(await offsets(3, 2 * batch.length)).toEqual([3, 4]);
  expect(await offsets(4, 2 * batch.length + 5)).toEqual([4, 5]);
  // Across the borders of what lies in one piece.
  const all: number[] = [];
  while (all.length < 200) all.push(...(await offsets(all.length, 7 * batch.length)));
  expect(all).toEqual(Array.from({ length: 200 }, (_, i) => i));
  expect(await offsets(0, 10_000_000)).toEqual(all);
  expect((await fetchFrom(client, 't', 0, 201)).error).toBe(1);
  expect((await fetchFrom(client, 't', 0, -5)).error).toBe(1);
  expect((await fetchFrom(client, 'u', 0, 0)).error).toBe(3);
});

it('waits for records as long as it is asked to', async () => {
  const { port } = await server();
  const [writer, reader] = [rawClient(port), rawClient(port)];
  await createTopic(writer, 't', 1);
  const batch = await batchOf([{ value: 'x' }]);
  const waiting = fetchFrom(reader, 't', 0, 0, { maxWaitMs: 30_000, minBytes: batch.length + 1 });
  await produce(writer, 't', 0, batch);
  let over = false;
  void waiting.then(() => {
    over = true;
  });
  // One batch is too little.
  await produce(writer, 't', 9, batch);
  expect(over).toBe(false);
  await produce(writer, 't', 0, batch);
  expect(baseOffsets((await waiting).records)).toEqual([0, 1]);
  expect((await fetchFrom(reader, 't', 0, 2, { maxWaitMs: 5 })).records.length).toBe(0);
  // Whoever waits for a topic that is deleted is told.
  const orphaned = fetchFrom(reader, 't', 0, 2, { maxWaitMs: 30_000 });
  await writer.ask(20, 1, new ProtocolWriter().int32(1).string('t').int32(1000).take());
  expect((await orphaned).error).toBe(3);
});
