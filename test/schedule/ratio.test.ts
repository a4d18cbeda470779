import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilOf, greatestCommonDivisor, product, ratio, sum, toDouble } from '../../src/schedule/ratio.ts';

const natural = fc.bigInt({ min: 0n, max: 2n ** 60n });
const positive = fc.bigInt({ min: 1n, max: 2n ** 60n });

describe('ratio', () => {
  it('is in lowest terms', () => {
    expect(ratio(51_000_000, 86_400_000_000)).toEqual({ n: 17n, d: 28_800n });
    expect(ratio(0, 7)).toEqual({ n: 0n, d: 1n });
    fc.assert(
      fc.property(natural, positive, (n, d) => {
        const reduced = ratio(n, d);
        expect(reduced.n * d).toBe(n * reduced.d);
        expect(greatestCommonDivisor(reduced.n, reduced.d)).toBe(1n);
      }),
    );
  });

  it('adds and multiplies exactly', () => {
    expect(sum(ratio(1, 6), ratio(1, 10))).toEqual(ratio(4, 15));
    expect(product(ratio(2, 3), ratio(9, 4))).toEqual(ratio(3, 2));
  });

  it('rounds up to the next integer', () => {
    expect([ratio(0), ratio(1, 9), ratio(9, 9), ratio(10, 9)].map(ceilOf)).toEqual([0n, 1n, 1n, 2n]);
  });

  it('becomes the nearest double, also where numerator and denominator do not fit into one', () => {
    expect(toDouble(ratio(1, 3))).toBe(1 / 3);
    expect(toDouble(ratio(17, 28_800))).toBe(17 / 28_800);
    expect(toDouble(ratio(10n ** 400n + 1n, 3n * 10n ** 400n))).toBe(1 / 3);
    expect(toDouble(ratio(1, 10n ** 30n))).toBe(1e-30);
    expect(toDouble(ratio(0))).toBe(0);
  });
});
