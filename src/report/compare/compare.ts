import { IotloadError } from '../../core/errors.ts';
import type { RunResult, TargetResult } from '../../metrics/result.ts';
import type { Evidence } from '../evidence.ts';
import { stretchesWithin } from '../timeline/stretches-within.ts';
import type { Stretch } from '../timeline/timeline.ts';
import { type Difference, difference } from './difference.ts';

/** A finished run, as far as its directory tells. */
export interface ComparedRun {
  result: RunResult;
  evidence: Evidence;
}

/** What became of one figure from the first run to the second. */
export interface ComparedMetric {
  name: string;
  unit: 'us' | 'events/s' | 'cpu' | 'bytes' | 'events';
  /** Which way is worse; null for what is only told. */
  worse: 'higher' | 'lower' | null;
  before: number | null;
  after: number | null;
  /** As shares of the first; null for counts and where there are too few samples. */
  change: number | null;
  low: number | null;
  high: number | null;
  /**
   * same: it may have changed, but not for the worse by more than the tolerance; unsure: it may have; unknown: too few samples; told: one
   * figure of a whole run, which says nothing about how much it scatters.
   */
  verdict: 'same' | 'better' | 'worse' | 'regression' | 'unsure' | 'unknown' | 'told';
}

export interface Comparison {
  schema: 'iotload/comparison/1';
  /** A share: less is no regression. */
  tolerance: number;
  runs: { id: string; scenario: string; planDigest: string; verdict: RunResult['verdict'] }[];
  metrics: ComparedMetric[];
  regressions: string[];
}

type Series = readonly [
  name: string,
  unit: ComparedMetric['unit'],
  worse: ComparedMetric['worse'],
  of: (stretch: Stretch) => number | null,
];

const series: readonly Series[] = [
  ['acknowledged rate', 'events/s', 'lower', (stretch) => rate(stretch, stretch.acked + stretch.noAck)],
  ['received rate', 'events/s', 'lower', (stretch) => rate(stretch, stretch.received)],
  ['response time p50', 'us', 'higher', ({ latency }) => latency.responseTime.p50],
  ['response time p99', 'us', 'higher', ({ latency }) => latency.responseTime.p99],
  ['service time p50', 'us', 'higher', ({ latency }) => latency.serviceTime.p50],
  ['service time p99', 'us', 'higher', ({ latency }) => latency.serviceTime.p99],
  ['end to end p50', 'us', 'higher', ({ latency }) => latency.endToEnd.p50],
  ['end to end p99', 'us', 'higher', ({ latency }) => latency.endToEnd.p99],
  ['schedule lag p99', 'us', null, ({ latency }) => latency.scheduleLag.p99],
  ['generator CPU', 'cpu', null, ({ cpu }) => cpu],
  ['generator memory', 'bytes', null, ({ rssBytes }) => rssBytes],
  ['verifier memory', 'bytes', null, ({ verifierRssBytes }) => verifierRssBytes],
];

/** Counts of which one more is a regression, whatever the tolerance. */
const counts: readonly (readonly [name: string, of: (result: RunResult) => number | null])[] = [
  ['lost', ({ delivery }) => delivery.lost],
  ['missing', ({ delivery }) => delivery.missing],
  ['corrupt', ({ delivery }) => delivery.corrupt],
  ['duplicates', ({ delivery }) => delivery.duplicates],
  ['reordered', ({ delivery }) => delivery.reordered],
];

/**
 * What is different in the second run, and whether that is more than chance and more than `tolerance`. Pure.
 * @throws IotloadError `bad-arguments` for runs of different plans, unless `anyway`
 */
