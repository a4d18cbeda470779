import { expect, it } from 'vitest';
import { checkBatch } from '../../../../src/brokers/kafka/log/check-batch.ts';
import { crc32cInJs } from '../../../../src/wire/kafka/crc32c.ts';
import { ErrorCode } from '../../../../src/wire/kafka/error-codes.ts';
import { BatchField } from '../../../../src/wire/kafka/record-batch.ts';
import { batchOf, sealed } from '../raw-client.ts';

const good = Buffer.from(await batchOf([{ key: 'k', value: 'one' }, { value: 'two' }]));

const check = (records: Buffer, { maxBytes = good.length, version = 7 } = {}) =>
  checkBatch(records, new DataView(records.buffer, records.byteOffset, records.length), {
    maxBytes,
    version,
    crc32c: crc32cInJs,
  });

async function changed(change: (bytes: Buffer) => void): Promise<Buffer> {
  const copy = Buffer.from(good);
  change(copy);
  return Buffer.from(await sealed(copy));
}

const attributes = (bits: number) => changed((bytes) => bytes.writeInt16BE(bits, BatchField.attributes));

it('takes one whole batch, of the allowed size exactly', () => {
  expect(check(good)).toBe(ErrorCode.none);
  expect(check(good, { maxBytes: good.length - 1 })).toBe(ErrorCode.messageTooLarge);
});

it.each<[string, number, (bytes: Buffer) => void]>([
  ['another magic', 87, (bytes) => bytes.writeInt8(1, BatchField.magic)],
  ['a length that is not its own', 87, (bytes) => bytes.writeInt32BE(bytes.length - 13, BatchField.length)],
  ['an offset of its own', 87, (bytes) => bytes.writeBigInt64BE(1n, BatchField.baseOffset)],
  ['no records', 87, (bytes) => bytes.fill(0, BatchField.count).writeInt32BE(-1, BatchField.lastOffsetDelta)],
  ['a last offset that does not fit its count', 87, (bytes) => bytes.writeInt32BE(2, BatchField.lastOffsetDelta)],
  ['a codec that nobody knows', 87, (bytes) => bytes.writeInt16BE(5, BatchField.attributes)],
  ['a transaction', 87, (bytes) => bytes.writeInt16BE(0x10, BatchField.attributes)],
  ['a control batch', 87, (bytes) => bytes.writeInt16BE(0x20, BatchField.attributes)],
  ['an identity without a sequence', 87, (bytes) => bytes.writeBigInt64BE(0n, BatchField.producerId)],
])('refuses %s', async (_, error, change) => {
  expect(check(await changed(change))).toBe(error);
});

it('refuses what is shorter than a header, or has bytes behind the batch', () => {
  expect(check(good.subarray(0, BatchField.records - 1))).toBe(ErrorCode.invalidRecord);
  expect(check(Buffer.concat([good, Buffer.alloc(1)]), { maxBytes: 1000 })).toBe(ErrorCode.invalidRecord);
});

it('finds a changed byte from the attributes on, and no other', () => {
  const flipped = (at: number) => {
    const copy = Buffer.from(good);
    copy[at] = (copy[at] as number) ^ 1;
    return check(copy);
  };
  expect(flipped(BatchField.leaderEpoch)).toBe(ErrorCode.none);
  for (const at of [BatchField.crc, BatchField.attributes + 1, BatchField.baseTimestamp, good.length - 1]) {
    expect(flipped(at)).toBe(ErrorCode.corruptMessage);
  }
});

it('takes Zstandard from the version on that has it, and the time of the broker', async () => {
  const zstd = await attributes(4);
  expect(check(zstd, { version: 6 })).toBe(ErrorCode.unsupportedCompression);
  expect(check(zstd, { version: 7 })).toBe(ErrorCode.none);
  expect(check(await attributes(3), { version: 3 })).toBe(ErrorCode.none);
  expect(check(await attributes(0x08))).toBe(ErrorCode.none);
});

it('names the first reason in the order of Apache Kafka', () => {
  const copy = Buffer.from(good);
  copy.writeBigInt64BE(1n, BatchField.baseOffset);
  copy.writeInt32BE(0, BatchField.crc);
  // Its size, then its offset, then its checksum, then its count.
  expect(check(copy, { maxBytes: 1 })).toBe(ErrorCode.messageTooLarge);
  expect(check(copy)).toBe(ErrorCode.invalidRecord);
  copy.writeBigInt64BE(0n, BatchField.baseOffset);
  copy.writeInt32BE(0, BatchField.count);
  expect(check(copy)).toBe(ErrorCode.corruptMessage);
});
