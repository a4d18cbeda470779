import { formatBytes, formatMicros } from '../core/units.ts';
import type { Growth } from './result.ts';

/** The metrics that are slopes. */
export type GrowthMetric = 'rss_growth' | 'descriptor_growth' | 'schedule_lag_growth';

/** A slope with its interval, `430 KiB/h (-98 KiB/h to 920 KiB/h)`. */
export function formatGrowth(metric: GrowthMetric, { perHour, low, high }: Growth): string {
  const [slope, least, most] = [perHour, low, high].map((value) => `${amount(metric, value)}/h`);
  return least === most ? `${slope}` : `${slope} (${least} to ${most})`;
}

function amount(metric: GrowthMetric, value: number): string {
  if (metric === 'rss_growth') return formatBytes(Math.round(value));
  if (metric === 'schedule_lag_growth') return formatMicros(value);
  return `${Number(value.toPrecision(3))}`;
}
