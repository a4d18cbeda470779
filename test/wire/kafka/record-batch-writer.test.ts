import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventBatch, type EventBatch } from '../../../src/core/event-batch.ts';
import { crc32cInJs } from '../../../src/wire/kafka/crc32c.ts';
import { BatchField } from '../../../src/wire/kafka/record-batch.ts';
import { loneRecordBytes, RecordBatchWriter } from '../../../src/wire/kafka/record-batch-writer.ts';
import {
  type DecodedBatch,
  decodeBatch,
  KafkajsDecoder,
  kafkajsBatch,
  kafkajsLong,
  kafkajsRecord,
} from './kafkajs-internals.ts';

interface Event {
  key: Uint8Array;
  id: Uint8Array;
  value: Uint8Array;
  at: number;
}

function put(batch: EventBatch, { key, id, value }: Event): number {
  const i = batch.count++;
  batch.starts[i] = batch.end;
  batch.bytes.set(key, batch.end);
  batch.identities[i] = batch.end += key.length;
  batch.bytes.set(id, batch.end);
  batch.payloads[i] = batch.end += id.length;
  batch.bytes.set(value, batch.end);
  batch.ends[i] = batch.end += value.length;
  return i;
}

function batchOf(events: readonly Event[]): EventBatch {
  const batch = createEventBatch(events.length, 256 * 1024);
  for (const event of events) put(batch, event);
  return batch;
}

/** All of them, sealed and stamped, behind `start` bytes that are somebody else's. */
function written(events: readonly Event[], start = 8): Uint8Array {
  const writer = new RecordBatchWriter(start);
  writer.reset(new Uint8Array(512 * 1024).fill(0xee));
  const batch = batchOf(events);
  for (const [i, { at }] of events.entries()) expect(writer.append(batch, i, at)).toBe(true);
  writer.seal(null);
  writer.stamp(9_007_199_254_740_993n, 3, 70_000, crc32cInJs);
  expect(writer.count).toBe(events.length);
  expect(writer.bytes.subarray(0, start).every((byte) => byte === 0xee)).toBe(true);
  expect(writer.bytes[start + writer.length]).toBe(0xee);
  return writer.bytes.subarray(start, start + writer.length);
}

async function kafkajsOf(events: readonly Event[]): Promise<Uint8Array> {
  const base = (events[0] as Event).at;
  const { buffer } = await kafkajsBatch({
    firstTimestamp: kafkajsLong.fromValue(base),
    maxTimestamp: kafkajsLong.fromValue(Math.max(...events.map(({ at }) => at))),
    partitionLeaderEpoch: -1,
    lastOffsetDelta: events.length - 1,
    producerId: kafkajsLong.fromValue('9007199254740993'),
    producerEpoch: 3,
    firstSequence: 70_000,
    records: events.map(({ key, id, value, at }, offsetDelta) =>
      kafkajsRecord({
        offsetDelta,
        timestampDelta: at - base,
        key: key.length === 0 ? null : Buffer.from(key),
        value: Buffer.from(value),
        headers: id.length === 0 ? {} : { 'iotload-id': Buffer.from(id) },
      }),
    ),
  });
  return buffer;
}

const decode = (bytes: Uint8Array): Promise<DecodedBatch> => decodeBatch(new KafkajsDecoder(Buffer.from(bytes)));

const event = fc.record({
  key: fc.uint8Array({ maxLength: 90 }),
  id: fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ minLength: 1, maxLength: 90 })),
  value: fc.uint8Array({ maxLength: 300 }),
  at: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
});
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const one: Event = { key: text('dev-1'), id: text('abc'), value: text('{"a":1}'), at: 1_700_000_000_123 };

