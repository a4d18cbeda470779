import { describe, expect, it } from 'vitest';
import type { ScheduleSegment, ScheduleSpec } from '../../src/schedule/profile.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';

const second = 1_000_000;
const key = { k0: 0x1234567, k1: -0x7654321 };

function spec(events: number, perUs = second, segments: ScheduleSegment[] = []): ScheduleSpec {
  return { rate: { events, perUs }, segments, poisson: key };
}

function even({ poisson: _, ...rest }: ScheduleSpec) {
  return createSchedule(rest);
}

const level = (numerator: number, denominator = 1) => ({ numerator, denominator });
const ramp: ScheduleSegment[] = [
  { durationUs: 10 * second, from: level(0), to: level(2) },
  { durationUs: 5 * second, from: level(0), to: level(0) },
  { durationUs: 5 * second, from: level(1), to: level(1) },
];

describe('Poisson arrivals', () => {
  it.each([
    ['even', spec(50_000)],
    ['a ramp and a pause', spec(3_000, second, ramp)],
    ['an odd rate', spec(590_277, 1000 * second)],
  ])('have exactly the totals of each second of %s', (_, random) => {
    const schedule = createSchedule(random);
    const reference = even(random);
    for (let s = 0; s <= 25; s++) expect(schedule.dueBy(s * second)).toBe(reference.dueBy(s * second));
  });

  it('never go back, and dueBy is the inverse of timeOf', () => {
    for (const random of [spec(2_000), spec(700, second, ramp), spec(3, second), spec(1, 60 * second)]) {
      const schedule = createSchedule(random);
      let before = 0;
      for (let slot = 0; slot < 5_000; slot++) {
        const t = schedule.timeOf(slot);
        expect(Number.isSafeInteger(t) && t >= before).toBe(true);
        before = t;
        expect(schedule.dueBy(t)).toBeLessThanOrEqual(slot);
        expect(schedule.dueBy(t + 1)).toBeGreaterThan(slot);
      }
    }
  });

  it('are a function of the slot alone: any order of asking gives the same', () => {
    const one = createSchedule(spec(1_000, second, ramp));
    const other = createSchedule(spec(1_000, second, ramp));
    const slots = Array.from({ length: 500 }, (_, i) => (i * 7_919) % 15_000);
    const times = new Map(slots.map((slot) => [slot, one.timeOf(slot)]));
    for (const slot of [...slots].sort((a, b) => b - a)) expect(other.timeOf(slot)).toBe(times.get(slot));
    const key2 = createSchedule({ ...spec(1_000, second, ramp), poisson: { k0: 1, k1: 2 } });
    expect(slots.filter((slot) => key2.timeOf(slot) === times.get(slot)).length).toBeLessThan(50);
  });

  it('end where the schedule ends', () => {
    const random = spec(100, second, [{ durationUs: 3 * second, from: level(1), to: level(0) }]);
    const schedule = createSchedule(random);
    expect(schedule.dueBy(Number.POSITIVE_INFINITY)).toBe(150);
    expect(schedule.timeOf(149)).toBeLessThan(3 * second);
    expect(schedule.timeOf(150)).toBe(Number.POSITIVE_INFINITY);
  });

  it('keep a lonely event within its window, anywhere in it', () => {
    // 64 events a second make windows of a second; at a 64th of that, each holds one event.
    const slow = [{ durationUs: 500 * second, from: level(1, 64), to: level(1, 64) }];
    const schedule = createSchedule(spec(64, second, slow));
    const within = Array.from({ length: 500 }, (_, slot) => schedule.timeOf(slot) - slot * second);
    expect(Math.min(...within)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...within)).toBeLessThan(second);
    const quarters = [0, 1, 2, 3].map((quarter) => within.filter((us) => Math.floor((4 * us) / second) === quarter));
    for (const quarter of quarters) expect(quarter.length).toBeGreaterThan(80);
  });

  it('vary as a Poisson process does: variance by mean of the counts in 1/1024 s is 1.00 ± 0.02', () => {
    const schedule = createSchedule(spec(50_000));
    const cells = 1024 * 40;
    const counts = new Float64Array(cells);
    for (let slot = 0; slot < 50_000 * 40; slot++) {
      const cell = Math.floor((schedule.timeOf(slot) * 1024) / second);
      counts[cell] = (counts[cell] as number) + 1;
    }
    const mean = (50_000 * 40) / cells;
    const variance = counts.reduce((sum, count) => sum + (count - mean) * (count - mean), 0) / cells;
    expect(variance / mean).toBeGreaterThan(0.98);
    expect(variance / mean).toBeLessThan(1.02);
  });

  it.each([5_000, 20])('leave gaps that are exponentially distributed, at %d a second', (rate) => {
    const schedule = createSchedule(spec(rate));
    const n = 20_000;
    const gaps = Array.from({ length: n }, (_, i) => (schedule.timeOf(i + 1) - schedule.timeOf(i)) / second).sort(
      (a, b) => a - b,
    );
    // Kolmogorov and Smirnov: the greatest distance from 1 − e^(−rt), against the 0.1 % point 1.95/√n; a window's fixed total adds a little.
    const distance = gaps.reduce(
      (most, gap, i) => Math.max(most, Math.abs(1 - Math.exp(-rate * gap) - (i + 0.5) / n)),
      0,
    );
    expect(distance).toBeLessThan(rate > 1_000 ? 1.95 / Math.sqrt(n) : 0.02);
  });

  it('put no more than an event or two into a pause', () => {
    const schedule = createSchedule(spec(3_000, second, ramp));
    expect(schedule.dueBy(15 * second) - schedule.dueBy(10 * second + 1)).toBeLessThanOrEqual(2);
  });
});
