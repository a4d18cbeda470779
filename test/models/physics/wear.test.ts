import { expect, it } from 'vitest';
import { abnormalShare, damageAt } from '../../../src/models/physics/wear.ts';

const wear = { initial: 0.08, normal: 0.1, onset: 0.3 };

it('begins where the part began and ends at failure, and never heals', () => {
  expect(damageAt(wear, 0)).toBe(0.08);
  expect(damageAt(wear, 1)).toBeCloseTo(1, 12);
  for (let x = 0.001; x <= 1; x += 0.001) expect(damageAt(wear, x)).toBeGreaterThan(damageAt(wear, x - 0.001));
});

it('has two stages: even up to the onset, then ever faster, without a jump', () => {
  const slope = (x: number): number => (damageAt(wear, x + 1e-6) - damageAt(wear, x)) / 1e-6;
  expect(slope(0.01)).toBeCloseTo(0.1 / 0.3, 5);
  expect(slope(0.29)).toBeCloseTo(0.1 / 0.3, 5);
  expect(damageAt(wear, 0.3)).toBeCloseTo(damageAt(wear, 0.3 - 1e-12), 9);
  expect(slope(0.999) / slope(0.301)).toBeCloseTo(Math.exp(4), -1);
  expect(abnormalShare(0.3, 0.3)).toBe(0);
  expect(abnormalShare(0.3, 1)).toBeCloseTo(1, 12);
});
