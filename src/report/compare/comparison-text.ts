import { printable } from '../../core/printable-text.ts';
import { formatBytes, formatCount, formatMicros, formatRate } from '../../core/units.ts';
import { formatShare } from '../../metrics/format-share.ts';
import { columns } from '../columns.ts';
import type { ComparedMetric, Comparison } from './compare.ts';

/** A comparison as a table for a terminal, what it comes to first. */
export function comparisonText(comparison: Comparison): string {
  const { runs, metrics } = comparison;
  const rows = metrics.map((metric) => [
    `  ${printable(metric.name)}`,
    valueText(metric.before, metric.unit),
    valueText(metric.after, metric.unit),
    changeText(metric),
    metric.verdict,
  ]);
  const named = runs.map(({ id, scenario, verdict }) => `${printable(scenario)} ${printable(id)} (${verdict})`);
  return `${conclusion(comparison)}\n${named.join(' → ')}\n\n${columns([['  ', 'before', 'after', 'change, at 99 %', ''], ...rows], { right: [1, 2] })}`;
}

/** What a comparison comes to, in a sentence. */
export function conclusion({ regressions, tolerance, metrics }: Comparison): string {
  if (regressions.length > 0)
    return `REGRESSION  ${regressions.join(', ')}: worse by more than ${formatShare(tolerance)}`;
  const open = metrics.filter(({ verdict }) => verdict === 'unsure' || verdict === 'unknown').length;
  const told = open === 0 ? '' : `; of ${open} figures it cannot be told: longer runs scatter less`;
  return `NO REGRESSION  nothing is certainly worse by more than ${formatShare(tolerance)}${told}`;
}

export function valueText(value: number | null, unit: ComparedMetric['unit']): string {
  if (value === null) return '–';
  if (unit === 'us') return formatMicros(Math.round(value));
  if (unit === 'events/s') return formatRate(value);
  if (unit === 'bytes') return formatBytes(Math.round(value));
  return unit === 'events' ? formatCount(value) : value.toFixed(2);
}

export function changeText({ change, low, high }: ComparedMetric): string {
  if (change === null) return '';
  if (low === null || high === null) return signed(change);
  return `${signed(change)} (${signed(low)} … ${signed(high)})`;
}

function signed(share: number): string {
  return `${share > 0 ? '+' : share < 0 ? '−' : ''}${Math.abs(share * 100).toFixed(1)} %`;
}
