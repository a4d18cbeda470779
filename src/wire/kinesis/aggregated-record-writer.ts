import { createHash } from 'node:crypto';
import type { EventBatch } from '../../core/event-batch.ts';

/** What an aggregated record begins with. */
const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
/** It ends with the MD5 of what is between. */
const DIGEST_BYTES = 16;
/** Tags of protobuf: the field's number, and how it is written (0: varint, 2: with its length). */
const PARTITION_KEY = (1 << 3) | 2;
const EXPLICIT_HASH_KEY = (2 << 3) | 2;
const RECORD = (3 << 3) | 2;
const KEY_INDEX = (1 << 3) | 0;
const HASH_KEY_INDEX = (2 << 3) | 0;
const DATA = (3 << 3) | 2;
/** Places where keys are looked for by their hash: a power of two. */
const SLOTS = 1024;
/** Slots that are looked at for one key; one that is not found is written again, which readers do not mind. */
const MAX_PROBES = 4;

/**
 * Many events as one record, as the Kinesis Producer Library writes them.
 *
 *   aggregated := magic message md5
 *   message    := { 1: partition key (repeated)  2: explicit hash key (repeated)  3: record (repeated) }
 *   record     := { 1: index of its partition key  2: of its explicit hash key  3: data }
 *
 * A key stands before the first record that has it, so that everything is written once and in its place. Source: aggregation-format.md of
 * the library.
 */
export class AggregatedRecordWriter {
  readonly #bytes: Buffer;
  readonly #slots = new Uint16Array(SLOTS);
  readonly #keyStarts: Uint32Array;
  readonly #keyEnds: Uint32Array;
  #end = MAGIC.length;
  #count = 0;
  #keys = 0;
  #payload = 0;
  #hashed = false;

  /** `capacity` is the size of the largest record it writes, with magic and MD5. */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
    MAGIC.copy(this.#bytes);
    // A key and its record take six bytes at least; beyond 16 bits, keys are written again.
    const keys = Math.min(0xffff, Math.ceil(capacity / 6));
    this.#keyStarts = new Uint32Array(keys);
    this.#keyEnds = new Uint32Array(keys);
  }

  /** Events so far. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of the record so far, with its MD5. */
  get length(): number {
    return this.#end + DIGEST_BYTES;
  }

  /** Bytes of the events' data so far. */
  get dataBytes(): number {
    return this.#payload;
  }

  /** What it writes into; the first event's partition key stands at `firstKeyStart … firstKeyEnd`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get firstKeyStart(): number {
    return this.#keyStarts[0] as number;
  }

  get firstKeyEnd(): number {
    return this.#keyEnds[0] as number;
  }

  /**
   * Begins anew. With an explicit hash key, decimal digits, all events have it: readers that ask whether an event belongs to the shard it
   * lies in take it instead of the partition key's.
   */
  reset(hashKey: Uint8Array | null): void {
    this.#end = MAGIC.length;
    this.#count = this.#keys = this.#payload = 0;
    this.#slots.fill(0);
    this.#hashed = hashKey !== null;
    if (hashKey === null) return;
    this.#end = writeVarint(this.#bytes, this.#end, EXPLICIT_HASH_KEY);
    this.#end = writeVarint(this.#bytes, this.#end, hashKey.length);
    this.#bytes.set(hashKey, this.#end);
    this.#end += hashKey.length;
  }

  /** Appends event `i` of a batch; false, and nothing has changed, where there is no room for it. */
  append(batch: EventBatch, i: number): boolean {
    const start = batch.starts[i] as number;
    const keyEnd = batch.identities[i] as number;
    const payload = batch.payloads[i] as number;
    const data = (batch.ends[i] as number) - payload;
    const keyBytes = keyEnd - start;
    const slot = this.#slotOf(batch.bytes, start, keyEnd);
    const known = slot >= 0 ? (this.#slots[slot] as number) - 1 : -1;
    if (known < 0 && this.#keys === this.#keyStarts.length) return false;
    const index = known < 0 ? this.#keys : known;
    const hash = this.#hashed ? 2 : 0;
    const body = 1 + varintBytes(index) + hash + 1 + varintBytes(data) + data;
    const key = known < 0 ? 1 + varintBytes(keyBytes) + keyBytes : 0;
    let at = this.#end;
    if (at + key + 1 + varintBytes(body) + body + DIGEST_BYTES > this.#bytes.length) return false;
    const out = this.#bytes;
    if (known < 0) {
      out[at++] = PARTITION_KEY;
      at = writeVarint(out, at, keyBytes);
      this.#keyStarts[index] = at;
      for (let from = start; from < keyEnd; from++) out[at++] = batch.bytes[from] as number;
      this.#keyEnds[index] = at;
      this.#keys = index + 1;
      if (slot >= 0) this.#slots[slot] = index + 1;
    }
    out[at++] = RECORD;
    at = writeVarint(out, at, body);
    out[at++] = KEY_INDEX;
    at = writeVarint(out, at, index);
    if (hash > 0) {
      out[at++] = HASH_KEY_INDEX;
      out[at++] = 0;
    }
    out[at++] = DATA;
    at = writeVarint(out, at, data);
    out.set(batch.bytes.subarray(payload, payload + data), at);
    this.#end = at + data;
    this.#count++;
    this.#payload += data;
    return true;
  }

  /** The whole record, valid until the next change. Can be repeated. */
  finish(): Buffer {
    const message = this.#bytes.subarray(MAGIC.length, this.#end);
    createHash('md5').update(message).digest().copy(this.#bytes, this.#end);
    return this.#bytes.subarray(0, this.#end + DIGEST_BYTES);
  }

  /** Where the key is or, empty, may be; −1 where all that are looked at have others. */
  #slotOf(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    hash ^= hash >>> 15;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = (hash + probe) & (SLOTS - 1);
      const held = this.#slots[slot] as number;
      if (held === 0 || this.#isKey(held - 1, bytes, from, to)) return slot;
    }
    return -1;
  }

  #isKey(index: number, bytes: Uint8Array, from: number, to: number): boolean {
    let at = this.#keyStarts[index] as number;
    if ((this.#keyEnds[index] as number) - at !== to - from) return false;
    for (; from < to; from++, at++) if (this.#bytes[at] !== bytes[from]) return false;
    return true;
  }
}

/** Bytes of a number below 2³¹, 7 bits a byte. */
function varintBytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

/** The lowest bits first, the top bit set on all but the last byte; returns the position behind it. */
function writeVarint(out: Uint8Array, at: number, value: number): number {
  for (; value >= 0x80; value >>>= 7) out[at++] = (value & 0x7f) | 0x80;
  out[at++] = value;
  return at;
}
