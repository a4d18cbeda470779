import type { Crc32c } from '../../../wire/kafka/crc32c.ts';
import { BatchField, MAGIC } from '../../../wire/kafka/record-batch.ts';
import { varintBytes, varlongBytes, writeVarint, writeVarlong } from '../../../wire/kafka/varint.ts';
import type { LogRecord } from '../log/batch-records.ts';
import { int64At, setInt64At } from '../log/int64.ts';

const COMPRESSION_BITS = 0x07;

/** A record on its own, in bytes of its own. */
export interface LooseRecord {
  /** ms. */
  timestamp: number;
  /** From the length of its key on. */
  tail: Uint8Array;
}

/** Copies a record out of its batch. */
export function loosen(batch: Uint8Array, { bytes, timestampDelta, tailStart, end }: LogRecord): LooseRecord {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  return { timestamp: int64At(view, BatchField.baseTimestamp) + timestampDelta, tail: bytes.slice(tailStart, end) };
}

/** A record that nobody produced, without headers; `key` null for none. */
export function looseRecord(timestamp: number, key: Uint8Array | null, value: Uint8Array): LooseRecord {
  const keyLength = key?.length ?? 0;
  const tail = new Uint8Array(varintBytes(keyLength) + keyLength + varintBytes(value.length) + value.length + 1);
  let at = writeVarint(tail, 0, key === null ? -1 : keyLength);
  if (key !== null) tail.set(key, at);
  at = writeVarint(tail, at + keyLength, value.length);
  tail.set(value, at);
  return { timestamp, tail };
}

/**
 * The batch with no other records than these, which are its own, uncompressed. Its offsets and sequences stay as they were: those of the
 * records that are missing are empty, as compaction would leave them.
 */
export function withRecords(batch: Uint8Array, records: readonly LogRecord[], crc32c: Crc32c): Uint8Array {
  const parts = records.map(({ bytes, start, end }) => bytes.subarray(start, end));
  const out = Buffer.concat([batch.subarray(0, BatchField.records), ...parts]);
  const view = new DataView(out.buffer, out.byteOffset, out.length);
  view.setInt16(BatchField.attributes, view.getInt16(BatchField.attributes) & ~COMPRESSION_BITS);
  return seal(out, view, records.length, crc32c);
}

/** A batch of a producer without identity. */
export function batchOf(records: readonly LooseRecord[], crc32c: Crc32c): Uint8Array {
  const base = Math.min(...records.map(({ timestamp }) => timestamp));
  const parts = records.map(({ timestamp, tail }, i) => {
    const length = 1 + varlongBytes(timestamp - base) + varintBytes(i) + tail.length;
    const part = new Uint8Array(varintBytes(length) + length);
    // Behind the length, the attributes: none.
    const at = writeVarint(part, 0, length) + 1;
    part.set(tail, writeVarint(part, writeVarlong(part, at, timestamp - base), i));
    return part;
  });
  const out = Buffer.concat([new Uint8Array(BatchField.records), ...parts]);
  const view = new DataView(out.buffer, out.byteOffset, out.length);
  view.setInt8(BatchField.magic, MAGIC);
  view.setInt32(BatchField.lastOffsetDelta, records.length - 1);
  setInt64At(view, BatchField.baseTimestamp, base);
  setInt64At(view, BatchField.maxTimestamp, Math.max(...records.map(({ timestamp }) => timestamp)));
  setInt64At(view, BatchField.producerId, -1);
  view.setInt16(BatchField.producerEpoch, -1);
  view.setInt32(BatchField.baseSequence, -1);
  return seal(out, view, records.length, crc32c);
}

function seal(batch: Uint8Array, view: DataView, count: number, crc32c: Crc32c): Uint8Array {
  view.setInt32(BatchField.length, batch.length - BatchField.leaderEpoch);
  view.setInt32(BatchField.count, count);
  view.setUint32(BatchField.crc, crc32c(batch, BatchField.attributes, batch.length));
  return batch;
}
