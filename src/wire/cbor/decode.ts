import { CborCursor, OPEN } from './cursor.ts';
import { Major, MOST_DEPTH } from './head.ts';

const NULLS: readonly number[] = [22, 23];
const [FALSE, TRUE] = [20, 21];

/** What a tag makes of the value behind it. */
export type TagReader = (tag: number, value: unknown) => unknown;

/**
 * The value that CBOR (RFC 8949) holds: numbers (whole ones imprecise from 2^53 on), texts, `Uint8Array` (a view), arrays, objects with texts
 * as keys, booleans, null. Tags are passed over unless `tagged` makes something of them.
 * @throws SyntaxError where it is none, not whole, or more than one
 */
export function decodeCbor(bytes: Uint8Array, tagged: TagReader = (_, value) => value): unknown {
  const decoder = new Decoder(bytes, tagged);
  const value = decoder.item(MOST_DEPTH);
  if (!decoder.isAtEnd) throw malformed();
  return value;
}

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #tagged: TagReader;
  readonly #cursor = new CborCursor();
  readonly #text = new TextDecoder('utf-8', { fatal: true });

  constructor(bytes: Uint8Array, tagged: TagReader) {
    this.#bytes = bytes;
    this.#tagged = tagged;
    this.#cursor.begin(bytes);
  }

  get isAtEnd(): boolean {
    return this.#cursor.isAtEnd;
  }

  item(depth: number): unknown {
    const cursor = this.#cursor;
    if (depth === 0 || !cursor.head()) throw malformed();
    const { major, value } = cursor;
    switch (major) {
      case Major.whole:
        return value;
      case Major.negative:
        return -1 - value;
      case Major.bytes:
        return value === OPEN ? this.#chunks(major) : this.#pass(value);
      case Major.text:
        return this.#textOf(value === OPEN ? this.#chunks(major) : this.#pass(value));
      case Major.list:
        return Array.from(this.#count(value), () => this.item(depth - 1));
      case Major.map:
        return Object.fromEntries(Array.from(this.#count(value), () => [this.#key(depth - 1), this.item(depth - 1)]));
      case Major.tag:
        return this.#tagged(value, this.item(depth - 1));
      default:
        return this.#simple(value, cursor.width);
    }
  }

  /** Once for every element. */
  *#count(value: number): Generator<void> {
    for (let i = 0; value === OPEN ? !this.#cursor.passBreak() : i < value; i++) yield;
  }

  #key(depth: number): string {
    const key = this.item(depth);
    if (typeof key !== 'string') throw malformed();
    return key;
  }

  #pass(length: number): Uint8Array {
    const { at } = this.#cursor;
    if (!this.#cursor.pass(length)) throw malformed();
    return this.#bytes.subarray(at, at + length);
  }

  #chunks(major: number): Uint8Array {
    const cursor = this.#cursor;
    const chunks: Uint8Array[] = [];
    while (!cursor.passBreak()) {
      if (!cursor.head() || cursor.major !== major || cursor.value === OPEN) throw malformed();
      chunks.push(this.#pass(cursor.value));
    }
    return Buffer.concat(chunks);
  }

  #textOf(bytes: Uint8Array): string {
    try {
      return this.#text.decode(bytes);
    } catch {
      throw malformed();
    }
  }

  #simple(value: number, width: number): unknown {
    const { at } = this.#cursor;
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at - width, width);
    if (width === 8) return view.getFloat64(0);
    if (width === 4) return view.getFloat32(0);
    if (width === 2) return halfOf(view.getUint16(0));
    if (value === TRUE || value === FALSE) return value === TRUE;
    if (NULLS.includes(value)) return null;
    throw malformed();
  }
}

/** A float of 16 bits: sign, five of exponent, ten of fraction. */
function halfOf(bits: number): number {
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits >>> 15 === 0 ? 1 : -1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  // 2^-24 is the smallest step; each exponent from 2 on doubles it.
  const step = 1 / 0x100_0000;
  if (exponent === 0) return sign * fraction * step;
  return sign * (1024 + fraction) * step * (1 << (exponent - 1));
}

const malformed = (): SyntaxError => new SyntaxError('that is no CBOR');
