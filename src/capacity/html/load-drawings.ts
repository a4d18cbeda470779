import { formatMicros, formatRate } from '../../core/units.ts';
import { intervalOf, statKey } from '../../metrics/evaluate-threshold.ts';
import type { StatKey } from '../../metrics/result.ts';
import { isThresholdError, parseThreshold } from '../../metrics/threshold.ts';
import { loadText } from '../../plan/loads.ts';
import { legend, logAxis } from '../../report/html/svg.ts';
import { markup } from '../../report/markup.ts';
import { byLevel } from '../by-level.ts';
import type { CapacityResult } from '../capacity-result.ts';
import { timed } from '../knee.ts';
import type { StepOutcome } from '../search.ts';
import { levelMarks, loadAxis } from './load-axis.ts';
import { frame, loadChart } from './load-chart.ts';

const colours = ['sent', 'received', 'lag', 'wait'];

/** What was taken against what was offered: along the dashed line as long as the target keeps up, below it from there on. */
export function throughputDrawing(result: CapacityResult): string {
  const { steps } = result;
  const rates = steps.flatMap(({ offeredPerSecond, ackedPerSecond }) => [offeredPerSecond, ackedPerSecond]);
  if (rates.every((rate) => rate === 0)) return '';
  const axis = loadAxis(Math.max(...rates), frame.bottom, frame.top);
  const levels = byLevel(steps);
  const drawn = loadChart(result, {
    label: 'Events taken per second against the load',
    axis: levelMarks(axis, frame.left, frame.right, formatRate),
    lines: [
      ['due', levels.map(({ level, trials }) => [level, axis.at(meanOf(trials, 'offeredPerSecond'))]), true],
      ['acked', levels.map(({ level, trials }) => [level, axis.at(meanOf(trials, 'ackedPerSecond'))])],
    ],
    points: steps.map((step) => ({ ...step, y: axis.at(step.ackedPerSecond), title: titleOf(result, step) })),
    limits: [],
  });
  return `<h3>Throughput</h3>${drawn}${legend([
    ['due', 'offered'],
    ['acked', 'taken'],
  ])}`;
}

/** Quantiles of latency against the load, with a line for each limit on one of them. */
export function latencyDrawing(result: CapacityResult): string {
  const { steps } = result;
  const series = seriesOf(result);
  const limits = series.flatMap(({ limit }) => (limit === null ? [] : [limit]));
  const measured = series.flatMap(({ of }) => steps.map(of).filter((us) => us !== null));
  if (measured.length === 0) return '';
  const values = [...measured, ...limits.map(({ us }) => us)];
  const axis = logAxis(Math.min(...values), Math.max(...values), frame.bottom, frame.top);
  const drawn = loadChart(result, {
    label: 'Latency against the load',
    axis: axis.marks(frame.left, frame.right),
    lines: series.map(({ of }, i) => [
      colours[i] as string,
      byLevel(steps).flatMap(({ level, trials }): [number, number][] => {
        const known = trials.map(of).filter((us) => us !== null);
        return known.length === 0 ? [] : [[level, axis.at(Math.max(...known))]];
      }),
    ]),
    points: series.flatMap(({ of }) =>
      steps.flatMap((step) => {
        const us = of(step);
        return us === null ? [] : [{ ...step, y: axis.at(us), title: titleOf(result, step) }];
      }),
    ),
    limits: limits.map(({ us, text }) => ({ y: axis.at(us), text })),
  });
  return `<h3>Latency</h3>${drawn}${legend(series.map(({ label }, i) => [colours[i] as string, label]))}`;
}

interface Series {
  label: string;
  of(step: StepOutcome): number | null;
  limit: { us: number; text: string } | null;
}

/** What is limited, and the median beside it; where nothing is limited, median and p99. Limits of one fleet are not known by step. */
function seriesOf({ holdsIf }: CapacityResult): Series[] {
  const limited = holdsIf
    .flatMap((expression): Series[] => {
      const threshold = parseThreshold(expression, []);
      if (isThresholdError(threshold) || threshold.kind !== 'latency') return [];
      const { metric, stat, value, operator } = threshold;
      if (stat === null || value.unit !== 'us') return [];
      const interval = intervalOf(metric);
      const label = `${metric.replaceAll('_', ' ')} ${stat}`;
      const text = markup(`${label} ${operator} ${formatMicros(value.amount)}`);
      return [{ label, of: ({ latency }) => latency[interval][statKey(stat)], limit: { us: value.amount, text } }];
    })
    .slice(0, colours.length - 1);
  const plain = (stat: StatKey): Series => ({
    label: `response time ${stat}`,
    of: (step) => timed(step)[stat],
    limit: null,
  });
  return limited.length === 0 ? [plain('p99'), plain('p50')] : [...limited, plain('p50')];
}

function titleOf({ goal }: CapacityResult, { level, verdict, reasons }: StepOutcome): string {
  return markup([`${loadText(goal, level)}: ${verdict}`, ...reasons].join('; '));
}

function meanOf(trials: readonly StepOutcome[], key: 'offeredPerSecond' | 'ackedPerSecond'): number {
  return trials.reduce((sum, trial) => sum + trial[key], 0) / trials.length;
}
