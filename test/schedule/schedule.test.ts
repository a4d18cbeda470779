import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Level, LinearSegment, ScheduleSegment, ScheduleSpec } from '../../src/schedule/profile.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { type LinearSpec, referenceCount, referenceDueBy, referenceTimeOf } from './reference.ts';

const second = 1_000_000;
const day = 86_400 * second;
const limit = 2 ** 52;

const percent = (value: number): Level => ({ numerator: value, denominator: 100 });
const hold = (value: number, durationUs: number): ScheduleSegment => ({
  durationUs,
  from: percent(value),
  to: percent(value),
});
const rampTo = (from: number, to: number, durationUs: number): ScheduleSegment => ({
  durationUs,
  from: percent(from),
  to: percent(to),
});

const level = fc.oneof(
  fc.constant<Level>({ numerator: 0, denominator: 1 }),
  fc.record<Level>({ numerator: fc.integer({ min: 1, max: 300 }), denominator: fc.constant(100) }),
  fc.record<Level>({
    numerator: fc.integer({ min: 1, max: 1009 }),
    denominator: fc.integer({ min: 500, max: 1_000_003 }),
  }),
);
const duration = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: day }));
const segment = fc.oneof(
  fc.record<LinearSegment>({ durationUs: duration, from: level, to: level }),
  fc.tuple(duration, level).map(([durationUs, at]) => ({ durationUs, from: at, to: at })),
);
const rate = fc.oneof(
  fc.constantFrom({ events: 51_000_000, perUs: day }, { events: 50_000, perUs: second }, { events: 15, perUs: 1 }),
  fc.record({ events: fc.integer({ min: 1, max: 1_000_000_007 }), perUs: fc.integer({ min: second, max: day }) }),
);
const specs = fc.record<LinearSpec>({ rate, segments: fc.array(segment, { maxLength: 5 }) });

/** Its slot 1 is due at 4 503 599 627 480 302 µs, a little later than the reference looks. */
const dueJustBeyondTheLimit: LinearSpec = {
  rate: { events: 2, perUs: 23_683_056_498 },
  segments: [{ durationUs: 0, from: percent(1), to: { numerator: 2, denominator: 760_645 } }],
};

