import { IotloadError } from '../../../core/errors.ts';
import { compressionNames, loadCodec } from '../../../wire/kafka/compression.ts';
import { BatchField } from '../../../wire/kafka/record-batch.ts';
import { VarintReader } from '../../../wire/kafka/varint.ts';
import { int64At } from './int64.ts';

/** Most bytes that the records of one batch may make when they are decompressed. */
const MAX_DECOMPRESSED = 64 * 1024 * 1024;

/** A record of a batch, as places in bytes. */
export interface LogRecord {
  bytes: Uint8Array;
  /** Where it begins, with its length. */
  start: number;
  /** Milliseconds behind the batch's base timestamp. */
  timestampDelta: number;
  offsetDelta: number;
  /** Where its key begins, with its length: what follows says nothing of its batch. */
  tailStart: number;
  /** −1 for no key. */
  keyLength: number;
  keyStart: number;
  /** −1 for no value. */
  valueLength: number;
  valueStart: number;
  end: number;
}

/**
 * The records of one batch, decompressed.
 * @throws IotloadError `target-refused` where they cannot be read
 */
export async function recordsOf(batch: Uint8Array): Promise<LogRecord[]> {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  const name = compressionNames[view.getInt16(BatchField.attributes) & 7];
  if (name === undefined) throw unreadable();
  const packed = batch.subarray(BatchField.records);
  const bytes = name === 'none' ? packed : (await loadCodec(name)).decompress(packed, MAX_DECOMPRESSED);
  const reader = new VarintReader();
  const records: LogRecord[] = [];
  for (let left = view.getInt32(BatchField.count); left > 0; left--) records.push(readRecord(bytes, reader));
  if (reader.at !== bytes.length) throw unreadable();
  return records;
}

/** The first record of a batch with a timestamp of at least `timestamp`, ms; the last one where the batch's header promises too much. */
export async function firstSince(batch: Uint8Array, timestamp: number): Promise<{ timestamp: number; offset: number }> {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  const [baseOffset, base] = [int64At(view, BatchField.baseOffset), int64At(view, BatchField.baseTimestamp)];
  const records = await recordsOf(batch);
  const found =
    records.find(({ timestampDelta }) => base + timestampDelta >= timestamp) ?? (records.at(-1) as LogRecord);
  return { timestamp: base + found.timestampDelta, offset: baseOffset + found.offsetDelta };
}

/** A view of the key; null for none. */
export function keyOf({ bytes, keyStart, keyLength }: LogRecord): Buffer | null {
  return keyLength < 0 ? null : Buffer.from(bytes.buffer, bytes.byteOffset + keyStart, keyLength);
}

/** A view of the value; empty for none. */
export function payloadOf({ bytes, valueStart, valueLength }: LogRecord): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + valueStart, Math.max(0, valueLength));
}

function readRecord(bytes: Uint8Array, reader: VarintReader): LogRecord {
  const start = reader.at;
  const length = reader.varint(bytes, bytes.length);
  const end = reader.at + length;
  if (reader.at < 0 || length < 1 || end > bytes.length) throw unreadable();
  reader.at++;
  const timestampDelta = reader.varlong(bytes, end);
  const offsetDelta = reader.varint(bytes, end);
  const tailStart = reader.at;
  const keyLength = reader.varint(bytes, end);
  const keyStart = reader.at;
  step(reader, keyLength, end);
  const valueLength = reader.varint(bytes, end);
  const valueStart = reader.at;
  step(reader, valueLength, end);
  reader.at = end;
  return { bytes, start, timestampDelta, offsetDelta, tailStart, keyLength, keyStart, valueLength, valueStart, end };
}

function step(reader: VarintReader, length: number, end: number): void {
  if (reader.at < 0 || length > end - reader.at) throw unreadable();
  reader.at += Math.max(0, length);
}

function unreadable(): IotloadError {
  return new IotloadError('target-refused', 'the records of a batch cannot be read');
}
