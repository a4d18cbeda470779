import { BREAK, Major } from './head.ts';

/** In place of a length: the item ends with a break. */
export const OPEN = -1;
/** Items within items, at most. */
const MOST_DEPTH = 64;
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
  skip(depth = MOST_DEPTH): boolean {
    if (depth === 0 || !this.head()) return false;
    const { major, value } = this;
    switch (major) {
      case Major.bytes:
      case Major.text:
        return value === OPEN ? this.#skipChunks(major) : this.pass(value);
      case Major.list:
        return this.#skipItems(value, 1, depth - 1);
      case Major.map:
        return this.#skipItems(value, 2, depth - 1);
      case Major.tag:
        return this.skip(depth - 1);
      default:
        return value !== OPEN;
    }
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

  #skipChunks(major: number): boolean {
    while (!this.passBreak()) {
      if (!this.head() || this.major !== major || this.value === OPEN || !this.pass(this.value)) return false;
    }
    return true;
  }

  /** `each` items belong together: one of a list, key and value of a map. */
  #skipItems(count: number, each: number, depth: number): boolean {
    for (let i = 0; count === OPEN ? !this.passBreak() : i < count; i++)
      for (let item = 0; item < each; item++) if (!this.skip(depth)) return false;
    return true;
  }
}
