import { draw, foldHigh, type StreamKey } from '../../core/random.ts';
import type { Share } from './spec.ts';

const TWO_32 = 4_294_967_296;

/** Which slots of a fleet belong to a random share of them. */
export class Chance {
  readonly #root: StreamKey;
  /** A draw below this belongs to the share. */
  readonly #limit: number;

  constructor(root: StreamKey, { numerator, denominator }: Share) {
    this.#root = root;
    this.#limit = Math.ceil((numerator / denominator) * TWO_32);
  }

  has(slot: number): boolean {
    const { k0, k1 } = this.#root;
    return draw(k0, foldHigh(k1, slot), slot, 0) >>> 0 < this.#limit;
  }
}
