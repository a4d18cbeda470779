import type { EventBatch } from '../../core/event-batch.ts';
import type { CompressionCodec } from './compression.ts';
import type { Crc32c } from './crc32c.ts';
import { IDENTITY_HEADER } from './identity-header.ts';
import { BatchField, MAGIC } from './record-batch.ts';
import { varintBytes, varlongBytes, writeVarint, writeVarlong } from './varint.ts';

const HEADER_NAME = new TextEncoder().encode(IDENTITY_HEADER);
/** Below so many bytes four at a time is faster than a native copy, which needs an object. Measured. */
const SHORT = 80;

/** Bytes of a record that is alone in its batch, with the batch. */
export function loneRecordBytes(batch: EventBatch, i: number): number {
  const body = bodyBytes(batch, i, 0, 0);
  return BatchField.records + varintBytes(body) + body;
}

/**
 * Writes a record batch of version 2 in place. The batch begins at `start` of the bytes it is given, so that what a request has in front
 * of it can stand there too.
 *
 * record = length attributes timestamp-delta offset-delta key-length key value-length value headers; lengths and deltas are varints
 */
export class RecordBatchWriter {
  readonly #start: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #end = 0;
  #count = 0;
  #baseTimestamp = 0;
  #maxTimestamp = 0;

  constructor(start = 0) {
    this.#start = start;
  }

  /** Records so far. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of the batch so far, its header included. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** What it writes into. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get view(): DataView {
    return this.#view;
  }

  /** Timestamp of the first record. */
  get baseTimestamp(): number {
    return this.#baseTimestamp;
  }

  /** Begins an empty batch in `bytes`, which are at least `start` and a header long. */
  reset(bytes: Uint8Array): void {
    this.#take(bytes);
    this.#end = this.#start + BatchField.records;
    this.#count = 0;
  }

  /** Goes on in longer bytes. */
  move(bytes: Uint8Array): void {
    bytes.set(this.#bytes.subarray(0, this.#end));
    this.#take(bytes);
  }

  /** Appends event `i` of a batch as a record with a timestamp in milliseconds; false, and nothing has changed, where the bytes have no room. */
  append(batch: EventBatch, i: number, timestamp: number): boolean {
    const count = this.#count;
    if (count === 0) {
      this.#baseTimestamp = timestamp;
      this.#maxTimestamp = timestamp;
    }
    const delta = timestamp - this.#baseTimestamp;
    const body = bodyBytes(batch, i, delta, count);
    const out = this.#bytes;
    let at = this.#end;
    if (at + varintBytes(body) + body > out.length) return false;
    const start = batch.starts[i] as number;
    const identity = batch.identities[i] as number;
    const payload = batch.payloads[i] as number;
    const end = batch.ends[i] as number;
    at = writeVarint(out, at, body);
    out[at++] = 0;
    at = writeVarlong(out, at, delta);
    at = writeVarint(out, at, count);
    // No key is not an empty one: a compacted topic refuses the former and keeps one of the latter.
    at = writeVarint(out, at, identity === start ? -1 : identity - start);
    at = this.#copy(batch, start, identity, at);
    at = writeVarint(out, at, end - payload);
    at = this.#copy(batch, payload, end, at);
    if (payload === identity) {
      out[at++] = 0;
    } else {
      at = writeVarint(out, at, 1);
      at = writeVarint(out, at, HEADER_NAME.length);
      for (let j = 0; j < HEADER_NAME.length; j++) out[at++] = HEADER_NAME[j] as number;
      at = writeVarint(out, at, payload - identity);
      at = this.#copy(batch, identity, payload, at);
    }
    this.#end = at;
    this.#count = count + 1;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    return true;
  }

  /**
   * Writes everything of the header that is known when no record follows any more. With a codec, the batch goes on in bytes of its own, with
   * the records compressed.
   */
  seal(codec: Pick<CompressionCodec, 'id' | 'compress'> | null): void {
    const start = this.#start;
    if (codec !== null) {
      const records = start + BatchField.records;
      const compressed = codec.compress(this.#bytes.subarray(records, this.#end));
      this.#take(new Uint8Array(records + compressed.length));
      this.#bytes.set(compressed, records);
      this.#end = records + compressed.length;
    }
    const view = this.#view;
    view.setBigInt64(start + BatchField.baseOffset, 0n);
    view.setInt32(start + BatchField.length, this.#end - start - BatchField.leaderEpoch);
    view.setInt32(start + BatchField.leaderEpoch, -1);
    view.setInt8(start + BatchField.magic, MAGIC);
    view.setInt16(start + BatchField.attributes, codec === null ? 0 : codec.id);
    view.setInt32(start + BatchField.lastOffsetDelta, this.#count - 1);
    view.setBigInt64(start + BatchField.baseTimestamp, BigInt(this.#baseTimestamp));
    view.setBigInt64(start + BatchField.maxTimestamp, BigInt(this.#maxTimestamp));
    view.setInt32(start + BatchField.count, this.#count);
  }

  /** Writes who produces a sealed batch and its number among their batches, −1 each for nobody, and the checksum. Can be repeated. */
  stamp(producerId: bigint, producerEpoch: number, baseSequence: number, crc: Crc32c): void {
    const start = this.#start;
    const view = this.#view;
    view.setBigInt64(start + BatchField.producerId, producerId);
    view.setInt16(start + BatchField.producerEpoch, producerEpoch);
    view.setInt32(start + BatchField.baseSequence, baseSequence);
    view.setUint32(start + BatchField.crc, crc(this.#bytes, start + BatchField.attributes, this.#end));
  }

  #take(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Copies `batch.bytes[from … to)` to `at`; returns the position behind it. */
  #copy(batch: EventBatch, from: number, to: number, at: number): number {
    const out = this.#bytes;
    if (to - from >= SHORT) {
      out.set(batch.bytes.subarray(from, to), at);
      return at + to - from;
    }
    const source = batch.view;
    const view = this.#view;
    for (; from + 4 <= to; from += 4, at += 4) view.setInt32(at, source.getInt32(from, true), true);
    while (from < to) out[at++] = batch.bytes[from++] as number;
    return at;
  }
}

/** Bytes of a record behind its length. */
function bodyBytes(batch: EventBatch, i: number, delta: number, offset: number): number {
  const identity = batch.identities[i] as number;
  const payload = batch.payloads[i] as number;
  const key = identity - (batch.starts[i] as number);
  const value = (batch.ends[i] as number) - payload;
  const id = payload - identity;
  // The length of no key, −1, has one byte like that of an empty one.
  const fixed = 1 + varlongBytes(delta) + varintBytes(offset) + varintBytes(key) + key + varintBytes(value) + value + 1;
  return id === 0 ? fixed : fixed + varintBytes(HEADER_NAME.length) + HEADER_NAME.length + varintBytes(id) + id;
}
