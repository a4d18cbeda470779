import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seatsOf } from '../../src/core/anchor.ts';

describe('seatsOf', () => {
  it('deals every seat to exactly one part', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 64 }), (devices, count) => {
        const owned = Array.from({ length: count }, (_, index) => seatsOf({ index, count }, devices));
        expect(owned.reduce((sum, seats) => sum + seats, 0)).toBe(devices);
        expect(Math.max(...owned) - Math.min(...owned)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
