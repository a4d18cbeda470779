import { expect, it } from 'vitest';
import { fade, latticeNoise } from '../../src/core/lattice-noise.ts';
import { draw, signedUnit } from '../../src/core/random.ts';

it('meets its nodes and is smooth in between', () => {
  for (let node = 0; node < 50; node++) {
    expect(latticeNoise(3, 4, node, 5)).toBe(signedUnit(draw(3, 4, node, 5)));
    for (let i = 0; i < 100; i++) {
      const here = latticeNoise(3, 4, node + i / 100, 5);
      expect(Math.abs(latticeNoise(3, 4, node + (i + 1) / 100, 5) - here)).toBeLessThan(0.0301);
      expect(Math.abs(here)).toBeLessThanOrEqual(1);
    }
  }
});

it('has independent nodes far from zero as well', () => {
  const values = Array.from({ length: 1000 }, (_, i) => latticeNoise(3, 4, 1e9 + i, 5));
  const mean = values.reduce((a, b) => a + b) / 1000;
  const lagged = values.slice(1).reduce((sum, value, i) => sum + value * (values[i] as number), 0) / 999;
  expect(Math.abs(mean)).toBeLessThan(0.07);
  expect(Math.abs(lagged)).toBeLessThan(0.04);
});

it('fades with flat ends', () => {
  expect([fade(0), fade(0.5), fade(1)]).toEqual([0, 0.5, 1]);
});
