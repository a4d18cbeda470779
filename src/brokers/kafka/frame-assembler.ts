/** Longest request. Kafka takes 100 MiB by default; no client sends more than a batch for each partition. */
export const MAX_REQUEST_BYTES = 32 * 1024 * 1024;
/** What is kept for the next long request. */
const KEPT_BYTES = 2 * 1024 * 1024;
const LENGTH_BYTES = 4;

/**
 * Puts the frames of a connection together: int32 length, then so many bytes. Memory is taken as the bytes come, not as a length promises
 * them. One that lies in a chunk as a whole is not copied.
 */
export class FrameAssembler {
  /** The frame that `take` found, without its length, valid until the next call; null where there is none. */
  frame: Uint8Array | null = null;
  /** A length is negative or beyond `MAX_REQUEST_BYTES`: there is no way to go on. */
  tooLong = false;
  #buffer: Buffer | null = null;
  /** Bytes in `#buffer`; the first of `#lengthBytes` while the length is not complete. */
  #filled = 0;
  readonly #lengthBytes = Buffer.alloc(LENGTH_BYTES);
  #lengthFilled = 0;
  #length = 0;

  /** Takes bytes of `chunk` from `at` on, up to the end of a frame or of the chunk, and returns where it stopped. */
  take(chunk: Buffer, at: number): number {
    this.frame = null;
    while (this.#lengthFilled < LENGTH_BYTES) {
      if (at === chunk.length) return at;
      this.#lengthBytes[this.#lengthFilled++] = chunk[at++] as number;
      if (this.#lengthFilled < LENGTH_BYTES) continue;
      this.#length = this.#lengthBytes.readInt32BE(0);
      this.#filled = 0;
      this.tooLong = this.#length < 0 || this.#length > MAX_REQUEST_BYTES;
      if (this.tooLong) return at;
    }
    const missing = this.#length - this.#filled;
    if (this.#filled === 0 && chunk.length - at >= missing) {
      this.frame = chunk.subarray(at, at + missing);
      this.#lengthFilled = 0;
      return at + missing;
    }
    const count = Math.min(missing, chunk.length - at);
    const buffer = this.#bufferFor(this.#filled + count);
    chunk.copy(buffer, this.#filled, at, at + count);
    this.#filled += count;
    if (this.#filled === this.#length) {
      this.frame = buffer.subarray(0, this.#length);
      this.#lengthFilled = 0;
      if (buffer.length > KEPT_BYTES) this.#buffer = null;
    }
    return at + count;
  }

  #bufferFor(bytes: number): Buffer {
    const buffer = this.#buffer;
    if (buffer !== null && buffer.length >= bytes) return buffer;
    const grown = Buffer.allocUnsafeSlow(Math.min(Math.max(2 * bytes, 64 * 1024), Math.max(this.#length, 64 * 1024)));
    if (buffer !== null) buffer.copy(grown, 0, 0, this.#filled);
    this.#buffer = grown;
    return grown;
  }
}
