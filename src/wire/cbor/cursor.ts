import { BREAK, Major, MOST_DEPTH } from './head.ts';

/** In place of a length: the item ends with a break. */
export const OPEN = -1;
const TWO_TO_32 = 0x1_0000_0000;

/** Goes over CBOR (RFC 8949) item by item, never beyond its end, and makes no object of anything. */
export class CborCursor {
  /** Where the next byte is read. */
  at = 0;
  /** Of the head read last: major type, and length or value (imprecise from 2^53 on) or `OPEN`. */
  major = 0;
  value = 0;
  /** Bytes of the value behind the first byte; of a simple item: 2, 4 and 8 make it a float. */
  width = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);

  /** Begins with other bytes. */
  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = 0;
  }

  /** Everything is read. */
  get isAtEnd(): boolean {
    return this.at === this.#bytes.length;
  }

  /** Reads the head of the next item; false where none begins there. A break is a simple item that is open. */
  head(): boolean {
    const { at } = this;
    const bytes = this.#bytes;
    if (at >= bytes.length) return false;
    const first = bytes[at] as number;
    const low = first & 31;
    this.major = first >>> 5;
    this.at = at + 1;
    if (low < 24) {
      this.value = low;
      this.width = 0;
      return true;
    }
    if (low === 31) {
      this.value = OPEN;
      this.width = 0;
      return this.major !== Major.whole && this.major !== Major.negative && this.major !== Major.tag;
    }
    return low < 28 && this.#wide(1 << (low - 24));
  }

  /** Passes so many bytes; false where there are not as many. */
  pass(bytes: number): boolean {
    if (bytes > this.#bytes.length - this.at) return false;
    this.at += bytes;
    return true;
  }

  /** Passes the break that ends an open item, if that is what comes. */
  passBreak(): boolean {
    if (this.#bytes[this.at] !== BREAK) return false;
    this.at++;
    return true;
  }

  /** Passes the next item with all that is in it; false where it is none, or not whole. */
  skip(): boolean {
    const end = skipItem(this.#bytes, this.at, MOST_DEPTH);
    if (end < 0) return false;
    this.at = end;
    return true;
  }

  #wide(width: number): boolean {
    const { at } = this;
    if (!this.pass(width)) return false;
    const view = this.#view;
    this.width = width;
    if (width === 1) this.value = view.getUint8(at);
    else if (width === 2) this.value = view.getUint16(at);
    else this.value = width === 4 ? view.getUint32(at) : view.getUint32(at) * TWO_TO_32 + view.getUint32(at + 4);
    return true;
  }
}

/** Where the item at `at` ends, with all that is in it; −1 where it is none, or not whole. By numbers alone: an answer has thousands. */
function skipItem(bytes: Uint8Array, at: number, depth: number): number {
  if (at >= bytes.length || depth === 0) return -1;
  const first = bytes[at] as number;
  const major = first >>> 5;
  const low = first & 31;
  let value = low;
  at++;
  if (low >= 24) {
    if (low === 31) return skipOpen(bytes, at, major, depth);
    if (low > 27) return -1;
    const end = at + (1 << (low - 24));
    if (end > bytes.length) return -1;
    for (value = 0; at < end; at++) value = value * 256 + (bytes[at] as number);
  }
  if (major === Major.text || major === Major.bytes) return value <= bytes.length - at ? at + value : -1;
  if (major === Major.list || major === Major.map || major === Major.tag) {
    const items = major === Major.map ? 2 * value : major === Major.list ? value : 1;
    for (let i = 0; i < items && at >= 0; i++) at = skipItem(bytes, at, depth - 1);
  }
  return at;
}

/** The same for what ends with a break, behind its head. */
function skipOpen(bytes: Uint8Array, at: number, major: number, depth: number): number {
  const isString = major === Major.text || major === Major.bytes;
  if (!isString && major !== Major.list && major !== Major.map) return -1;
  for (let items = 0; ; items++) {
    if (bytes[at] === BREAK) return major === Major.map && items % 2 === 1 ? -1 : at + 1;
    // Pieces of a string are strings of the same kind, whole ones.
    if (isString && (bytes[at] as number) >>> 5 !== major) return -1;
    if (isString && ((bytes[at] as number) & 31) === 31) return -1;
    at = skipItem(bytes, at, depth - 1);
    if (at < 0) return -1;
  }
}
