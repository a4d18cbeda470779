import type { Micros } from '../core/clock.ts';
import { formatMicros } from '../core/units.ts';
import type { QuantileSummary } from '../metrics/result.ts';
import { type Granularity, quantileOf } from './timer-watch.ts';

/** Quantiles of a result that are compared, as far as it has samples enough for them. */
const compared = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
] as const;

/** Largest relative error of a quantile. */
const SHARE = 0.02;

/**
 * Compares a distribution that a run measured with the one that was inflicted on it, `truth` in µs. Each quantile may be off by the largest
 * of 2 %, `leastUs`, and twice the granularity at that quantile. One sentence for each that is off by more, or that is not told.
 */
export function compareLatency(
  name: string,
  measured: QuantileSummary,
  truth: readonly Micros[],
  { timers }: Granularity,
  leastUs: Micros = 0,
): string[] {
  const sorted = Float64Array.from(truth).sort();
  if (measured.count !== sorted.length)
    return [`${name}: ${measured.count} samples reported, ${sorted.length} in truth`];
  return compared.flatMap(([key, q]) => {
    const reported = measured[key];
    const real = quantileOf(sorted, q);
    if (reported === null) return q === 0.5 ? [`${name}: no ${key} reported`] : [];
    const grain = q > 0.99 ? timers.p999 : timers.p99;
    const tolerance = Math.max(SHARE * real, leastUs, 2 * grain);
    if (Math.abs(reported - real) <= tolerance) return [];
    const off = `${formatMicros(reported)} reported, ${formatMicros(real)} in truth`;
    return [`${name} ${key}: ${off}, more than ${formatMicros(Math.round(tolerance))} apart`];
  });
}