describe('createSchedule', () => {
  it('makes 51M/day exactly 51 000 000 slots in 24 hours, and again in the next', () => {
    const schedule = createSchedule({ rate: { events: 51_000_000, perUs: day }, segments: [] });
    expect(schedule.dueBy(day)).toBe(51_000_000);
    expect(schedule.dueBy(2 * day)).toBe(102_000_000);
    expect(schedule.timeOf(51_000_000)).toBe(day);
    expect(schedule.timeOf(51_000_000 - 1)).toBe(day - 1695);
  });

  it.each([3_000_000, 15_000_000])('keeps %d events a second without error over 10^12 events', (events) => {
    const schedule = createSchedule({ rate: { events, perUs: second }, segments: [] });
    for (const slot of [1e12, 1e12 + 1, 1e12 + 2, 1e12 + events - 1]) {
      expect(schedule.timeOf(slot)).toBe(Number((BigInt(slot) * 1_000_000n) / BigInt(events)));
    }
    expect(schedule.dueBy(1e6 * second)).toBe(events * 1e6);
  });

  it('counts a warm-up, a ramp and a peak exactly', () => {
    const schedule = createSchedule({
      rate: { events: 1000, perUs: second },
      segments: [hold(10, 30 * second), rampTo(10, 100, 60 * second), hold(300, 10 * second)],
    });
    expect(schedule.dueBy(30 * second)).toBe(3000);
    expect(schedule.dueBy(90 * second)).toBe(3000 + 33_000);
    expect(schedule.dueBy(100 * second)).toBe(36_000 + 30_000);
    expect(schedule.timeOf(36_000)).toBe(90 * second);
    expect(schedule.dueBy(101 * second)).toBe(66_000 + 3000);
  });

  it('starts a ramp from 0 % with its first slot at once and the second when one event is over', () => {
    const schedule = createSchedule({
      rate: { events: 2, perUs: second },
      segments: [rampTo(0, 100, 100 * second), hold(100, second)],
    });
    // N(t) = t²/100 s², so slot k is due at 10·√k seconds.
    expect(schedule.timeOf(0)).toBe(0);
    expect(schedule.timeOf(1)).toBe(10 * second);
    expect(schedule.timeOf(2)).toBe(Math.floor(10 * second * Math.SQRT2));
    expect(schedule.timeOf(4)).toBe(20 * second);
    expect(schedule.dueBy(100 * second)).toBe(100);
  });

  it('ends where the last level is 0: later slots never come', () => {
    const schedule = createSchedule({
      rate: { events: 10, perUs: second },
      segments: [hold(100, second), rampTo(100, 0, second)],
    });
    expect(schedule.dueBy(2 * second)).toBe(15);
    expect(schedule.dueBy(1e15)).toBe(15);
    expect(schedule.dueBy(Number.POSITIVE_INFINITY)).toBe(15);
    expect(schedule.timeOf(14)).toBeLessThan(2 * second);
    expect(schedule.timeOf(15)).toBe(Number.POSITIVE_INFINITY);
  });

  it('lets the slot at the beginning of a pause wait for its end', () => {
    const schedule = createSchedule({
      rate: { events: 10, perUs: second },
      segments: [hold(100, second), hold(0, 5 * second), hold(100, second)],
    });
    expect(schedule.timeOf(9)).toBe(900_000);
    expect(schedule.timeOf(10)).toBe(6 * second);
    expect(schedule.dueBy(6 * second)).toBe(10);
    expect(schedule.dueBy(6 * second + 1)).toBe(11);
  });

  it('has no slot at all at level 0', () => {
    const schedule = createSchedule({ rate: { events: 1, perUs: 1 }, segments: [hold(0, second)] });
    expect(schedule.timeOf(0)).toBe(Number.POSITIVE_INFINITY);
    expect(schedule.dueBy(day)).toBe(0);
  });

  it('answers in any order of questions alike', () => {
    const schedule = createSchedule({
      rate: { events: 1000, perUs: second },
      segments: [hold(10, second), rampTo(10, 100, second)],
    });
    const forwards = Array.from({ length: 2000 }, (_, slot) => schedule.timeOf(slot));
    const backwards = Array.from({ length: 2000 }, (_, i) => schedule.timeOf(1999 - i)).reverse();
    expect(backwards).toEqual(forwards);
  });

  it('counts no further than numbers are exact', () => {
    const schedule = createSchedule({ rate: { events: 15, perUs: 1 }, segments: [] });
    expect(schedule.dueBy(2 ** 53)).toBe(Number.MAX_SAFE_INTEGER);
    expect(schedule.dueBy(2 ** 40)).toBe(15 * 2 ** 40);
  });

  it('refuses what no scenario can give', () => {
    const whole: ScheduleSpec = { rate: { events: 1, perUs: 1 }, segments: [] };
    for (const bad of [
      { ...whole, rate: { events: 0, perUs: 1 } },
      { ...whole, rate: { events: 1, perUs: Number.NaN } },
      { ...whole, segments: [hold(-1, 1)] },
      { ...whole, segments: [hold(100, 0.5)] },
      { ...whole, segments: [hold(100, 2 ** 53 - 1), hold(100, 2 ** 53 - 1)] },
      { rate: { events: 2 ** 52, perUs: 1 }, segments: [hold(100, 100)] },
    ]) {
      expect(() => createSchedule(bad)).toThrowError(expect.objectContaining({ code: 'defect' }));
    }
  });

  it('agrees with the definition in integers', () => {
    fc.assert(
      fc.property(specs, fc.double({ min: 0, max: 1, noNaN: true }), (spec, share) => {
        const schedule = createSchedule(spec);
        const end = spec.segments.reduce((t, { durationUs }) => t + durationUs, 0);
        const until = Math.floor(share * (end + day));
        const count = referenceDueBy(spec, until);
        expect(schedule.dueBy(until)).toBe(count);
        for (const slot of [0, Math.floor(count * share), count - 1, count, count + 1]) {
          if (slot < 0) continue;
          const dueUs = referenceTimeOf(spec, slot, limit);
          if (dueUs === Number.POSITIVE_INFINITY) expect(schedule.timeOf(slot)).toBeGreaterThanOrEqual(limit);
          else expect(schedule.timeOf(slot)).toBe(dueUs);
        }
      }),
      { numRuns: 400, examples: [[dueJustBeyondTheLimit, 0]] },
    );
  });

  it('carries exact counts over every boundary', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const schedule = createSchedule(spec);
        let boundary = 0;
        for (const { durationUs } of spec.segments) {
          boundary += durationUs;
          for (const t of [boundary - 1, boundary, boundary + 1]) {
            expect(schedule.dueBy(t)).toBe(referenceDueBy(spec, t));
          }
          const { n, d } = referenceCount(spec, boundary);
          if (n % d === 0n && boundary > 0 && n > 0n) {
            expect(schedule.timeOf(Number(n / d) - 1)).toBeLessThan(boundary);
            expect(schedule.timeOf(Number(n / d))).toBeGreaterThanOrEqual(boundary);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never goes back, and dueBy is the inverse of timeOf', () => {
    fc.assert(
      fc.property(specs, fc.integer({ min: 0, max: 1_000_000_000 }), (spec, first) => {
        const schedule = createSchedule(spec);
        let before = first === 0 ? 0 : schedule.timeOf(first - 1);
        for (let slot = first; slot < first + 50; slot++) {
          const t = schedule.timeOf(slot);
          expect(t).toBeGreaterThanOrEqual(before);
          if (t < limit) {
            expect(schedule.dueBy(t)).toBeLessThanOrEqual(slot);
            expect(schedule.dueBy(t + 1)).toBeGreaterThan(slot);
          }
          before = t;
        }
      }),
      { numRuns: 300 },
    );
  });
});
