import { describe, expect, it } from 'vitest';
import { ln } from '../../src/core/logarithm.ts';
import { normal, normalQuantile } from '../../src/core/normal.ts';
import { draw } from '../../src/core/random.ts';

/** Distribution function of the standard normal by the Taylor series of its integral, and a continued fraction in the tails. */
function phi(x: number): number {
  if (x > 0) return 1 - phi(-x);
  if (x < -6) {
    let fraction = 0;
    for (let k = 60; k > 0; k--) fraction = k / (-x + fraction);
    return Math.exp(-x * x * 0.5) / Math.sqrt(2 * Math.PI) / (-x + fraction);
  }
  let sum = x;
  let term = x;
  for (let k = 1; k < 200; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + sum * (Math.exp(-x * x * 0.5) / Math.sqrt(2 * Math.PI));
}

describe('normal', () => {
  const count = 400_000;
  const values = Float64Array.from({ length: count }, (_, i) => normal(draw(1, 2, i, 0))).sort();

  it('follows the normal distribution', () => {
    let distance = 0;
    for (let i = 0; i < count; i++)
      distance = Math.max(distance, Math.abs(phi(values[i] as number) - (i + 0.5) / count));
    // Kolmogorov and Smirnov: 1 % of fair samples exceed 1.63.
    expect(distance * Math.sqrt(count)).toBeLessThan(1.63);
  });

  it('has its mean, spread and tails', () => {
    let sum = 0;
    let squares = 0;
    let beyondThree = 0;
    for (const value of values) {
      sum += value;
      squares += value * value;
      if (Math.abs(value) > 3) beyondThree++;
    }
    expect(Math.abs(sum / count)).toBeLessThan(0.005);
    expect(Math.abs(squares / count - 1)).toBeLessThan(0.01);
    expect(beyondThree / count / 0.0026998).toBeGreaterThan(0.88);
    expect(beyondThree / count / 0.0026998).toBeLessThan(1.12);
  });

  it('is exact where the table is too coarse', () => {
    expect(normal(0)).toBeCloseTo(-6.338, 2);
    expect(normal(-1)).toBeCloseTo(6.338, 2);
    // Where the chords begin, they must meet the curve.
    for (const word of [4 << 21, (4 << 21) - 1, (2044 << 21) - 1, 2044 << 21]) {
      expect(normal(word)).toBeCloseTo(normalQuantile(((word >>> 0) + 0.5) / 2 ** 32), 5);
    }
  });

  it('gives the same values for ever', () => {
    expect([0, 1, 1 << 21, 1 << 25, 1 << 30, -1 << 30, -1].map(normal)).toMatchInlineSnapshot(`
      [
        -6.337957751843744,
        -6.166429516609705,
        -3.297193275457602,
        -2.417559017978693,
        -0.6744897502234225,
        0.6744897502234225,
        6.337957751843744,
      ]
    `);
  });
});

it('ln is the natural logarithm', () => {
  for (let x = 1e-12; x < 1e12; x *= 1.37) expect(ln(x)).toBeCloseTo(Math.log(x), 12);
  expect(ln(1)).toBe(0);
});

it('the quantile function inverts the distribution function', () => {
  for (const p of [1e-9, 1e-6, 0.001, 0.02, 0.03, 0.3, 0.5, 0.77, 0.99, 0.999999]) {
    expect(phi(normalQuantile(p)) / p).toBeCloseTo(1, 6);
  }
});
