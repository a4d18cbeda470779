import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { speedRatio, timeScale } from '../../src/core/time-scale.ts';

const speed = fc.record({
  numerator: fc.integer({ min: 1, max: 1_000_000 }),
  denominator: fc.integer({ min: 1, max: 1_000_000 }),
});
/** A year. */
const time = fc.integer({ min: 0, max: 366 * 86_400_000_000 });

describe('timeScale', () => {
  it('is the exact product, cut to whole microseconds', () => {
    fc.assert(
      fc.property(speed, time, (ratio, t) => {
        const exact = (BigInt(t) * BigInt(ratio.numerator)) / BigInt(ratio.denominator);
        fc.pre(exact < 2n ** 53n);
        expect(timeScale(ratio).deviceOf(t)).toBe(Number(exact));
      }),
    );
  });

  it('goes back to the first slot time that is not before', () => {
    fc.assert(
      fc.property(speed, time, (ratio, deviceUs) => {
        const { deviceOf, slotOf } = timeScale(ratio);
        const exact = (BigInt(deviceUs) * BigInt(ratio.denominator)) / BigInt(ratio.numerator);
        fc.pre(exact < 2n ** 53n);
        const t = slotOf(deviceUs);
        expect(deviceOf(t)).toBeGreaterThanOrEqual(deviceUs);
        if (t > 0) expect(deviceOf(t - 1)).toBeLessThan(deviceUs);
      }),
    );
  });

  it('stretches a minute into a day at 1440x, and leaves time alone at 1x and unpaced', () => {
    expect(timeScale({ numerator: 1440, denominator: 1 }).deviceOf(60_000_000)).toBe(86_400_000_000);
    for (const same of ['max', { numerator: 3, denominator: 3 }] as const)
      expect(timeScale(same).deviceOf(12_345)).toBe(12_345);
    expect(speedRatio('max')).toEqual({ numerator: 1, denominator: 1 });
  });

  it('lets a slot that never comes never come', () => {
    expect(timeScale({ numerator: 1440, denominator: 1 }).deviceOf(Number.POSITIVE_INFINITY)).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});
