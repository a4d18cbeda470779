import { formatMicros, formatRate } from '../core/units.ts';
import { formatGrowth, type GrowthMetric } from './format-growth.ts';
import { formatShare } from './format-share.ts';
import { isGrowth, type MetricName } from './metric.ts';
import type {
  DeliveryCounts,
  EventCounts,
  GrowthSummary,
  IntervalName,
  LatencySummary,
  QuantileSummary,
  RunResult,
  StatKey,
} from './result.ts';
import type { Threshold, ThresholdOperator, ThresholdStat } from './threshold.ts';

/** The part of a result document that thresholds look at. */
export type MeasuredRun = Pick<RunResult, 'events' | 'rate' | 'delivery' | 'latency' | 'fleets' | 'targets'> &
  Partial<Record<'generator' | 'verifier', { growth?: GrowthSummary | undefined }>>;

/** What was observed, in words; `holds` is null, with a reason, where the run cannot tell. */
export interface ThresholdOutcome {
  observed: string;
  holds: boolean | null;
  /** Why the run cannot tell; empty otherwise. */
  reason: string;
}

interface Scope {
  events: EventCounts;
  delivery: DeliveryCounts;
  rate: RunResult['rate'] | null;
  latency: LatencySummary | null;
}

/** Judges a threshold by a finished result. Pure; never throws. */
export function evaluateThreshold(threshold: Threshold, run: MeasuredRun): ThresholdOutcome {
  if (isGrowth(threshold.kind)) return growth(threshold, run);
  const scope = scopeOf(threshold.scope, run);
  if (scope === null) return cannotTell(`the run has no fleet or target called "${threshold.scope}"`);
  const key = camelCase(threshold.metric);
  switch (threshold.kind) {
    case 'latency':
      return latency(threshold, scope.latency?.[intervalOf(threshold.metric)], scope.events);
    case 'event-count':
      return count(threshold, scope.events[key as keyof EventCounts], scope.events.intended, 'intended');
    case 'delivery-count':
    case 'ratio':
      return delivery(threshold, key, scope);
    case 'rate':
      return rate(threshold, scope);
  }
}

/** The latencies of the threshold's scope; null where they are not kept. */
export function latenciesOf(threshold: Threshold, run: MeasuredRun): LatencySummary | null {
  return scopeOf(threshold.scope, run)?.latency ?? null;
}

/** The interval that a metric of latency is about. */
export function intervalOf(metric: MetricName): IntervalName {
  return camelCase(metric) as IntervalName;
}

/** The key under which a summary holds a statistic. */
export function statKey(stat: ThresholdStat): StatKey {
  return stat.replace('.', '') as StatKey;
}

/** In a document that does not hold a target's rates and latencies they are the whole run's when it is the only one, and else not known. */
function scopeOf(name: string | null, run: MeasuredRun): Scope | null {
  if (name === null) return run;
  const fleet = run.fleets.find((candidate) => candidate.name === name);
  if (fleet !== undefined) return fleet;
  const target = run.targets.find((candidate) => candidate.name === name);
  if (target === undefined) return null;
  const sole = run.targets.length === 1;
  return {
    ...target,
    rate: target.rate ?? (sole ? run.rate : null),
    latency: target.latency ?? (sole ? run.latency : null),
  };
}

function latency(threshold: Threshold, summary: QuantileSummary | undefined, events: EventCounts): ThresholdOutcome {
  if (summary === undefined) return cannotTell('the latencies of this target were not kept');
  if (summary.count === 0) return cannotTell('nothing was measured');
  const observed = summary[statKey(threshold.stat as ThresholdStat)];
  if (observed === null) return cannotTell(`${summary.count} samples are too few for ${threshold.stat}`);
  const limit = threshold.value.unit === 'us' ? threshold.value.amount : Number.NaN;
  const holds = compare(observed, threshold.operator, limit);
  const unanswered = (events.rejected + events.unknown + events.notSent) / Math.max(1, events.intended);
  if (holds && hidesIn(threshold, unanswered)) {
    return {
      observed: formatMicros(observed),
      holds: null,
      reason: `${formatShare(unanswered)} of the events had no answer, and only the others were timed`,
    };
  }
  return { observed: formatMicros(observed), holds, reason: '' };
}

