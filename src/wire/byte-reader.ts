import { IotloadError } from '../core/errors.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads what a `ByteWriter` wrote. Every method throws IotloadError `file-corrupt` where the bytes cannot be that. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Bytes that were read. */
  get at(): number {
    return this.#at;
  }

  /** A copy of bytes `from … to`, the last one not among them. */
  copy(from: number, to: number): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(from, to));
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new IotloadError('file-corrupt', 'a record is shorter than its contents');
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (!Number.isSafeInteger(value)) throw new IotloadError('file-corrupt', 'a record holds too large a number');
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  float64(): number {
    const at = this.#skip(8);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, 8).getFloat64(0, true);
  }

  text(): string {
    const length = this.varint();
    const at = this.#skip(length);
    try {
      return decoder.decode(this.#bytes.subarray(at, at + length));
    } catch (cause) {
      throw new IotloadError('file-corrupt', 'a record holds text that is not UTF-8', { cause });
    }
  }

  /** JSON text; its shape is the caller's to check. */
  json(): unknown {
    const text = this.text();
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new IotloadError('file-corrupt', 'a record holds text that is not JSON', { cause });
    }
  }

  #skip(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at)
      throw new IotloadError('file-corrupt', 'a record is shorter than its contents');
    this.#at += length;
    return at;
  }
}
