import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepTimes } from '../../src/core/recorded-times.ts';
import type { Speed } from '../../src/core/time-scale.ts';
import type { RateProfile, RecordedPace } from '../../src/schedule/profile.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';

const same: Speed = { numerator: 1, denominator: 1 };
const MOST = Number.MAX_SAFE_INTEGER;

function schedule(times: number[], lengthUs: number, pace: Partial<RecordedPace> = {}): RateProfile {
  keepTimes('some', { timesUs: Float64Array.from(times), lengthUs });
  const recorded = { key: 'some', loop: true, warp: same, speed: same, ...pace };
  return createSchedule({ rate: { events: 1, perUs: 1 }, segments: [], recorded });
}

const speeds = fc
  .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }))
  .map(([numerator, denominator]) => ({ numerator, denominator }));
const recordings = fc
  .tuple(
    fc.array(fc.oneof(fc.constant(0), fc.nat(20), fc.nat(40_000_000_000)), { maxLength: 30 }),
    fc.integer({ min: 1, max: 1e9 }),
  )
  .map(([gaps, gap]) => {
    let sum = 0;
    const times = [0, ...gaps].map((us) => {
      sum += us;
      return sum;
    });
    return { times, lengthUs: sum + gap };
  });
const paces = fc.record({ loop: fc.boolean(), warp: speeds, speed: speeds });

describe('recordedSchedule', () => {
  it('plays events when they were recorded, then again', () => {
    const { timeOf, endUs } = schedule([0, 5, 5, 9], 12);
    expect([0, 1, 2, 3, 4, 5, 8].map(timeOf)).toEqual([0, 5, 5, 9, 12, 17, 24]);
    expect(endUs).toBeUndefined();
  });

  it('ends with the last one where it is not looped', () => {
    const { timeOf, dueBy, endUs } = schedule([0, 5, 5, 9], 12, { loop: false });
    expect([3, 4, 5_000].map(timeOf)).toEqual([9, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect([0, 1, 5, 5.5, 6, 9, 10, Number.POSITIVE_INFINITY].map(dueBy)).toEqual([0, 1, 1, 3, 3, 3, 4, 4]);
    expect(endUs).toBe(12);
  });

  it('warps recorded time, and maps device time to slot time', () => {
    const ten = { numerator: 10, denominator: 1 };
    const half = { numerator: 1, denominator: 2 };
    expect([1, 2, 3].map(schedule([0, 99, 100], 200, { warp: ten }).timeOf)).toEqual([9, 10, 20]);
    expect([1, 2, 3].map(schedule([0, 99, 100], 200, { warp: half }).timeOf)).toEqual([198, 200, 400]);
    expect([1, 2, 3].map(schedule([0, 99, 100], 200, { speed: ten }).timeOf)).toEqual([10, 10, 20]);
    expect([1, 2, 3].map(schedule([0, 99, 100], 200, { warp: ten, speed: half }).timeOf)).toEqual([18, 20, 40]);
  });

  it('agrees with its definition in whole numbers of any size', () => {
    fc.assert(
      fc.property(recordings, paces, fc.nat(1_000_000), ({ times, lengthUs }, pace, slot) => {
        const { timeOf } = schedule(times, lengthUs, pace);
        const round = Math.floor(slot / times.length);
        const recorded = BigInt(round) * BigInt(lengthUs) + BigInt(times[slot % times.length] as number);
        const played = (recorded * BigInt(pace.warp.denominator)) / BigInt(pace.warp.numerator);
        const [n, d] = [BigInt(pace.speed.numerator), BigInt(pace.speed.denominator)];
        const exact = (played * d + n - 1n) / n;
        const fits = (pace.loop || round === 0) && [recorded, played, exact].every((us) => us <= BigInt(MOST));
        expect(timeOf(slot)).toBe(fits ? Number(exact) : Number.POSITIVE_INFINITY);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never decreases, and dueBy counts what is due before', () => {
    fc.assert(
      fc.property(recordings, paces, fc.nat(10_000), fc.nat(3), ({ times, lengthUs }, pace, slot, off) => {
        const { timeOf, dueBy } = schedule(times, lengthUs, pace);
        const dueUs = timeOf(slot);
        expect(timeOf(slot + 1)).toBeGreaterThanOrEqual(dueUs);
        const t = dueUs === Number.POSITIVE_INFINITY ? dueUs : dueUs + (off - 1) / 2;
        const count = dueBy(t);
        if (count > 0) expect(timeOf(count - 1)).toBeLessThan(t);
        expect(timeOf(count)).toBeGreaterThanOrEqual(t);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is a defect where its times were never loaded', () => {
    const recorded = { key: 'none', loop: true, warp: same, speed: same };
    const spec = { rate: { events: 1, perUs: 1 }, segments: [], recorded };
    expect(() => createSchedule(spec)).toThrowError(expect.objectContaining({ code: 'defect' }));
  });
});
