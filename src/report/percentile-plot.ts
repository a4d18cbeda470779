import { formatMicros } from '../core/units.ts';
import type { QuantileSummary } from '../metrics/result.ts';

const points = [
  ['min', 'min'],
  ['p50', 'p50'],
  ['p90', 'p90'],
  ['p99', 'p99'],
  ['p99.9', 'p999'],
  ['max', 'max'],
] as const satisfies readonly (readonly [string, keyof QuantileSummary])[];

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A distribution as its percentile curve lying on its side: one bar for each percentile there is, on a logarithmic scale that begins at
 * the power of ten below the minimum. Nothing without samples.
 */
export function percentilePlot(summary: QuantileSummary, width: number): string[] {
  const { min, max } = summary;
  if (min === null || max === null) return [];
  const bottom = Math.floor(Math.log10(Math.max(1, min)));
  const top = Math.log10(Math.max(1, max));
  const length = (us: number): number => {
    if (top <= bottom) return 1;
    return ((Math.log10(Math.max(1, us)) - bottom) / (top - bottom)) * width;
  };
  const lines = [`logarithmic from ${formatMicros(10 ** bottom)} to ${formatMicros(max)}`];
  for (const [label, key] of points) {
    const us = summary[key];
    if (us === null) continue;
    lines.push(`${label.padStart(7)} ${formatMicros(us).padStart(8)} ${bar(length(us))}`);
  }
  return lines;
}

/** A bar of `length` characters, to an eighth; something is seen of every one. */
function bar(length: number): string {
  const parts = Math.max(1, Math.round(length * 8));
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] as string);
}