function delivery(threshold: Threshold, key: string, { delivery: counts, events }: Scope): ThresholdOutcome {
  if (counts.identity === 'not checked') return cannotTell('delivery was not checked');
  const observed = counts[key as keyof DeliveryCounts];
  if (typeof observed !== 'number') {
    return cannotTell(threshold.kind === 'ratio' ? 'nothing was acknowledged' : 'the events carry no identity');
  }
  if (threshold.kind === 'ratio') return share(threshold, observed, 1, formatShare(observed));
  return count(threshold, observed, events.acked, 'acknowledged');
}

function count(threshold: Threshold, observed: number, base: number, baseName: string): ThresholdOutcome {
  if (threshold.value.unit === 'events') {
    return {
      observed: `${observed}`,
      holds: compare(observed, threshold.operator, threshold.value.amount),
      reason: '',
    };
  }
  if (base === 0) return cannotTell(`nothing was ${baseName}`);
  return share(threshold, observed, base, `${formatShare(observed / base)} (${observed} of ${base})`);
}

/** The acknowledged rate is the achieved rate times the acknowledged share of what was sent. */
function rate(threshold: Threshold, scope: Scope): ThresholdOutcome {
  if (scope.rate === null) return cannotTell('the rates of this target were not kept');
  const { achievedPerSecond, targetPerSecond } = scope.rate;
  const { acked, sent } = scope.events;
  const ofSent = threshold.metric === 'achieved_rate' ? 1 : sent === 0 ? 0 : acked / sent;
  const observed = achievedPerSecond * ofSent;
  const words = formatRate(observed);
  if (threshold.value.unit === 'events/s') {
    return { observed: words, holds: compare(observed, threshold.operator, threshold.value.amount), reason: '' };
  }
  if (targetPerSecond === 0) return cannotTell('the target rate is 0');
  return share(threshold, observed, targetPerSecond, `${formatShare(observed / targetPerSecond)} (${words})`);
}

const growthKeys: Readonly<Record<GrowthMetric, keyof GrowthSummary>> = {
  rss_growth: 'rss',
  descriptor_growth: 'descriptors',
  schedule_lag_growth: 'scheduleLag',
};

/** A slope holds, or does not, with all of its interval. */
function growth({ scope, metric, operator, value }: Threshold, run: MeasuredRun): ThresholdOutcome {
  const of = scope === 'verifier' ? run.verifier : run.generator;
  const name = metric as GrowthMetric;
  const found = of?.growth?.[growthKeys[name]] ?? null;
  if (found === null || !('amount' in value)) return cannotTell('too little was seen to tell a slope');
  const [low, high] = [found.low, found.high].map((end) => compare(end, operator, value.amount));
  const observed = formatGrowth(name, found);
  if (low === high) return { observed, holds: low === true, reason: '' };
  return { observed, holds: null, reason: 'the run is too short for how much it scatters' };
}

/** `part / whole` against a share by cross-multiplication: exact for every count below 9e9 and shares down to 1 ppm. */
function share(threshold: Threshold, part: number, whole: number, observed: string): ThresholdOutcome {
  if (threshold.value.unit !== 'share') return cannotTell('the value is not a share');
  const { numerator, denominator } = threshold.value;
  return { observed, holds: compare(part * denominator, threshold.operator, whole * numerator), reason: '' };
}

/** `left operator right`. */
export function compare(left: number, operator: ThresholdOperator, right: number): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '==':
      return left === right;
  }
}

function cannotTell(reason: string): ThresholdOutcome {
  return { observed: 'not known', holds: null, reason };
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Whether an upper bound on a quantile rests on the events that were answered in time: those that never were count as infinitely slow, so
 * the quantile q is only known while they are fewer than a share 1 − q. How late the generator itself was is known for every event.
 */
function hidesIn({ metric, stat, operator }: Threshold, unanswered: number): boolean {
  if (metric === 'schedule_lag' || !operator.startsWith('<') || stat === null || stat === 'mean' || stat === 'min')
    return false;
  const q = stat === 'max' ? 1 : Number(stat.slice(1)) / 100;
  return unanswered > 1 - q;
}