describe('RecordBatchWriter', () => {
  it('writes these bytes', () => {
    expect(Buffer.from(written([one, { ...one, id: new Uint8Array(0), at: one.at + 64 }])).toString('hex')).toBe(
      // base offset, length, leader epoch, magic, CRC
      '0000000000000000' +
        '00000067' +
        'ffffffff' +
        '02' +
        '7737f193' +
        // attributes, last offset delta, timestamps
        '0000' +
        '00000001' +
        '0000018bcfe5687b' +
        '0000018bcfe568bb' +
        // producer, epoch, sequence, count
        '0020000000000001' +
        '0003' +
        '00011170' +
        '00000002' +
        // length, attributes, deltas, key, value, one header
        '42' +
        '00' +
        '00' +
        '00' +
        '0a6465762d31' +
        '0e7b2261223a317d' +
        '02' +
        '14696f746c6f61642d6964' +
        '06616263' +
        '26' +
        '00' +
        '8001' +
        '02' +
        '0a6465762d31' +
        '0e7b2261223a317d' +
        '00',
    );
  });

  it('writes what kafkajs writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 20 }), fc.nat(100), async (events, start) => {
        expect(Buffer.from(written(events, start)).toString('hex')).toBe(
          Buffer.from(await kafkajsOf(events)).toString('hex'),
        );
      }),
    );
  });

  it('is read by kafkajs, hundreds of records at once', async () => {
    const events = Array.from({ length: 700 }, (_, i) => ({ ...one, value: text(`value ${i}`), at: one.at + i }));
    const { records, firstTimestamp, maxTimestamp, lastOffsetDelta, ...batch } = await decode(written(events));
    expect({ firstTimestamp, maxTimestamp, lastOffsetDelta }).toEqual({
      firstTimestamp: `${one.at}`,
      maxTimestamp: `${one.at + 699}`,
      lastOffsetDelta: 699,
    });
    expect(batch).toMatchObject({ producerId: '9007199254740993', producerEpoch: 3, firstSequence: 70_000 });
    expect(records.map(({ value }) => `${value}`)).toEqual(events.map((_, i) => `value ${i}`));
    expect(records[699]).toMatchObject({ offset: '699', timestamp: `${one.at + 699}`, key: Buffer.from('dev-1') });
    expect(records[5]?.headers).toEqual({ 'iotload-id': Buffer.from('abc') });
  });

  it('has no key where the address is empty, and keeps an empty payload', async () => {
    const { records } = await decode(written([{ ...one, key: new Uint8Array(0), value: new Uint8Array(0) }]));
    expect(records[0]).toMatchObject({ key: null, value: Buffer.alloc(0) });
  });

  it('takes what fits exactly, and changes nothing where it does not', () => {
    fc.assert(
      fc.property(event, (first) => {
        const batch = batchOf([first]);
        const bytes = loneRecordBytes(batch, 0);
        const writer = new RecordBatchWriter(4);
        writer.reset(new Uint8Array(4 + bytes - 1));
        expect(writer.append(batch, 0, first.at)).toBe(false);
        expect([writer.count, writer.length]).toEqual([0, BatchField.records]);
        writer.move(new Uint8Array(4 + bytes));
        expect(writer.append(batch, 0, first.at)).toBe(true);
        expect([writer.count, writer.length]).toEqual([1, bytes]);
        expect(writer.append(batch, 0, first.at)).toBe(false);
        expect([writer.count, writer.length]).toEqual([1, bytes]);
      }),
    );
  });

  it('goes on in longer bytes', async () => {
    const batch = batchOf([one]);
    const writer = new RecordBatchWriter();
    writer.reset(new Uint8Array(200));
    for (let i = 0; i < 50; i++) {
      if (writer.append(batch, 0, one.at + i)) continue;
      writer.move(new Uint8Array(2 * writer.bytes.length));
      expect(writer.append(batch, 0, one.at + i)).toBe(true);
    }
    writer.seal(null);
    writer.stamp(-1n, -1, -1, crc32cInJs);
    const { records } = await decode(writer.bytes.subarray(0, writer.length));
    expect(records.map(({ timestamp }) => Number(timestamp))).toEqual(Array.from({ length: 50 }, (_, i) => one.at + i));
  });

  it('takes timestamps that go back', async () => {
    const { records, maxTimestamp } = await decode(written([one, { ...one, at: one.at - 5_000_000_000 }]));
    expect(records[1]?.timestamp).toBe(`${one.at - 5_000_000_000}`);
    expect(maxTimestamp).toBe(`${one.at}`);
  });

  it('replaces the records by what the codec makes of them, and can be stamped again', () => {
    const batch = batchOf([one]);
    const writer = new RecordBatchWriter(8);
    writer.reset(new Uint8Array(1000));
    writer.append(batch, 0, one.at);
    const plain = writer.bytes.slice(8 + BatchField.records, 8 + writer.length);
    let given = new Uint8Array(0);
    const compress = (records: Uint8Array): Uint8Array => {
      given = records.slice();
      return Uint8Array.of(1, 2, 3);
    };
    writer.seal({ id: 4, compress });
    expect(given).toEqual(plain);
    writer.stamp(-1n, -1, -1, crc32cInJs);
    const first = writer.bytes.slice();
    writer.stamp(5n, 0, 1, crc32cInJs);
    writer.stamp(-1n, -1, -1, crc32cInJs);
    expect(writer.bytes).toEqual(first);
    expect(writer.length).toBe(BatchField.records + 3);
    expect(first.subarray(8 + BatchField.records)).toEqual(Uint8Array.of(1, 2, 3));
    expect(writer.view.getInt16(8 + BatchField.attributes)).toBe(4);
    expect(writer.view.getInt32(8 + BatchField.length)).toBe(BatchField.records + 3 - 12);
    expect(writer.view.getInt32(8 + BatchField.count)).toBe(1);
    expect(writer.view.getUint32(8 + BatchField.crc)).toBe(crc32cInJs(first, 8 + BatchField.attributes, first.length));
  });
});
