import { draw, type StreamKey, streamRoot, unit } from '../../src/core/random.ts';

/** Chances of one matter in one seed. Another matter has other dice, so that a throw more in one leaves the others as they are. */
export class Dice {
  readonly #key: StreamKey;
  #thrown = 0;

  constructor(seed: number, ...matter: readonly string[]) {
    this.#key = streamRoot(seed, 'simulation', ...matter);
  }

  /** Uniform in [0, 1). */
  next(): number {
    return unit(draw(this.#key.k0, this.#key.k1, this.#thrown++, 0));
  }

  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)] as T;
  }

  /** Microseconds around `meanUs`, most of them below, some far above. */
  delayUs(meanUs: number): number {
    return Math.ceil(Math.min(20, -Math.log(1 - this.next())) * meanUs);
  }
}
