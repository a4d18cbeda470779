import { expect, it } from 'vitest';
import { exp } from '../../src/core/exponential.ts';
import { ln } from '../../src/core/logarithm.ts';

it('agrees with the library', () => {
  for (let x = -700; x <= 709; x += 0.0937) expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-15);
});

it('is exact at 0, nothing far below, and the inverse of the logarithm', () => {
  expect(exp(0)).toBe(1);
  expect(exp(-709)).toBe(0);
  expect(exp(710)).toBe(Number.POSITIVE_INFINITY);
  for (let x = 1e-6; x < 1e6; x *= 1.7) expect(Math.abs(exp(ln(x)) / x - 1)).toBeLessThan(4e-15);
});
