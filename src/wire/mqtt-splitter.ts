import { IotloadError } from '../core/errors.ts';
import { MAX_REMAINING_LENGTH } from './mqtt-frames.ts';

/** Receives each complete frame: `bytes[start … end)`, its body (variable header and payload) from `body` on. Valid during the call. */
export type OnFrame = (bytes: Uint8Array, start: number, body: number, end: number) => void;

/** Bytes of the longest fixed header: type and four bytes of remaining length. */
const MAX_HEADER = 5;

/**
 * Cuts a byte stream into MQTT frames, however it was chopped. Frames that lie whole in a chunk are handed on where they are; only
 * one that crosses a border is copied. Memory is bounded by the largest frame allowed.
 */
export class FrameSplitter {
  readonly #maxFrameBytes: number;
  /** The beginning of a frame whose end has not come yet. */
  #carry = new Uint8Array(64);
  #carried = 0;

  constructor(maxFrameBytes: number = MAX_REMAINING_LENGTH + MAX_HEADER) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Bytes kept for the next chunk. */
  get pending(): number {
    return this.#carried;
  }

  /**
   * Takes the next `length` bytes of the stream.
   * @throws IotloadError `target-refused` when they cannot be MQTT; the stream is of no use from then on.
   */
  push(chunk: Uint8Array, length: number, onFrame: OnFrame): void {
    let at = this.#carried === 0 ? 0 : this.#complete(chunk, length, onFrame);
    while (at < length) {
      const end = this.#frameEnd(chunk, at, length);
      if (end === -1 || end > length) break;
      onFrame(chunk, at, bodyStart(chunk, at), end);
      at = end;
    }
    if (at < length) this.#keep(chunk, at, length);
  }

  /** Finishes the carried frame with the chunk's first bytes; returns how many it took. */
  #complete(chunk: Uint8Array, length: number, onFrame: OnFrame): number {
    let at = 0;
    let end = this.#frameEnd(this.#carry, 0, this.#carried);
    while (end === -1 && at < length) {
      this.#keep(chunk, at, at + 1);
      at++;
      end = this.#frameEnd(this.#carry, 0, this.#carried);
    }
    if (end === -1) return at;
    const take = Math.min(end - this.#carried, length - at);
    this.#keep(chunk, at, at + take);
    at += take;
    if (this.#carried < end) return at;
    this.#carried = 0;
    onFrame(this.#carry, 0, bodyStart(this.#carry, 0), end);
    return at;
  }

  #keep(chunk: Uint8Array, from: number, to: number): void {
    const needed = this.#carried + to - from;
    if (needed > this.#carry.length) {
      const grown = new Uint8Array(Math.min(this.#maxFrameBytes, Math.max(needed, 2 * this.#carry.length)));
      grown.set(this.#carry.subarray(0, this.#carried));
      this.#carry = grown;
    }
    this.#carry.set(chunk.subarray(from, to), this.#carried);
    this.#carried = needed;
  }

  /** Position behind the frame that starts at `at`, also when it lies beyond `limit`; -1 while its header is incomplete. */
  #frameEnd(bytes: Uint8Array, at: number, limit: number): number {
    const type = at < limit ? (bytes[at] as number) >>> 4 : 1;
    if (type === 0 || type === 15) throw malformed(`reserved packet type ${type}`);
    let length = 0;
    let shift = 0;
    for (let i = at + 1; i < limit; i++) {
      const byte = bytes[i] as number;
      length += (byte & 127) << shift;
      shift += 7;
      if (byte < 128) {
        const end = i + 1 + length;
        if (end - at > this.#maxFrameBytes) {
          throw malformed(`a frame of ${end - at} bytes, more than the ${this.#maxFrameBytes} taken here`);
        }
        return end;
      }
      if (shift === 28) throw malformed('a remaining length of more than 4 bytes');
    }
    return -1;
  }
}

/** Position of the first byte behind a complete fixed header. */
function bodyStart(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while ((bytes[at] as number) >= 128) at++;
  return at + 1;
}

function malformed(what: string): IotloadError {
  return new IotloadError('target-refused', `not MQTT 3.1.1: ${what}`, {
    hint: 'Does this port speak MQTT, and TLS exactly if the endpoint says mqtts?',
  });
}
