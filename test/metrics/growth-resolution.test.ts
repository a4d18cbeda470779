import { describe, expect, it } from 'vitest';
import { tooShortFor } from '../../src/metrics/growth-resolution.ts';
import { parseThreshold, type Threshold } from '../../src/metrics/threshold.ts';

const HOUR_US = 3_600_000_000;

function reason(expression: string, measuredUs: number): string | null {
  return tooShortFor(parseThreshold(expression, []) as Threshold, measuredUs);
}

describe('how long a growth has to be measured', () => {
  it.each([
    ['rss_growth < 2MiB/h', HOUR_US / 2],
    ['descriptor_growth < 6/day', 4 * HOUR_US],
    ['schedule_lag_growth < 100us/h', HOUR_US],
  ])('%s: until so much of it would be one step more', (expression, leastUs) => {
    expect(reason(expression, leastUs)).toBeNull();
    expect(reason(expression, leastUs - 1_000_000)).toContain(`cannot tell so little ${expression.split(' ')[0]}`);
  });

  it('tells no growth of nothing, however long', () => {
    expect(reason('rss_growth <= 0MiB/h', 1_000 * HOUR_US)).toContain('1 MiB anyhow');
  });

  it('is of no concern to a run without an end, nor to other thresholds', () => {
    expect(reason('rss_growth < 1MiB/day', Number.POSITIVE_INFINITY)).toBeNull();
    expect(reason('response_time p99 < 1ms', 1)).toBeNull();
    expect(reason('lost < 1ppm', 1)).toBeNull();
  });
});
