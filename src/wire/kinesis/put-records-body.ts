import type { EventBatch } from '../../core/event-batch.ts';
import { CborEntries } from './cbor-entries.ts';
import { type EntryWriter, put, type StreamAddress } from './entry-writer.ts';
import { JsonEntries } from './json-entries.ts';
import type { WireForm } from './wire-form.ts';

/** Records of a request. */
export const MAX_PUT_RECORDS = 500;
/** Bytes of a request, as the service counts them: data before base64, and partition keys. */
export const MAX_PUT_BYTES = 10 * 1024 * 1024;

const FIRST_SIZE = 64 * 1024;

/** A PutRecords request, written in place and used again. The bytes must not change while it is under way: one of these per request in flight. */
export class PutRecordsBody {
  readonly #maxBytes: number;
  readonly #entries: EntryWriter;
  readonly #prefix: number;
  readonly #starts = new Uint32Array(MAX_PUT_RECORDS);
  readonly #ends = new Uint32Array(MAX_PUT_RECORDS);
  readonly #sizes = new Uint32Array(MAX_PUT_RECORDS);
  #out: Buffer;
  #end: number;
  #count = 0;
  #bytes = 0;

  /** `maxBytes` bounds data and keys of a request, as the service counts them. */
  constructor(stream: StreamAddress, form: WireForm, maxBytes: number = MAX_PUT_BYTES) {
    this.#entries = form === 'cbor' ? new CborEntries() : new JsonEntries();
    const prefix = this.#entries.beginning(stream);
    this.#maxBytes = maxBytes;
    this.#out = Buffer.allocUnsafeSlow(FIRST_SIZE);
    this.#out.set(prefix);
    this.#prefix = this.#end = prefix.length;
  }

  /** Entries so far. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of data and keys so far. */
  get recordBytes(): number {
    return this.#bytes;
  }

  /** Bytes of data and key of entry `i`. */
  sizeOf(i: number): number {
    return this.#sizes[i] as number;
  }

  /** Whether one more record with so many bytes of data and key may come. One with more than the bound never may. */
  hasRoom(size: number): boolean {
    return this.#count < MAX_PUT_RECORDS && this.#bytes + size <= this.#maxBytes;
  }

  /** Begins anew. */
  reset(): void {
    this.#end = this.#prefix;
    this.#count = 0;
    this.#bytes = 0;
  }

  /**
   * Appends event `i` of a batch: its address is the partition key, its payload the data. `hashKey` are decimal digits, or null. False, and
   * nothing has changed, where there is no room.
   */
  append(batch: EventBatch, i: number, hashKey: Uint8Array | null): boolean {
    const { bytes } = batch;
    const data = batch.payloads[i] as number;
    return this.add(
      bytes,
      data,
      batch.ends[i] as number,
      bytes,
      batch.starts[i] as number,
      batch.identities[i] as number,
      hashKey,
    );
  }

  /** Appends `data[from … to)` under the partition key `key[keyFrom … keyTo)`, UTF-8; else like `append`. */
  add(
    data: Uint8Array,
    from: number,
    to: number,
    key: Uint8Array,
    keyFrom: number,
    keyTo: number,
    hashKey: Uint8Array | null,
  ): boolean {
    const size = to - from + keyTo - keyFrom;
    if (!this.hasRoom(size)) return false;
    const digits = hashKey === null ? 0 : hashKey.length;
    this.#reserve(this.#entries.most(to - from, keyTo - keyFrom, digits) + 1);
    const start = this.#begin();
    this.#append(start, this.#entries.write(this.#out, start, data, from, to, key, keyFrom, keyTo, hashKey), size);
    return true;
  }

  /** Appends entry `i` of another request of the same form as it stands there; false, and nothing has changed, where there is no room. */
  copy(other: PutRecordsBody, i: number): boolean {
    const size = other.sizeOf(i);
    if (!this.hasRoom(size)) return false;
    const [from, to] = [other.#starts[i] as number, other.#ends[i] as number];
    this.#reserve(to - from + 1);
    const start = this.#begin();
    this.#append(start, start + other.#out.copy(this.#out, start, from, to), size);
    return true;
  }

  /** The whole body, valid until the next change. Can be repeated. */
  finish(): Buffer {
    this.#reserve(0);
    return this.#out.subarray(0, put(this.#out, this.#end, this.#entries.end));
  }

  /** Where an entry begins, behind what divides it from the one before. */
  #begin(): number {
    const { divider } = this.#entries;
    if (this.#count === 0 || divider === null) return this.#end;
    this.#out[this.#end] = divider;
    return this.#end + 1;
  }

  #append(start: number, end: number, size: number): void {
    const i = this.#count++;
    this.#starts[i] = start;
    this.#ends[i] = this.#end = end;
    this.#sizes[i] = size;
    this.#bytes += size;
  }

  /** Makes room for so many bytes more and the end of the body. */
  #reserve(more: number): void {
    const needed = this.#end + more + this.#entries.end.length;
    if (needed <= this.#out.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#out.length));
    this.#out.copy(larger, 0, 0, this.#end);
    this.#out = larger;
  }
}
