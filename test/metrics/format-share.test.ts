import { expect, it } from 'vitest';
import { formatShare } from '../../src/metrics/format-share.ts';

it.each([
  [0, '0 %'],
  [1, '100 %'],
  [0.123456789, '12.346 %'],
  [1e-5, '0.001 %'],
  [9.99e-6, '9.99 ppm'],
  [-1.2345e-6, '-1.23 ppm'],
])('a share of %d is %s', (share, text) => {
  expect(formatShare(share)).toBe(text);
});
