import { describe, expect, it } from 'vitest';
import { Histogram } from '../../src/metrics/histogram.ts';
import { compareLatency } from '../../src/selftest/compare-latency.ts';
import { inflictedTimes } from '../../src/selftest/inflicted-times.ts';
import type { Granularity } from '../../src/selftest/timer-watch.ts';

const fine: Granularity = { clockStepUs: 1, timers: { count: 1000, p50: 0, p99: 0, p999: 0, max: 0 } };
const measured = (samples: readonly number[]) => {
  const histogram = new Histogram();
  for (const us of samples) histogram.record(us);
  return histogram.summarise();
};

/** S of every P, at 1000 events a second: what an open loop has to see, and what one event at a time would. */
const [S, P] = [1_000_000, 10_000_000];
const stalled = Array.from({ length: 10_000 }, (_, k) => Math.max(0, k * 1000 - (P - S)) && P - k * 1000);

describe('latencies that were inflicted', () => {
  it('are followed by the closed form of a stall, max(0, S − (1 − q)·P)', () => {
    const { p50, p90, p95, p99, p999 } = measured(stalled);
    for (const [value, q] of [
      [p50, 0.5],
      [p90, 0.9],
      [p95, 0.95],
      [p99, 0.99],
      [p999, 0.999],
    ] as const) {
      expect(Math.abs((value as number) - Math.max(0, S - (1 - q) * P))).toBeLessThan(2000);
    }
  });

  it('pass where they were measured as they were', () => {
    expect(compareLatency('response time', measured(stalled), stalled, fine)).toEqual([]);
    expect(compareLatency('x', measured([]), [], fine)).toEqual(['x: no p50 reported']);
  });

  it('find out a loop that waits for its answers: it sees the stall once', () => {
    const closed = stalled.map((_, k) => (k === 9000 ? S : 1000));
    const problems = compareLatency('response time', measured(closed), stalled, fine, 5000);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'response time p95',
      'response time p99',
      'response time p999',
    ]);
    expect(problems[0]).toBe('response time p95: 1 ms reported, 499 ms in truth, more than 9.98 ms apart');
  });

  it('may be off by 2 %, by the least tolerance, and by twice the granularity of that quantile', () => {
    const truth = Array.from({ length: 20_000 }, () => 20_000);
    const off = (us: number, granularity = fine, least = 0): number =>
      compareLatency('x', measured(truth.map((real) => real + us)), truth, granularity, least).length;
    expect([off(380), off(420)]).toEqual([0, 5]);
    expect(off(4900, fine, 5000)).toBe(0);
    const coarse = { ...fine, timers: { ...fine.timers, p99: 1000, p999: 4000 } };
    expect([off(1900, coarse), off(2500, coarse), off(9000, coarse)]).toEqual([0, 4, 5]);
  });

  it('have to be all there', () => {
    expect(compareLatency('x', measured([1, 2]), [1, 2, 3], fine)).toEqual(['x: 2 samples reported, 3 in truth']);
  });
});

describe('inflictedTimes', () => {
  const answers = [
    { slot: 99, cameUs: 1_500_000, atUs: 1_600_000 },
    { slot: 100, cameUs: 2_000_100, atUs: 2_020_100 },
    { slot: 150, cameUs: 2_800_000, atUs: 2_900_000 },
  ];
  const load = { perSecond: 100 };

  it('count from the coming of an event, or from when it was due, and leave out the warm-up', () => {
    expect(inflictedTimes({ compares: 'service-time' }, load, { answers }, 1_000_000, 1_000_000)).toEqual([
      20_000, 100_000,
    ]);
    expect(inflictedTimes({ compares: 'response-time' }, load, { answers }, 1_000_000, 1_000_000)).toEqual([
      20_100, 400_000,
    ]);
  });
});
