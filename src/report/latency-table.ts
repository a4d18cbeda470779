import { formatMicros } from '../core/units.ts';
import type { IntervalName, LatencySummary, QuantileSummary } from '../metrics/result.ts';
import type { Paint } from './terminal-text.ts';

const columns = [
  ['p50', 'p50'],
  ['p95', 'p95'],
  ['p99', 'p99'],
  ['p99.9', 'p999'],
  ['max', 'max'],
] as const satisfies readonly (readonly [string, keyof QuantileSummary])[];

/** The headline first, then its parts, then what the reader saw. */
const rows: readonly (readonly [label: string, interval: IntervalName, meaning: string])[] = [
  ['response time', 'responseTime', 'intended → outcome'],
  ['  schedule lag', 'scheduleLag', "the generator's part"],
  ['  client wait', 'clientWait', 'held back by target'],
  ['  service time', 'serviceTime', 'send → outcome'],
  ['end to end', 'endToEnd', 'intended → seen'],
];

/** Latencies as a table; a quantile with too few samples above it is a dash. */
export function latencyTable(latency: LatencySummary, paint: Paint): string[] {
  const heading = `${'latency'.padEnd(14)}${columns.map(([name]) => name.padStart(8)).join('')}`;
  const lines = rows.map(([label, interval, meaning]) => {
    const summary = latency[interval];
    const cells = columns.map(([, key]) => cell(summary[key]).padStart(8)).join('');
    const line = `${label.padEnd(14)}${cells}`;
    return `${interval === 'responseTime' ? paint('loud', line) : line}  ${paint('quiet', meaning)}`;
  });
  return [paint('quiet', heading), ...lines];
}

function cell(us: number | null): string {
  return us === null ? '–' : formatMicros(us);
}
