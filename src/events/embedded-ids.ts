import { IdLayout } from '../codecs/identity.ts';
import { xxh32 } from '../core/xxh32.ts';
import { hexValue } from './hex-text.ts';
import { indexOfBytes } from './same-bytes.ts';

/** Opening braces that are tried as the beginning of the embedded payload, from the id backwards. */
const MAX_BEGINNINGS = 32;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;

/**
 * Finds a payload that a bridge put into another JSON document, as an object or as a string (then with one backslash before each of its
 * quotes). Byte by byte, because a bridge may add anything around it.
 */
export class EmbeddedIds {
  readonly #tag: Uint8Array;
  readonly #maxBytes: number;
  readonly #scratch: Uint8Array;
  readonly #view: DataView;

  /** `tag`: how an id of this run begins; `maxBytes`: greatest length of an embedded payload. */
  constructor(tag: Uint8Array, maxBytes: number) {
    this.#tag = tag;
    this.#maxBytes = maxBytes;
    this.#scratch = new Uint8Array(maxBytes);
    this.#view = new DataView(this.#scratch.buffer);
  }

  /** Where the id of an unaltered embedded payload begins, -1 if there is none. */
  find(bytes: Uint8Array, start: number, end: number): number {
    let from = start;
    for (;;) {
      const at = indexOfBytes(bytes, from, end, this.#tag);
      if (at < 0 || at + IdLayout.length > end) return -1;
      if (bytes[at - 1] === QUOTE && this.#isWhole(bytes, start, at)) return at;
      from = at + 1;
    }
  }

  #isWhole(bytes: Uint8Array, start: number, at: number): boolean {
    const escaped = bytes[at - 2] === BACKSLASH;
    const checksumAt = at + IdLayout.checksum;
    const checksum = hexValue(bytes, checksumAt, 8);
    let beginnings = 0;
    for (let begin = at - 1; begin > start && at - begin < this.#maxBytes; begin--) {
      if (bytes[begin] !== BRACE) continue;
      const length = escaped ? this.#unescape(bytes, begin, checksumAt) : this.#copy(bytes, begin, checksumAt);
      if (xxh32(this.#view, 0, length, 0) >>> 0 === checksum) return true;
      if (++beginnings === MAX_BEGINNINGS) return false;
    }
    return false;
  }

  #copy(bytes: Uint8Array, from: number, to: number): number {
    this.#scratch.set(bytes.subarray(from, to));
    return to - from;
  }

  /** Takes away one level of the escapes that our own payloads can meet: quotes and backslashes. */
  #unescape(bytes: Uint8Array, from: number, to: number): number {
    const scratch = this.#scratch;
    let length = 0;
    for (let i = from; i < to; i++) {
      if (bytes[i] === BACKSLASH && (bytes[i + 1] === QUOTE || bytes[i + 1] === BACKSLASH)) i++;
      scratch[length++] = bytes[i] as number;
    }
    return length;
  }
}
