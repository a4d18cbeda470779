import { describe, expect, it } from 'vitest';
import { lagGrowth } from '../../src/capacity/lag-growth.ts';
import type { Stretch } from '../../src/report/timeline/timeline.ts';

/** Seconds in which the median waits were these, µs. */
function seconds(count: number, waits: (i: number) => { responseTime: number | null; endToEnd: number | null }) {
  return Array.from({ length: count }, (_, i) => {
    const { responseTime, endToEnd } = waits(i);
    const latency = { responseTime: { p50: responseTime }, endToEnd: { p50: endToEnd } };
    return { fromUs: i * 1e6, toUs: (i + 1) * 1e6, latency } as unknown as Stretch;
  });
}

describe('the growth of the wait', () => {
  it('is in seconds per second, with its interval', () => {
    const growth = lagGrowth(seconds(60, (i) => ({ responseTime: 1000 + i * 20_000, endToEnd: null })));
    expect(growth?.perSecond).toBeCloseTo(0.02, 9);
    expect(growth?.low).toBeCloseTo(0.02, 9);
    expect(growth?.high).toBeCloseTo(0.02, 9);
  });

  it('is that of whichever wait grows faster', () => {
    const growth = lagGrowth(seconds(60, (i) => ({ responseTime: 1000 + i * 1000, endToEnd: 2000 + i * 50_000 })));
    expect(growth?.perSecond).toBeCloseTo(0.05, 9);
  });

  it('is nothing where waits stay, and unknown where there are too few', () => {
    expect(lagGrowth(seconds(60, () => ({ responseTime: 1000, endToEnd: 2000 })))?.perSecond).toBe(0);
    expect(lagGrowth(seconds(3, () => ({ responseTime: 1000, endToEnd: 2000 })))).toBeNull();
    expect(lagGrowth(seconds(60, () => ({ responseTime: null, endToEnd: null })))).toBeNull();
  });
});
