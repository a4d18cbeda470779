import { IotloadError } from '../../core/errors.ts';

/** Bytes of a frame's length, a big-endian int32 that does not count itself. */
const LENGTH_BYTES = 4;
/** An answer begins with its correlation id. */
const LEAST_BODY = 4;
/** Longest answer that is taken; a fetch asks for much less. */
export const MAX_FRAME_BYTES = 128 * 1024 * 1024;

/**
 * Cuts a byte stream into Kafka frames, however it was chopped. A frame that lies whole in a chunk is handed on where it is, one that
 * crosses borders is copied once. Memory is bounded by the largest frame allowed.
 */
export class FrameSplitter {
  readonly #most: number;
  /** Length and beginning of a frame whose end has not come yet; reused. */
  #carry: Uint8Array = new Uint8Array(1024);
  #carried = 0;

  constructor(maxFrameBytes: number = MAX_FRAME_BYTES) {
    this.#most = maxFrameBytes;
  }

  /** Bytes kept for the next chunk. */
  get pending(): number {
    return this.#carried;
  }

  /**
   * Takes the next `length` bytes of the stream. `onFrame` gets each complete frame without its length, valid during the call.
   * @throws IotloadError `target-refused` when they cannot be Kafka's; the stream is of no use from then on
   */
  push(chunk: Uint8Array, length: number, onFrame: (frame: Uint8Array) => void): void {
    let at = 0;
    while (this.#carried > 0 || length - at < LENGTH_BYTES) {
      if (at === length) return;
      const wanted = this.#carried < LENGTH_BYTES ? LENGTH_BYTES : LENGTH_BYTES + this.#bodyBytes(this.#carry, 0);
      const take = Math.min(wanted - this.#carried, length - at);
      this.#keep(chunk, at, take, wanted);
      at += take;
      if (this.#carried < wanted || wanted === LENGTH_BYTES) continue;
      this.#carried = 0;
      onFrame(this.#carry.subarray(LENGTH_BYTES, wanted));
    }
    while (length - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + this.#bodyBytes(chunk, at);
      if (end > length) break;
      onFrame(chunk.subarray(at + LENGTH_BYTES, end));
      at = end;
    }
    if (at === length) return;
    const enough = length - at >= LENGTH_BYTES;
    this.#keep(chunk, at, length - at, enough ? LENGTH_BYTES + this.#bodyBytes(chunk, at) : LENGTH_BYTES);
  }

  /** Appends to what is carried, in a buffer that has room for `whole` bytes from the start. */
  #keep(chunk: Uint8Array, from: number, count: number, whole: number): void {
    if (whole > this.#carry.length) {
      // The system gives pages only to what is written, so that a length that lies costs nothing.
      const grown = Buffer.allocUnsafeSlow(
        Math.min(LENGTH_BYTES + this.#most, Math.max(whole, 2 * this.#carry.length)),
      );
      grown.set(this.#carry.subarray(0, this.#carried));
      this.#carry = grown;
    }
    this.#carry.set(chunk.subarray(from, from + count), this.#carried);
    this.#carried += count;
  }

  #bodyBytes(bytes: Uint8Array, at: number): number {
    const [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]] as [number, number, number, number];
    const length = (a << 24) | (b << 16) | (c << 8) | d;
    if (length >= LEAST_BODY && length <= this.#most) return length;
    throw new IotloadError('target-refused', `not Kafka: a frame of ${length} bytes`, {
      hint: 'Does this port speak Kafka, and does it speak TLS exactly if the target says tls?',
    });
  }
}
