import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HexPermutation } from '../../src/core/permutation.ts';
import { streamRoot } from '../../src/core/random.ts';

const key = streamRoot(42, 'ids');
const words = new Int32Array(3);

describe('HexPermutation', () => {
  it('is a bijection on small domains', () => {
    for (const digits of [1, 2, 3, 4]) {
      const permutation = new HexPermutation(key, digits);
      const images = new Set<number>();
      for (let value = 0; value < permutation.size; value++) {
        permutation.apply(value, words, 1);
        images.add(((words[1] as number) >>> 0) * 2 ** 32 + ((words[2] as number) >>> 0));
      }
      expect(images.size).toBe(permutation.size);
      expect(Math.max(...images)).toBe(permutation.size - 1);
    }
  });

  it('inverts every value at every width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), fc.maxSafeNat(), (digits, number) => {
        const permutation = new HexPermutation(key, digits);
        const value = number % Math.min(permutation.size, 2 ** 53);
        permutation.apply(value, words, 1);
        if (digits < 8) expect((words[2] as number) >>> 0).toBeLessThan(permutation.size);
        if (digits > 8 && digits < 16) expect((words[1] as number) >>> 0).toBeLessThan(permutation.size / 2 ** 32);
        expect(permutation.invert(words, 1)).toBe(value);
      }),
    );
  });

  it('says of most 64-bit values that no integer has them', () => {
    const permutation = new HexPermutation(key, 16);
    let refused = 0;
    for (let i = 0; i < 100; i++) {
      words.set([i * 0x9e3779b, i], 1);
      if (permutation.invert(words, 1) === -1) refused++;
    }
    expect(refused).toBeGreaterThan(90);
  });

  it('scatters neighbours, by a key', () => {
    const image = (seed: number, value: number): number => {
      new HexPermutation(streamRoot(seed, 'ids'), 12).apply(value, words, 0);
      return ((words[0] as number) >>> 0) * 2 ** 32 + ((words[1] as number) >>> 0);
    };
    expect(Math.abs(image(1, 0) - image(1, 1))).toBeGreaterThan(2 ** 32);
    expect(image(1, 0)).not.toBe(image(2, 0));
  });
});
