import { describe, expect, it } from 'vitest';
import { firstSince, keyOf, payloadOf, recordsOf } from '../../../../src/brokers/kafka/log/batch-records.ts';
import { compressionNames, loadCodec } from '../../../../src/wire/kafka/compression.ts';
import { BatchField } from '../../../../src/wire/kafka/record-batch.ts';
import { kafkajsBatch } from '../../../wire/kafka/record-batches.ts';
import { batchOf } from '../raw-client.ts';

/** Whatever follows the header, `count` times. */
function batchWith(count: number, records: Uint8Array, attributes = 0): Buffer {
  const batch = Buffer.concat([Buffer.alloc(BatchField.records), records]);
  batch.writeInt16BE(attributes, BatchField.attributes);
  batch.writeInt32BE(count, BatchField.count);
  return batch;
}

describe('the records of a batch', () => {
  it.each(compressionNames)(
    'are found by their places, with headers and without a key or a value: %s',
    async (name) => {
      const plain = await kafkajsBatch({
        records: [
          { offset: 0, key: 'k', value: 'one', headers: { h: 'x' } },
          { offset: 1, key: null, value: 'two' },
          { offset: 3, key: '', value: null },
        ],
      });
      const codec = await loadCodec(name);
      const packed = batchWith(3, codec.compress(plain.subarray(BatchField.records)), codec.id);
      const records = await recordsOf(packed);
      expect(records.map((record) => [keyOf(record)?.toString() ?? null, payloadOf(record).toString()])).toEqual([
        ['k', 'one'],
        [null, 'two'],
        ['', ''],
      ]);
      expect(records.map(({ offsetDelta, timestampDelta }) => [offsetDelta, timestampDelta])).toEqual([
        [0, 1000],
        [1, 1001],
        [3, 1003],
      ]);
      expect(records.map(({ keyLength, valueLength }) => [keyLength, valueLength])).toEqual([
        [1, 3],
        [-1, 3],
        [0, -1],
      ]);
      // One behind the other, from the first byte on.
      expect(records.map(({ start }) => start)).toEqual([0, records[0]?.end, records[1]?.end]);
      expect(records.at(-1)?.end).toBe(records[0]?.bytes.length);
    },
  );

  it('are looked for in time by their own timestamps', async () => {
    const batch = await kafkajsBatch({ records: [5, 6, 8].map((offset) => ({ offset, key: null, value: 'v' })) });
    const base = Number(batch.readBigInt64BE(BatchField.baseTimestamp));
    expect(await firstSince(batch, 0)).toEqual({ timestamp: base + 1005, offset: 5 });
    expect(await firstSince(batch, base + 1006)).toEqual({ timestamp: base + 1006, offset: 6 });
    expect(await firstSince(batch, base + 1007)).toEqual({ timestamp: base + 1008, offset: 8 });
    expect(await firstSince(batch, base + 9999)).toEqual({ timestamp: base + 1008, offset: 8 });
  });

  // length:varint attributes:i8 timestampDelta:varlong offsetDelta:varint key value headers
  const record = [14, 0, 0, 0, 1, 2, 0x76, 0];
  it.each<[string, Buffer]>([
    ['one more is promised than is there', batchWith(2, Buffer.from(record))],
    ['bytes are left behind the last', batchWith(1, Buffer.from([...record, 0]))],
    ['a record reaches beyond the end', batchWith(1, Buffer.from([16, ...record.slice(1)]))],
    ['a record has no length', batchWith(1, Buffer.from([0]))],
    ['a length is below zero', batchWith(1, Buffer.from([1, ...record.slice(1)]))],
    ['a value reaches beyond its record', batchWith(1, Buffer.from([14, 0, 0, 0, 1, 6, 0x76, 0]))],
    ['a key reaches beyond its record', batchWith(1, Buffer.from([14, 0, 0, 0, 10, 2, 0x76, 0]))],
    ['a number does not end', batchWith(1, Buffer.from([8, 0, 0x80, 0x80, 0x80]))],
    ['the codec is none', batchWith(1, Buffer.from(record), 5)],
  ])('are refused where %s', async (_, batch) => {
    await expect(recordsOf(batch)).rejects.toMatchObject({ code: 'target-refused' });
  });

  it('are read where nothing is wrong with such bytes', async () => {
    const [only] = await recordsOf(batchWith(1, Buffer.from(record)));
    expect(only).toMatchObject({ start: 0, end: 8, tailStart: 4, keyLength: -1, valueStart: 6, valueLength: 1 });
  });

  it('lie in the bytes of the batch where nothing compresses them', async () => {
    const batch = await batchOf([{ key: 'k', value: 'abc' }]);
    for (const found of await recordsOf(batch)) payloadOf(found).write('x');
    expect(payloadOf((await recordsOf(batch))[0] as never).toString()).toBe('xbc');
  });
});
