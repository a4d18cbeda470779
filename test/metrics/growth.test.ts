import { describe, expect, it } from 'vitest';
import { draw, streamRoot, unit } from '../../src/core/random.ts';
import { growthOf, steepest, type TimedValue } from '../../src/metrics/growth.ts';

const HOUR_US = 3_600e6;
const root = streamRoot(1, 'growth');

/** A second each: `perHour` and what scatters, of which a share `follows` the value before. */
function series(seed: number, seconds: number, perHour: number, scatter: number, follows = 0): TimedValue[] {
  let rest = 0;
  return Array.from({ length: seconds }, (_, second) => {
    // Nearly normal: the sum of four.
    const four = [0, 1, 2, 3].reduce((sum, i) => sum + unit(draw(root.k0, root.k1, seed, 4 * second + i)) - 0.5, 0);
    rest = follows * rest + scatter * four * Math.sqrt(1 - follows ** 2);
    const atUs = second * 1e6;
    return { atUs, value: 1e8 + (perHour * atUs) / HOUR_US + rest };
  });
}

function held(perHour: number, follows: number): number {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  return seeds.filter((seed) => {
    const found = growthOf(series(seed, 1_200, perHour, 5e5, follows));
    // Without an interval nothing is claimed.
    return found === null || (found.low <= perHour && perHour <= found.high);
  }).length;
}

describe('growthOf', () => {
  it.each([
    ['independent', 0],
    ['like those before', 0.9],
    ['much like those before', 0.98],
  ])('holds the true slope in its interval in 90 of 100 series or more, values being %s', (_, follows) => {
    for (const perHour of [0, 1_048_576, -5e6]) expect(held(perHour, follows)).toBeGreaterThanOrEqual(180);
  });

  it('is narrow enough to tell a leak of 1 MiB/h from none in 20 minutes where half a megabyte scatters', () => {
    const [flat, leak] = [0, 1_048_576].map((perHour) => growthOf(series(7, 1_200, perHour, 5e5)));
    expect(flat?.high).toBeLessThan(1_048_576);
    expect(leak?.low).toBeGreaterThan(0);
  });

  it('is moved by no burst and no single step at an end', () => {
    const values = series(3, 600, 0, 0);
    for (const burst of [100, 101, 102, 400, 599]) (values[burst] as TimedValue).value += 1e9;
    expect(growthOf(values)).toEqual({ perHour: 0, low: 0, high: 0 });
  });

  it('claims nothing of few values, nor of those that only wander', () => {
    expect(growthOf([])).toBeNull();
    expect(growthOf(series(1, 9, 1e6, 0))).toBeNull();
    const turn = series(1, 600, 0, 0).map(({ atUs }, i) => ({ atUs, value: Math.abs(i - 300) }));
    expect(growthOf(turn)).toBeNull();
  });
});

it.each([0.001, 0.1, 0.3, 1, 7])('a series that stays at %s does not grow, though its mean is not exact', (value) => {
  const flat = Array.from({ length: 60 }, (_, i) => ({ atUs: i * 1e6, value }));
  expect(growthOf(flat)).toEqual({ perHour: 0, low: 0, high: 0 });
});

describe('steepest', () => {
  it('is the largest of those that are known', () => {
    const [one, other] = [1, 2].map((perHour) => ({ perHour, low: 0, high: 3 }));
    expect(steepest([null, one ?? null, other ?? null, null])).toBe(other);
    expect(steepest([null])).toBeNull();
  });
});
