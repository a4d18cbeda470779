import { describe, expect, it } from 'vitest';
import { quantileOf, TimerWatch } from '../../src/selftest/timer-watch.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

describe('quantileOf', () => {
  it('is the least value that the share does not exceed', () => {
    const sorted = Float64Array.from({ length: 100 }, (_, i) => i + 1);
    expect([0.5, 0.9, 0.99, 0.999, 1].map((q) => quantileOf(sorted, q))).toEqual([50, 90, 99, 100, 100]);
    expect(quantileOf(new Float64Array(), 0.5)).toBe(0);
  });
});

describe('TimerWatch', () => {
  it('counts by how much timers are late', () => {
    const clock = new VirtualClock();
    const lateBy = (ms: number) =>
      Object.assign(Object.create(clock) as VirtualClock, {
        nowUs: () => clock.nowUs(),
        after: (wanted: number, task: () => void) => clock.after(wanted + ms, task),
      });
    const watch = new TimerWatch(lateBy(0.25));
    clock.advanceTo(clock.nowUs() + 125_000);
    expect(watch.stop().timers).toEqual({ count: 100, p50: 250, p99: 250, p999: 250, max: 250 });
    clock.advanceTo(clock.nowUs() + 125_000);
    expect(watch.stop().timers.count).toBe(100);
  });
});
