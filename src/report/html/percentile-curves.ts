import { formatMicros } from '../../core/units.ts';
import type { Histogram } from '../../metrics/histogram.ts';
import type { IntervalName } from '../../metrics/result.ts';
import { isThresholdError, parseThreshold } from '../../metrics/threshold.ts';
import type { Evidence } from '../evidence.ts';
import { wholeOf } from '../hlog.ts';
import { drawing, legend, logAxis, px } from './svg.ts';

const WIDTH = 1000;
const HEIGHT = 330;
const [LEFT, RIGHT, TOP, BOTTOM] = [72, 988, 12, 292];
/** Samples that have to lie above a quantile before it is drawn. */
const LEAST_ABOVE = 10;
const STEPS_PER_DECADE = 24;

const curves: readonly (readonly [IntervalName, colour: string, label: string])[] = [
  ['responseTime', 'sent', 'response time'],
  ['serviceTime', 'acked', 'service time'],
  ['endToEnd', 'received', 'end to end'],
  ['scheduleLag', 'lag', 'schedule lag (the generator’s own)'],
];
const ticks: readonly (readonly [number, string])[] = [
  [0, 'min'],
  [0.5, 'p50'],
  [0.9, 'p90'],
  [0.99, 'p99'],
  [0.999, 'p99.9'],
  [0.9999, 'p99.99'],
  [0.99999, 'p99.999'],
];
const metrics: Readonly<Record<string, IntervalName>> = {
  response_time: 'responseTime',
  service_time: 'serviceTime',
  end_to_end: 'endToEnd',
  schedule_lag: 'scheduleLag',
};

/** Latency by percentile, both axes logarithmic, with a line for each threshold on a quantile; nothing without samples. */
export function percentileCurves(evidence: Evidence): string {
  const known = curves
    .map(([interval, colour, label]) => ({ interval, colour, label, histogram: wholeOf(evidence, interval) }))
    .filter(({ histogram }) => histogram.count > 0);
  if (known.length === 0) return '';
  const most = Math.max(...known.map(({ histogram }) => histogram.count));
  // Nines that the largest of them supports.
  const decades = Math.max(1, Math.log10(Math.max(10, most / LEAST_ABOVE)));
  const slos = objectives(evidence);
  const values = [
    ...known.flatMap(({ histogram }) => [Math.max(1, histogram.min), histogram.max]),
    ...slos.map(([us]) => us),
  ];
  const axis = logAxis(Math.min(...values), Math.max(...values), BOTTOM, TOP);
  const x = (q: number): number => LEFT + ((RIGHT - LEFT) * -Math.log10(1 - q)) / decades;
  let inner = axis.marks(LEFT, RIGHT);
  for (const [q, label] of ticks) {
    if (-Math.log10(1 - q) > decades) continue;
    inner += `<line class="gridline" x1="${px(x(q))}" x2="${px(x(q))}" y1="${TOP}" y2="${BOTTOM}"/><text x="${px(x(q))}" y="${BOTTOM + 18}" text-anchor="middle">${label}</text>`;
  }
  for (const { colour, histogram } of known)
    inner += `<path class="line c-${colour}" d="${pathOf(histogram, x, axis.at)}"/>`;
  for (const [us, label] of slos) {
    const y = px(axis.at(us));
    inner += `<line class="slo" x1="${LEFT}" x2="${RIGHT}" y1="${y}" y2="${y}"/><text class="strong" x="${RIGHT}" y="${y}" dy="-5" text-anchor="end">${label}</text>`;
  }
  return (
    drawing(WIDTH, HEIGHT, 'Latency by percentile', inner) +
    legend(
      known.map(({ colour, label, histogram }) => [
        colour,
        `${label}, ${histogram.count.toLocaleString('en')} samples`,
      ]),
    )
  );
}

/** Limits on latencies: µs, and what they say. */
function objectives({ plan }: Evidence): [number, string][] {
  if (plan === null) return [];
  const scopes = [...plan.fleets, ...plan.targets].map(({ name }) => name);
  return plan.thresholds.flatMap(({ expression }): [number, string][] => {
    const threshold = parseThreshold(expression, scopes);
    if (isThresholdError(threshold) || threshold.kind !== 'latency' || metrics[threshold.metric] === undefined)
      return [];
    const us = threshold.value.unit === 'us' ? threshold.value.amount : null;
    return us === null || threshold.stat === null
      ? []
      : [[us, `${threshold.metric.replaceAll('_', ' ')} ${threshold.stat} ${threshold.operator} ${formatMicros(us)}`]];
  });
}

/** A curve up to the quantile that enough samples lie above. */
function pathOf(histogram: Histogram, x: (q: number) => number, y: (us: number) => number): string {
  const last = Math.log10(Math.max(2, histogram.count / LEAST_ABOVE));
  const steps = Math.max(2, Math.ceil(last * STEPS_PER_DECADE));
  let path = '';
  for (let i = 0; i <= steps; i++) {
    const q = 1 - 10 ** -((last * i) / steps);
    path += `${i === 0 ? 'M' : 'L'}${px(x(q))} ${px(y(i === 0 ? Math.max(1, histogram.min) : histogram.quantile(q)))}`;
  }
  return path;
}
