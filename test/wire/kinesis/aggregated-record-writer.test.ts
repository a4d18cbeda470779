import aggregation, { type UserRecord } from 'aws-kinesis-agg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AggregatedRecordReader } from '../../../src/wire/kinesis/aggregated-record-reader.ts';
import { AggregatedRecordWriter } from '../../../src/wire/kinesis/aggregated-record-writer.ts';
import { createUserRecords } from '../../../src/wire/kinesis/user-records.ts';
import { batchOf, type KeyedEvent } from './keyed-events.ts';
import { textsOf } from './user-record-texts.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const CAPACITY = 25 * 1024;

function written(events: readonly KeyedEvent[], hashKey: Uint8Array | null = null): Buffer {
  const writer = new AggregatedRecordWriter(CAPACITY);
  writer.reset(hashKey);
  const batch = batchOf(events);
  for (const i of events.keys()) expect(writer.append(batch, i)).toBe(true);
  expect(writer.count).toBe(events.length);
  const record = writer.finish();
  expect(writer.length).toBe(record.length);
  return Buffer.from(record);
}

/** As AWS's own library takes it apart, its MD5 checked. */
function apart(record: Buffer): UserRecord[] {
  let found: UserRecord[] | undefined;
  const lambda = { kinesisSchemaVersion: '1.0', approximateArrivalTimestamp: 0, partitionKey: 'outer' };
  const one = { ...lambda, sequenceNumber: '1', data: record.toString('base64') };
  aggregation.deaggregateSync(one, true, (error, records) => {
    if (error !== null && error !== undefined) throw error;
    found = records;
  });
  return found ?? [];
}

/** As AWS's own library puts it together. */
function together(all: readonly KeyedEvent[]): Promise<Buffer> {
  const records = all.map(({ key, data }) => ({ partitionKey: key, data: Buffer.from(data) }));
  return new Promise((resolve, reject) => {
    aggregation.aggregate(records, ({ data }) => resolve(data), () => {}, reject); // biome-ignore format: as a row
  });
}

const events = fc.array(
  fc.record({
    key: fc.oneof(fc.constantFrom('a', 'b', 'dev-1'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })),
    data: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('AggregatedRecordWriter', () => {
  it('writes these bytes', () => {
    const one = { key: 'dev-1', data: text('{"a":1}') };
    const message =
      // explicit hash key
      '12' + '02' + '3137' +
      // partition key, record: index of the key, of the hash key, data
      '0a' + '05' + '6465762d31' +
      '1a' + '0d' + '0800' + '1000' + '1a07' + '7b2261223a317d' +
      // the key is known
      '1a' + '0d' + '0800' + '1000' + '1a07' + '7b2261223a317d' +
      '0a' + '01' + '78' +
      '1a' + '06' + '0801' + '1000' + '1a00'; // biome-ignore format: a field a row
    const record = written([one, one, { key: 'x', data: text('') }], text('17'));
    expect(record.toString('hex')).toBe(`f3899ac2${message}296d9929774f3abda3c66a01d6ef5bd2`);
  });

  it('is taken apart by the library of AWS', () => {
    fc.assert(
      fc.property(events, fc.boolean(), (all, hashed) => {
        const found = apart(written(all, hashed ? text('340282366920938463463374607431768211455') : null));
        expect(found.map(({ partitionKey, data }) => [partitionKey, data])).toEqual(
          all.map(({ key, data }) => [key, Buffer.from(data).toString('base64')]),
        );
        for (const { explicitPartitionKey } of found) {
          expect(explicitPartitionKey ?? null).toBe(hashed ? '340282366920938463463374607431768211455' : null);
        }
      }),
    );
  });

  it('is taken apart by our own reader', () => {
    const [reader, records] = [new AggregatedRecordReader(), createUserRecords(1)];
    fc.assert(
      fc.property(events, fc.boolean(), (all, hashed) => {
        records.count = 0;
        records.bytes = written(all, hashed ? text('17') : null);
        expect(reader.read(records, 0, records.bytes.length)).toBe(true);
        expect(textsOf(records)).toEqual(all.map(({ key, data }) => [key, Buffer.from(data).toString('latin1')]));
      }),
    );
  });

  it('is as long as what the library of AWS writes', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (all) => {
        // The library keeps keys as members of an object, and so takes this one for known.
        fc.pre(all.every(({ key }) => key !== '__proto__'));
        expect(written(all).length).toBe((await together(all)).length);
      }),
    );
  });

  it('fills its capacity and no more, and can begin anew', () => {
    const writer = new AggregatedRecordWriter(1024);
    const batch = batchOf(Array.from({ length: 100 }, (_, i) => ({ key: `device-${i}`, data: new Uint8Array(100) })));
    for (let round = 0; round < 3; round++) {
      writer.reset(null);
      let taken = 0;
      while (writer.append(batch, taken)) taken++;
      // Each: 2 and 8 of the key, 6 and 100 of the record.
      expect(taken).toBe(Math.floor((1024 - 20) / (2 + 8 + 6 + 100)));
      expect(apart(writer.finish())).toHaveLength(taken);
      expect(writer.dataBytes).toBe(100 * taken);
      const { bytes, firstKeyStart, firstKeyEnd } = writer;
      expect(bytes.toString('latin1', firstKeyStart, firstKeyEnd)).toBe('device-0');
    }
  });

  it('takes not even one that has no room', () => {
    const writer = new AggregatedRecordWriter(1024);
    writer.reset(null);
    expect(writer.append(batchOf([{ key: 'a', data: new Uint8Array(1024) }]), 0)).toBe(false);
    expect(writer.count).toBe(0);
    // 1024 less magic, MD5, the key, and the tags and lengths of the record.
    const most = 1024 - 20 - 3 - 8;
    expect(writer.append(batchOf([{ key: 'a', data: new Uint8Array(most + 1) }]), 0)).toBe(false);
    expect(writer.append(batchOf([{ key: 'a', data: new Uint8Array(most) }]), 0)).toBe(true);
    expect(writer.finish()).toHaveLength(1024);
  });

  it('has room for more keys than it remembers', () => {
    const writer = new AggregatedRecordWriter(1024 * 1024);
    writer.reset(null);
    const all = Array.from({ length: 5000 }, (_, i) => ({ key: `${i % 2500}`, data: text(`${i}`) }));
    const batch = batchOf(all);
    for (const i of all.keys()) expect(writer.append(batch, i)).toBe(true);
    expect(apart(writer.finish()).map(({ partitionKey }) => partitionKey)).toEqual(all.map(({ key }) => key));
  });
});