export function compareRuns(
  before: ComparedRun,
  after: ComparedRun,
  { tolerance, anyway = false }: { tolerance: number; anyway?: boolean },
): Comparison {
  const digests = [before, after].map(({ result }) => result.run.planDigest);
  if (digests[0] !== digests[1] && !anyway) {
    throw new IotloadError('bad-arguments', 'these runs had different plans, so their figures mean different things', {
      value: digests.map((digest) => digest?.slice(0, 12)).join(' and '),
      hint: 'compare runs of one scenario with the same settings, or add --anyway',
    });
  }
  const metrics = [
    ...series.map((one) => overTime(one, before, after, tolerance)),
    ...counts.map(([name, of]) => counted(name, of(before.result), of(after.result))),
    ...ofTargets(before.result, after.result),
  ].filter(({ before: one, after: other }) => one !== null || other !== null);
  return {
    schema: 'iotload/comparison/1',
    tolerance,
    runs: [before, after].map(({ result: { run, verdict } }) => ({
      ...{ id: run.id, scenario: run.scenario, planDigest: run.planDigest, verdict },
    })),
    metrics,
    regressions: metrics.filter(({ verdict }) => verdict === 'regression').map(({ name }) => name),
  };
}

function overTime(
  [name, unit, worse, of]: Series,
  before: ComparedRun,
  after: ComparedRun,
  tolerance: number,
): ComparedMetric {
  const [one, other] = [valuesOf(before, of), valuesOf(after, of)];
  const found = difference(one, other);
  if (found === null) {
    const [a, b] = [mean(one), mean(other)];
    return { name, unit, worse, before: a, after: b, change: null, low: null, high: null, verdict: 'unknown' };
  }
  return { name, unit, worse, ...found, verdict: worse === null ? 'same' : judged(found, worse, tolerance) };
}

/** A regression is worse by more than the tolerance with all of its interval. */
function judged({ low, high }: Difference, worse: 'higher' | 'lower', tolerance: number): ComparedMetric['verdict'] {
  const [least, most] = worse === 'higher' ? [low, high] : [-high, -low];
  if (least > tolerance) return 'regression';
  if (least > 0) return 'worse';
  if (most < 0) return 'better';
  return most > tolerance ? 'unsure' : 'same';
}

function counted(name: string, before: number | null, after: number | null): ComparedMetric {
  const verdict =
    before === null || after === null ? 'unknown' : after > before ? 'regression' : after < before ? 'better' : 'same';
  return { name, unit: 'events', worse: 'higher', before, after, change: null, low: null, high: null, verdict };
}

const targetFigures: readonly (readonly [
  name: string,
  unit: ComparedMetric['unit'],
  of: (target: TargetResult) => number | null,
])[] = [
  ['rate', 'events/s', ({ rate: of }) => of?.achievedPerSecond ?? null],
  ['response time p99', 'us', ({ latency }) => latency?.responseTime.p99 ?? null],
  ['end to end p99', 'us', ({ latency }) => latency?.endToEnd.p99 ?? null],
];

/** Each of several targets that both runs have. */
function ofTargets(before: RunResult, after: RunResult): ComparedMetric[] {
  if (before.targets.length < 2) return [];
  return before.targets.flatMap((one) => {
    const other = after.targets.find(({ name }) => name === one.name);
    if (other === undefined) return [];
    return targetFigures.map(([name, unit, of]): ComparedMetric => {
      const [a, b] = [of(one), of(other)];
      const change = a === null || b === null || a === 0 ? null : b / a - 1;
      return {
        name: `${one.name}: ${name}`,
        unit,
        worse: null,
        before: a,
        after: b,
        change,
        low: null,
        high: null,
        verdict: 'told',
      };
    });
  });
}

/** A value for each whole stretch of the measurement; warm-up, drain and what is left at the ends are no part of it. */
function valuesOf({ evidence: { timeline, plan } }: ComparedRun, of: (stretch: Stretch) => number | null): number[] {
  if (timeline === null || plan === null) return [];
  const [fromUs, toUs] = [plan.run.warmUpUs, plan.run.warmUpUs + plan.run.durationUs];
  return stretchesWithin(timeline.stretches, fromUs, toUs)
    .map(of)
    .filter((value) => value !== null);
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rate({ fromUs, toUs }: Stretch, count: number | null): number | null {
  return count === null ? null : (count * 1e6) / (toUs - fromUs);
}
