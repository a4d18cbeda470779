import { expect, it } from 'vitest';
import { batchOf, loosen, looseRecord, withRecords } from '../../../../src/brokers/kafka/faults/batch-editor.ts';
import { keyOf, type LogRecord, payloadOf, recordsOf } from '../../../../src/brokers/kafka/log/batch-records.ts';
import { checkBatch } from '../../../../src/brokers/kafka/log/check-batch.ts';
import { crc32cInJs } from '../../../../src/wire/kafka/crc32c.ts';
import { BatchField } from '../../../../src/wire/kafka/record-batch.ts';
import { kafkajsBatch } from '../../../wire/kafka/record-batches.ts';
import { batchOf as rawBatch } from '../raw-client.ts';

const rules = { maxBytes: 10_000, version: 7, crc32c: crc32cInJs };

/** What a broker would read of it, which has to take it as a producer's. */
async function readBack(made: Uint8Array) {
  const batch = Buffer.from(made.buffer, made.byteOffset, made.length);
  expect(checkBatch(batch, new DataView(batch.buffer, batch.byteOffset, batch.length), rules)).toBe(0);
  const base = Number(batch.readBigInt64BE(BatchField.baseTimestamp));
  return (await recordsOf(batch)).map((record) => ({
    offset: record.offsetDelta,
    timestamp: base + record.timestampDelta,
    key: keyOf(record)?.toString() ?? null,
    value: payloadOf(record).toString(),
    // Headers: what is left of the record.
    rest: Buffer.from(record.bytes.subarray(record.valueStart + Math.max(0, record.valueLength), record.end)).toString(
      'hex',
    ),
  }));
}

it('leaves records out without a hole, uncompressed, and with the numbers of their producer', async () => {
  const gzip = await kafkajsBatch({
    records: ['a', 'b', 'c', 'd'].map((value, offset) => ({ offset, key: `k${offset}`, value, headers: { h: '1' } })),
    gzip: true,
    producerId: 77,
  });
  gzip.writeInt32BE(5, BatchField.baseSequence);
  const before = Buffer.from(gzip);
  const [, b, , d] = (await recordsOf(gzip)) as [LogRecord, LogRecord, LogRecord, LogRecord];
  const left = Buffer.from(withRecords(gzip, [b, d], crc32cInJs));
  const base = Number(gzip.readBigInt64BE(BatchField.baseTimestamp));
  expect(await readBack(left)).toEqual([
    { offset: 0, timestamp: base + 1001, key: 'k1', value: 'b', rest: '0202680231' },
    { offset: 1, timestamp: base + 1003, key: 'k3', value: 'd', rest: '0202680231' },
  ]);
  expect(left.readInt16BE(BatchField.attributes)).toBe(0);
  expect(left.readBigInt64BE(BatchField.producerId)).toBe(77n);
  expect(left.readInt32BE(BatchField.baseSequence)).toBe(5);
  expect(gzip).toEqual(before);
});

it('makes a batch of nobody, from the earliest timestamp on', async () => {
  const key = Buffer.from('key');
  const made = Buffer.from(
    batchOf(
      [
        looseRecord(1_700_000_000_900, key, Buffer.from('late')),
        looseRecord(1_700_000_000_000, null, Buffer.alloc(0)),
        // A difference of more than 32 bits.
        looseRecord(1_800_000_000_000, Buffer.alloc(0), Buffer.from('é')),
      ],
      crc32cInJs,
    ),
  );
  expect(await readBack(made)).toEqual([
    { offset: 0, timestamp: 1_700_000_000_900, key: 'key', value: 'late', rest: '00' },
    { offset: 1, timestamp: 1_700_000_000_000, key: null, value: '', rest: '00' },
    { offset: 2, timestamp: 1_800_000_000_000, key: '', value: 'é', rest: '00' },
  ]);
  expect(made.readBigInt64BE(BatchField.maxTimestamp)).toBe(1_800_000_000_000n);
  expect(made.readBigInt64BE(BatchField.producerId)).toBe(-1n);
  expect(made.readInt16BE(BatchField.producerEpoch)).toBe(-1);
  expect(made.readInt32BE(BatchField.baseSequence)).toBe(-1);
});

it('copies a record out of its batch with all that belongs to it', async () => {
  const batch = await kafkajsBatch({ records: [{ offset: 0, key: 'k', value: 'v', headers: { h: '1' } }] });
  const [record] = (await recordsOf(batch)) as [LogRecord];
  const base = Number(batch.readBigInt64BE(BatchField.baseTimestamp));
  const loose = loosen(batch, record);
  batch.fill(0xff);
  expect(await readBack(batchOf([loose], crc32cInJs))).toEqual([
    { offset: 0, timestamp: base + 1000, key: 'k', value: 'v', rest: '0202680231' },
  ]);
});

it('keeps the batch of another maker as it is when all its records are kept', async () => {
  const batch = await rawBatch([{ key: 'k', value: 'one' }, { value: 'two' }], { id: 3n, epoch: 1, sequence: 9 });
  expect(Buffer.from(withRecords(batch, await recordsOf(batch), crc32cInJs))).toEqual(Buffer.from(batch));
});
