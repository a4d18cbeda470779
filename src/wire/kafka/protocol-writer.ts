const encoder = new TextEncoder();

/**
 * Writes the types of Kafka's non-flexible protocol, all big-endian, into a buffer that grows.
 * Source: the Kafka protocol guide, "Protocol Primitive Types".
 */
export class ProtocolWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(Math.max(16, capacity));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  int8(value: number): this {
    const at = this.#reserve(1);
    this.#view.setInt8(at, value);
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  int16(value: number): this {
    const at = this.#reserve(2);
    this.#view.setInt16(at, value);
    return this;
  }

  int32(value: number): this {
    const at = this.#reserve(4);
    this.#view.setInt32(at, value);
    return this;
  }

  int64(value: bigint | number): this {
    const at = this.#reserve(8);
    this.#view.setBigInt64(at, BigInt(value));
    return this;
  }

  /** UTF-8 behind its length as int16; null where the field is nullable is length −1. */
  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const bytes = encoder.encode(value);
    return this.int16(bytes.length).raw(bytes);
  }

  /** Bytes behind their length as int32; null where the field is nullable is length −1. */
  bytes(value: Uint8Array | null): this {
    return value === null ? this.int32(-1) : this.int32(value.length).raw(value);
  }

  /** The elements behind their number as int32; null where the field is nullable is −1. */
  array<T>(values: readonly T[] | null, write: (value: T, writer: this) => void): this {
    if (values === null) return this.int32(-1);
    this.int32(values.length);
    for (const value of values) write(value, this);
    return this;
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): this {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Overwrites the int32 that begins at `position`, for lengths that are known later. */
  patchInt32(position: number, value: number): void {
    this.#view.setInt32(position, value);
  }

  /** A copy of what was written; the writer starts anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** The same as a frame: with its length as int32 before it. */
  takeFrame(): Uint8Array {
    const frame = new Uint8Array(4 + this.#length);
    new DataView(frame.buffer).setInt32(0, this.#length);
    frame.set(this.#bytes.subarray(0, this.#length), 4);
    this.#length = 0;
    return frame;
  }

  /** Makes room for `more` bytes and returns where they begin. */
  #reserve(more: number): number {
    const at = this.#length;
    this.#length += more;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}
