import { draw, type StreamKey } from './random.ts';

/** Three rounds of a random function make a random permutation (Luby and Rackoff). */
const ROUNDS = 3;

/**
 * Keyed bijection on numbers of `digits` hexadecimal digits (1 to 16): gives each seat a random-looking id that no other seat has,
 * and each id its seat, without a table. A balanced Feistel network of 2·digits bits a side. The hexadecimal form is two words, the
 * second holding the last eight digits.
 */
export class HexPermutation {
  readonly digits: number;
  /** How many values there are: 16^digits. */
  readonly size: number;
  readonly #k0: number;
  readonly #k1: number;
  readonly #halfBits: number;
  readonly #half: number;
  readonly #mask: number;

  constructor(key: StreamKey, digits: number) {
    this.digits = digits;
    this.#k0 = key.k0;
    this.#k1 = key.k1;
    this.#halfBits = 2 * digits;
    this.#half = digits === 16 ? 4294967296 : (1 << this.#halfBits) >>> 0;
    this.#mask = (this.#half - 1) | 0;
    this.size = this.#half * this.#half;
  }

  /** Writes the image of `value`, an integer in [0, min(size, 2^53)), to `words[at]` and `words[at + 1]`. */
  apply(value: number, words: Int32Array, at: number): void {
    const high = Math.floor(value / this.#half);
    let left = high | 0;
    let right = (value - high * this.#half) | 0;
    for (let round = 0; round < ROUNDS; round++) {
      const next = (left ^ draw(this.#k0, this.#k1, right, round)) & this.#mask;
      left = right;
      right = next;
    }
    const bits = this.#halfBits;
    words[at] = bits <= 16 ? 0 : bits === 32 ? left : left >>> (32 - bits);
    words[at + 1] = bits === 32 ? right : (left << bits) | right;
  }

  /** The integer whose image is `words[at]`, `words[at + 1]`; -1 where it would not be a safe integer. */
  invert(words: Int32Array, at: number): number {
    const high = words[at] as number;
    const low = words[at + 1] as number;
    const bits = this.#halfBits;
    let left = low >>> bits;
    if (bits > 16) left = bits === 32 ? high : (high << (32 - bits)) | left;
    left &= this.#mask;
    let right = low & this.#mask;
    for (let round = ROUNDS - 1; round >= 0; round--) {
      const before = (right ^ draw(this.#k0, this.#k1, left, round)) & this.#mask;
      right = left;
      left = before;
    }
    const value = (left >>> 0) * this.#half + (right >>> 0);
    return value <= Number.MAX_SAFE_INTEGER ? value : -1;
  }
}
