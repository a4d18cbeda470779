import { expect, it } from 'vitest';
import { arctangent } from '../../src/core/arctangent.ts';

it('agrees with the library', () => {
  for (let x = 1e-9; x < 1e9; x *= 1.07) {
    for (const signed of [x, -x]) expect(Math.abs(arctangent(signed) - Math.atan(signed))).toBeLessThan(1e-15);
  }
  expect(arctangent(0)).toBe(0);
});
