import type { EventBatch } from '../../core/event-batch.ts';
import { Base64Writer, base64Length } from './base64.ts';

/** Records of a request. */
export const MAX_PUT_RECORDS = 500;
/** Bytes of a request, as the service counts them: data before base64, and partition keys. */
export const MAX_PUT_BYTES = 10 * 1024 * 1024;

const DATA = Buffer.from('{"Data":"');
const KEY = Buffer.from('","PartitionKey":"');
const HASH_KEY = Buffer.from('","ExplicitHashKey":"');
const ENTRY_END = Buffer.from('"}');
const BODY_END = Buffer.from(']}');
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const hex = Buffer.from('0123456789abcdef');
const UNICODE = Buffer.from('\\u00');
/** `\u0000` is the longest escape of a byte. */
const LONGEST_ESCAPE = 6;
const FIRST_SIZE = 64 * 1024;

/** Which stream a request is for. */
export type StreamAddress = { readonly name: string } | { readonly arn: string };

/**
 * The JSON of a PutRecords request, written in place and used again.
 *
 *   {"StreamName":"…","Records":[entry,entry…]}
 *   entry := {"Data":"base64","PartitionKey":"…"}, before the brace ,"ExplicitHashKey":"decimal" where there is one
 *
 * The bytes must not change while a request is under way: one of these per request in flight.
 */
export class PutRecordsBody {
  readonly #maxBytes: number;
  readonly #base64 = new Base64Writer();
  readonly #prefix: number;
  readonly #starts = new Uint32Array(MAX_PUT_RECORDS);
  readonly #ends = new Uint32Array(MAX_PUT_RECORDS);
  readonly #sizes = new Uint32Array(MAX_PUT_RECORDS);
  #out: Buffer;
  #end: number;
  #count = 0;
  #bytes = 0;

  /** `maxBytes` bounds data and keys of a request, as the service counts them. */
  constructor(stream: StreamAddress, maxBytes: number = MAX_PUT_BYTES) {
    const address = 'name' in stream ? { StreamName: stream.name } : { StreamARN: stream.arn };
    const prefix = Buffer.from(`${JSON.stringify(address).slice(0, -1)},"Records":[`);
    this.#maxBytes = maxBytes;
    this.#out = Buffer.allocUnsafeSlow(FIRST_SIZE);
    this.#prefix = this.#end = prefix.copy(this.#out);
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
    this.#reserve(base64Length(to - from) + (keyTo - keyFrom) * LONGEST_ESCAPE + digits + 64);
    const out = this.#out;
    const start = this.#begin();
    let at = put(out, start, DATA);
    at = this.#base64.write(data, from, to, out, at);
    at = put(out, at, KEY);
    for (; keyFrom < keyTo; keyFrom++) {
      const byte = key[keyFrom] as number;
      if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) at = putEscaped(out, at, byte);
      else out[at++] = byte;
    }
    if (hashKey !== null) {
      at = put(out, at, HASH_KEY);
      at = put(out, at, hashKey);
    }
    this.#append(start, put(out, at, ENTRY_END), size);
    return true;
  }

  /** Appends entry `i` of another request as it stands there; false, and nothing has changed, where there is no room. */
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
    return this.#out.subarray(0, put(this.#out, this.#end, BODY_END));
  }

  /** Where an entry begins, behind the comma that divides it from the one before. */
  #begin(): number {
    if (this.#count === 0) return this.#end;
    this.#out[this.#end] = COMMA;
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
    const needed = this.#end + more + BODY_END.length;
    if (needed <= this.#out.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#out.length));
    this.#out.copy(larger, 0, 0, this.#end);
    this.#out = larger;
  }
}

/** Short texts: a native copy would need an object. */
function put(out: Buffer, at: number, text: Uint8Array): number {
  for (let i = 0; i < text.length; i++) out[at++] = text[i] as number;
  return at;
}

function putEscaped(out: Buffer, at: number, byte: number): number {
  if (byte >= 0x20) {
    out[at] = BACKSLASH;
    out[at + 1] = byte;
    return at + 2;
  }
  at = put(out, at, UNICODE);
  out[at] = hex[byte >>> 4] as number;
  out[at + 1] = hex[byte & 0xf] as number;
  return at + 2;
}
