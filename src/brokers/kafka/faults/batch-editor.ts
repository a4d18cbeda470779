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
  // Not `slice`: of a Buffer, that is no copy.
  const tail = Uint8Array.from(bytes.subarray(tailStart, end));
  return { timestamp: int64At(view, BatchField.baseTimestamp) + timestampDelta, tail };
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
 * The batch with no other records than these, which are its own, uncompressed and numbered anew, so that its offsets have no holes: those
 * would say that something is missing. The producer's numbers stay as they were.
 */
export function withRecords(batch: Uint8Array, records: readonly LogRecord[], crc32c: Crc32c): Uint8Array {
  const parts = records.map(({ bytes, timestampDelta, tailStart, end }, i) =>
    encode(timestampDelta, i, bytes.subarray(tailStart, end)),
  );
  const out = Buffer.concat([batch.subarray(0, BatchField.records), ...parts]);
  const view = new DataView(out.buffer, out.byteOffset, out.length);
  view.setInt16(BatchField.attributes, view.getInt16(BatchField.attributes) & ~COMPRESSION_BITS);
  return seal(out, view, records.length, crc32c);
}

/** A batch of a producer without identity. */
export function batchOf(records: readonly LooseRecord[], crc32c: Crc32c): Uint8Array {
  const base = Math.min(...records.map(({ timestamp }) => timestamp));
  const parts = records.map(({ timestamp, tail }, i) => encode(timestamp - base, i, tail));
  const out = Buffer.concat([new Uint8Array(BatchField.records), ...parts]);
  const view = new DataView(out.buffer, out.byteOffset, out.length);
  view.setInt8(BatchField.magic, MAGIC);
  setInt64At(view, BatchField.baseTimestamp, base);
  setInt64At(view, BatchField.maxTimestamp, Math.max(...records.map(({ timestamp }) => timestamp)));
  setInt64At(view, BatchField.producerId, -1);
  view.setInt16(BatchField.producerEpoch, -1);
  view.setInt32(BatchField.baseSequence, -1);
  return seal(out, view, records.length, crc32c);
}

/** length:varint attributes:i8 timestampDelta:varlong offsetDelta:varint tail */
function encode(timestampDelta: number, offsetDelta: number, tail: Uint8Array): Uint8Array {
  const length = 1 + varlongBytes(timestampDelta) + varintBytes(offsetDelta) + tail.length;
  const record = new Uint8Array(varintBytes(length) + length);
  const at = writeVarlong(record, writeVarint(record, 0, length) + 1, timestampDelta);
  record.set(tail, writeVarint(record, at, offsetDelta));
  return record;
}

function seal(batch: Uint8Array, view: DataView, count: number, crc32c: Crc32c): Uint8Array {
  view.setInt32(BatchField.length, batch.length - BatchField.leaderEpoch);
  view.setInt32(BatchField.lastOffsetDelta, count - 1);
  view.setInt32(BatchField.count, count);
  view.setUint32(BatchField.crc, crc32c(batch, BatchField.attributes, batch.length));
  return batch;
}
