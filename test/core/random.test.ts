import { describe, expect, it } from 'vitest';
import { draw, foldHigh, seatStream, signedUnit, streamRoot, unit } from '../../src/core/random.ts';

const root = streamRoot(42, 'fleet', 'model');

function keyOf(seat: number): { k0: number; k1: number } {
  const key = { k0: 0, k1: 0 };
  seatStream(root, seat, key);
  return key;
}

describe('draw', () => {
  it('gives the same bits for ever', () => {
    const key = keyOf(7);
    const words = [0, 1, 2, 1_000_000, 4_294_967_295].map((n) => draw(key.k0, key.k1, n, 3) >>> 0);
    expect({ root, key, words }).toMatchInlineSnapshot(`
      {
        "key": {
          "k0": -1781364485,
          "k1": -363737003,
        },
        "root": {
          "k0": -967385868,
          "k1": 1088374548,
        },
        "words": [
          1084746684,
          699875759,
          2293580169,
          47294847,
          1009736284,
        ],
      }
    `);
  });

  it('looks uniform over sequence numbers, seats and channels', () => {
    const patterns: ((i: number) => number)[] = [
      (i) => draw(root.k0, root.k1, i, 0),
      (i) => draw(root.k0, root.k1, 5, i),
      (i) => {
        const key = keyOf(i);
        return draw(key.k0, key.k1, 0, 0);
      },
      (i) => {
        const key = keyOf(i >> 3);
        return draw(key.k0, key.k1, 1000, i & 7);
      },
    ];
    for (const pattern of patterns) {
      for (const shift of [0, 8, 16, 24]) {
        const counts = new Float64Array(256);
        const total = 256 * 1000;
        for (let i = 0; i < total; i++) {
          const bin = (pattern(i) >>> shift) & 255;
          counts[bin] = (counts[bin] as number) + 1;
        }
        let chi = 0;
        for (const count of counts) chi += (count - 1000) ** 2 / 1000;
        // χ² with 255 degrees of freedom: mean 255, sd 22.6.
        expect(chi).toBeGreaterThan(150);
        expect(chi).toBeLessThan(370);
      }
    }
  });

  it('never makes one seat a time-shifted copy of another', () => {
    // With a single additive key, two seats whose keys lie `lag` apart draw the same numbers `lag` later.
    const seats = Array.from({ length: 2_000 }, (_, seat) => keyOf(seat)).sort((a, b) => (a.k0 >>> 0) - (b.k0 >>> 0));
    let closePairs = 0;
    let equal = 0;
    for (let i = 1; i < seats.length; i++) {
      const a = seats[i - 1] as { k0: number; k1: number };
      const b = seats[i] as { k0: number; k1: number };
      const lag = (b.k0 >>> 0) - (a.k0 >>> 0);
      if (lag > 2_000_000) continue;
      closePairs++;
      for (let n = 0; n < 200; n++) if (draw(a.k0, a.k1, n + lag, 0) === draw(b.k0, b.k1, n, 0)) equal++;
    }
    expect(closePairs).toBeGreaterThan(100);
    expect(equal).toBe(0);
  });

  it('goes on with another stream beyond 2^32', () => {
    const { k0, k1 } = keyOf(1);
    expect(foldHigh(k1, 2 ** 32 - 1)).toBe(k1);
    const folded = [1, 2, 3].map((high) => draw(k0, foldHigh(k1, high * 2 ** 32), high * 2 ** 32, 0));
    expect(new Set([draw(k0, k1, 0, 0), ...folded]).size).toBe(4);
  });
});

describe('streams', () => {
  it('differ by seed, also above 32 bits, and by domain', () => {
    const roots = [
      streamRoot(1),
      streamRoot(2),
      streamRoot(2 ** 32 + 1),
      streamRoot(2 ** 52 + 1),
      streamRoot(1, 'a'),
      streamRoot(1, 'b'),
      streamRoot(1, 'a', 'b'),
      streamRoot(1, 'b', 'a'),
      streamRoot(1, 'ab'),
    ];
    expect(new Set(roots.map(({ k0 }) => k0)).size).toBe(roots.length);
    expect(new Set(roots.map(({ k1 }) => k1)).size).toBe(roots.length);
  });

  it('never share the first key between seats', () => {
    const keys = new Set<number>();
    for (let seat = 0; seat < 100_000; seat++) keys.add(keyOf(seat).k0);
    expect(keys.size).toBe(100_000);
  });
});

it('maps words to half-open intervals', () => {
  expect([unit(0), unit(-1), signedUnit(-0x80000000), signedUnit(0x7fffffff)]).toEqual([
    0,
    1 - 2 ** -32,
    -1,
    1 - 2 ** -31,
  ]);
});
