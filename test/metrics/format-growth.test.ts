import { expect, it } from 'vitest';
import { formatGrowth, type GrowthMetric } from '../../src/metrics/format-growth.ts';

it.each<[GrowthMetric, [number, number, number], string]>([
  ['rss_growth', [440_320.4, -100_352, 942_080], '430 KiB/h (-98 KiB/h to 920 KiB/h)'],
  ['schedule_lag_growth', [1_250, -20, 2_000_000], '1.25 ms/h (-20 us/h to 2 s/h)'],
  ['descriptor_growth', [12.3456, 1, 20], '12.3/h (1/h to 20/h)'],
  // An interval that is no wider than its words is not told.
  ['descriptor_growth', [2, 1.9999, 2.0001], '2/h'],
])('%s of %j is %s', (metric, [perHour, low, high], text) => {
  expect(formatGrowth(metric, { perHour, low, high })).toBe(text);
});
