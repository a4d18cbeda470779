import { IotloadError } from '../../core/errors.ts';

const decoder = new TextDecoder();

/**
 * Reads the types of Kafka's non-flexible protocol, all big-endian, from `bytes[at … end)`, never outside. Every method throws
 * IotloadError `target-refused` where the bytes cannot be that.
 * Source: the Kafka protocol guide, "Protocol Primitive Types".
 */
export class ProtocolReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    if (at < 0 || end > bytes.length || at > end) throw malformed();
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = at;
    this.#end = end;
  }

  /** Where the next value begins, counted from the start of the bytes. */
  get position(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  int8(): number {
    return this.#view.getInt8(this.skip(1));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  int16(): number {
    return this.#view.getInt16(this.skip(2));
  }

  int32(): number {
    return this.#view.getInt32(this.skip(4));
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.skip(8));
  }

  /** An int64 that is an offset, a time or −1: all that a double holds exactly. */
  safeInt64(): number {
    const at = this.skip(8);
    const value = this.#view.getInt32(at) * 0x1_0000_0000 + this.#view.getUint32(at + 4);
    if (!Number.isSafeInteger(value)) throw malformed();
    return value;
  }

  string(): string {
    const value = this.nullableString();
    if (value === null) throw malformed();
    return value;
  }

  nullableString(): string | null {
    const length = this.int16();
    if (length === -1) return null;
    const at = this.skip(length);
    return decoder.decode(this.#bytes.subarray(at, at + length));
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    const value = this.nullableBytes();
    if (value === null) throw malformed();
    return value;
  }

  /** A view, not a copy; null for length −1. */
  nullableBytes(): Uint8Array | null {
    const length = this.int32();
    if (length === -1) return null;
    const at = this.skip(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** The number of elements that follow; −1 where the array is null. No element is shorter than a byte, so no more can follow than bytes. */
  arrayLength(): number {
    const count = this.int32();
    if (count < -1 || count > this.remaining) throw malformed();
    return count;
  }

  /** The elements; none where the array is null. */
  array<T>(read: (reader: this) => T): T[] {
    const count = this.arrayLength();
    const values: T[] = [];
    for (let i = 0; i < count; i++) values.push(read(this));
    return values;
  }

  /** Steps over `length` bytes and returns where they begin. */
  skip(length: number): number {
    const at = this.#at;
    if (length < 0 || length > this.#end - at) throw malformed();
    this.#at = at + length;
    return at;
  }
}

function malformed(): IotloadError {
  return new IotloadError('target-refused', "a frame is not what Kafka's protocol says it is", {
    hint: 'make sure that the endpoint is a Kafka broker, and that TLS is on or off on both sides',
  });
}
