import { describe, expect, it } from 'vitest';
import type { SineSegment } from '../../src/schedule/profile.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { linearSegments, MOST_PERIODS, startLevel } from '../../src/schedule/sine.ts';

const second = 1_000_000;
const wave: SineSegment = {
  durationUs: 150 * second,
  low: { numerator: 1, denominator: 2 },
  high: { numerator: 3, denominator: 2 },
  periodUs: 60 * second,
  phaseUs: 20 * second,
};

/** The wave's level by its definition. */
function levelAt(t: number): number {
  return 1 + 0.5 * Math.cos((2 * Math.PI * (t + wave.phaseUs)) / wave.periodUs);
}

describe('a sine', () => {
  it('becomes ramps that join, fill its length and keep to the wave', () => {
    const ramps = linearSegments([wave]);
    let at = 0;
    let before = ramps[0]?.from;
    for (const { durationUs, from, to } of ramps) {
      expect(from).toEqual(before);
      expect(Math.abs(from.numerator / from.denominator - levelAt(at))).toBeLessThan(2e-6);
      const middle = (from.numerator / from.denominator + to.numerator / to.denominator) / 2;
      // (2π/96)²/8 of half the swing.
      expect(Math.abs(middle - levelAt(at + durationUs / 2))).toBeLessThan(0.5 * 0.00054);
      at += durationUs;
      before = to;
    }
    expect(at).toBe(wave.durationUs);
  });

  it('sends what its integral says', () => {
    const schedule = createSchedule({ rate: { events: 1000, perUs: second }, segments: [wave] });
    for (const t of [10, 40, 75, 150]) {
      const w = (2 * Math.PI) / 60;
      const integral = t + (0.5 / w) * (Math.sin(w * (t + 20)) - Math.sin(w * 20));
      expect(Math.abs(schedule.dueBy(t * second) - 1000 * integral)).toBeLessThan(8);
    }
    // A whole period has the mean level.
    expect(schedule.dueBy(120 * second) - schedule.dueBy(60 * second)).toBeCloseTo(60_000, -1);
  });

  it('has its peak where it is put, and its end level stays', () => {
    const rate = { events: 1_000_000, perUs: second };
    const schedule = createSchedule({ rate, segments: [{ ...wave, durationUs: 40 * second }] });
    const around = (t: number): number => schedule.dueBy((t + 0.5) * second) - schedule.dueBy((t - 0.5) * second);
    expect(around(10)).toBeLessThan(502_000);
    expect(around(39)).toBeGreaterThan(1_494_000);
    expect(around(100)).toBeGreaterThan(1_499_000);
  });

  it('shorter than its knots has no ramp without a length', () => {
    const ramps = linearSegments([{ ...wave, periodUs: 40, durationUs: 90, phaseUs: 7 }]);
    expect(Math.min(...ramps.map(({ durationUs }) => durationUs))).toBeGreaterThan(0);
    expect(ramps.reduce((sum, { durationUs }) => sum + durationUs, 0)).toBe(90);
  });

  it('begins at the level that its phase has', () => {
    expect(startLevel({ ...wave, phaseUs: 0 })).toEqual({ numerator: 1_500_000, denominator: 1_000_000 });
    expect(startLevel({ ...wave, phaseUs: wave.periodUs / 2 })).toEqual({ numerator: 500_000, denominator: 1_000_000 });
    const from = { numerator: 2, denominator: 7 };
    expect(startLevel({ durationUs: second, from, to: wave.low })).toBe(from);
  });

  it('of many periods is made coarser, never without bound', () => {
    const many = { ...wave, periodUs: second / 10, durationUs: (second / 10) * MOST_PERIODS, phaseUs: 0 };
    expect(linearSegments([many]).length).toBeLessThanOrEqual(8_192 + 16);
    expect(() => linearSegments([{ ...many, durationUs: many.durationUs * 3 }])).toThrow('too many periods');
  });
});
