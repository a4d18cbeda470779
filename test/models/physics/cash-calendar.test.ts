import { expect, it } from 'vitest';
import { cashCalendar, monthOf } from '../../../src/models/physics/cash-calendar.ts';

const DAY_US = 86_400_000_000;

it('knows the month of every day', () => {
  for (let day = 0; day < 104_000; day++) {
    const month = new Date(day * 86_400_000).getUTCMonth();
    if (monthOf(day) !== month) expect([day, monthOf(day)]).toEqual([day, month]);
  }
});

it('takes from one hour what it gives to another: nothing is left over a day, nor of amounts over years', () => {
  const date = { middle: 0, lean: 0 };
  const sum = { middle: 0, lean: 0 };
  const hours = 24 * 1461;
  for (let hour = 0; hour < hours; hour++) {
    cashCalendar((hour / 24) * DAY_US, date);
    expect(Math.abs(date.middle)).toBeLessThanOrEqual(1);
    expect(Math.abs(date.lean)).toBeLessThanOrEqual(1);
    sum.middle += date.middle;
    sum.lean += date.lean;
  }
  expect(Math.abs(sum.middle / hours)).toBeLessThan(1e-6);
  expect(Math.abs(sum.lean / hours)).toBeLessThan(0.002);
});

it('knows Saturday evenings in December from Tuesday mornings in February', () => {
  const at = (text: string): { middle: number; lean: number } => {
    const date = { middle: 0, lean: 0 };
    cashCalendar(Date.parse(text) * 1000, date);
    return date;
  };
  expect(at('2026-12-19T19:00:00Z').lean).toBeGreaterThan(0.6);
  expect(at('2026-02-17T07:00:00Z').lean).toBeLessThan(-0.4);
  expect(at('2026-02-17T13:30:00Z').middle).toBeCloseTo(0.6, 6);
  expect(at('2026-02-22T13:30:00Z').middle).toBeCloseTo(0.25, 6);
  expect(at('2026-02-17T01:30:00Z').middle).toBeCloseTo(-0.6, 6);
});
