import { formatCount, formatMicros } from '../core/units.ts';
import type { IntervalName, LatencySummary, QuantileSummary, RunResult } from '../metrics/result.ts';
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

/**
 * Latencies as a table; a quantile with too few samples above it is a dash. Under it, what is odd about the samples. Times between hosts
 * have the bound of their clocks beside them; without one they are not known.
 */
export function latencyTable({ latency, clock }: Pick<RunResult, 'latency' | 'clock'>, paint: Paint): string[] {
  const boundUs = clock === undefined ? 0 : clock.endToEndBoundUs;
  const heading = `${'latency'.padEnd(14)}${columns.map(([name]) => name.padStart(8)).join('')}`;
  const lines = rows.map(([label, interval, meaning]) => {
    const summary = latency[interval];
    if (interval === 'endToEnd' && boundUs === null && summary.count > 0)
      return `${label.padEnd(14)}  not known: how far apart are the clocks? give --clock-bound`;
    const bounded = interval === 'endToEnd' && boundUs !== null && boundUs > 0;
    const cells = columns.map(([, key]) => cell(summary[key]).padStart(8)).join('');
    const line = `${label.padEnd(14)}${cells}`;
    return `${interval === 'responseTime' ? paint('loud', line) : line}  ${paint('quiet', bounded ? `each ± ${formatMicros(boundUs)}` : meaning)}`;
  });
  return [paint('quiet', heading), ...lines, ...oddities(latency, paint)];
}

/** Samples that no time can be: they are counted, never dropped, and said. */
function oddities(latency: LatencySummary, paint: Paint): string[] {
  return rows.flatMap(([label, interval]) => {
    const { count, min, negative = 0, rejected = 0 } = latency[interval];
    const name = label.trim();
    const told: string[] = [];
    if (negative > 0) {
      const least = min === null ? '' : `, least ${formatMicros(min)}`;
      told.push(`${formatCount(negative)} of ${formatCount(count)} ${name} times were negative${least}`);
    }
    if (rejected > 0) told.push(`${formatCount(rejected)} ${name} times were no numbers and are left out`);
    return told.map((line) => paint('doubt', line));
  });
}

function cell(us: number | null): string {
  return us === null ? '–' : formatMicros(us);
}
