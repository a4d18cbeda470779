import { closestName } from '../core/closest-name.ts';
import { isGrowth, isMetric, type MetricKind, type MetricName, metricKinds } from './metric.ts';
import { parseThresholdValue, type ThresholdValue } from './threshold-value.ts';

/** Statistics a latency is judged by: exactly those that the result document holds. */
export const thresholdStats = ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'p99.99', 'max'] as const;
export type ThresholdStat = (typeof thresholdStats)[number];

export type ThresholdOperator = '<' | '<=' | '>' | '>=' | '==';
const operators: readonly string[] = ['<', '<=', '>', '>=', '=='];

/** A threshold `[fleet.|target.]metric [stat] op value`, parsed. */
export interface Threshold {
  /** As written. */
  expression: string;
  /** The fleet or target it is about, of a growth the process; null for the whole run, or the generator. */
  scope: string | null;
  metric: MetricName;
  kind: MetricKind;
  /** Of a latency; null for everything else. */
  stat: ThresholdStat | null;
  operator: ThresholdOperator;
  value: ThresholdValue;
}

/** Why an expression is no threshold, and the 0-based offset of the offending character in it. */
export interface ThresholdError {
  error: string;
  offset: number;
  hint?: string;
}

const example =
  'a threshold reads "[fleet.]metric [stat] op value", such as "response_time p99 < 250ms" or "lost == 0"';

/** Parses an expression; `scopes` are the names of the scenario's fleets and targets. Never throws. */
export function parseThreshold(expression: string, scopes: readonly string[]): Threshold | ThresholdError {
  const comparison = /[<>=!≤≥]+/.exec(expression);
  if (comparison === null)
    return { error: 'the threshold compares nothing', offset: expression.trimEnd().length, hint: example };
  const operator = comparison[0];
  if (!operators.includes(operator)) {
    const hint = `one of ${operators.join(' ')}`;
    return { error: `unknown comparison "${operator}"`, offset: comparison.index, hint };
  }

  const words = [...expression.slice(0, comparison.index).matchAll(/\S+/g)].map((m) => ({ text: m[0], at: m.index }));
  const [name, stat, surplus] = words;
  if (name === undefined) return { error: 'the metric is missing', offset: comparison.index, hint: example };
  if (surplus !== undefined)
    return { error: `unexpected "${surplus.text}" before ${operator}`, offset: surplus.at, hint: example };

  const dot = name.text.lastIndexOf('.');
  const scope = dot < 0 ? null : name.text.slice(0, dot);
  const metric = name.text.slice(dot + 1);
  const grows = isMetric(metric) && isGrowth(metricKinds[metric]);
  if (scope !== null && !(grows ? processesOf(metric) : scopes).includes(scope)) {
    if (grows) {
      const hint = `write ${processesOf(metric)
        .map((process) => `${process}.${metric}`)
        .join(' or ')}`;
      return { error: `${metric} is of a process of iotload`, offset: name.at, hint };
    }
    const hint = suggestion(scope, scopes) ?? `this scenario has ${scopes.join(', ')}`;
    return { error: `no fleet or target is called "${scope}"`, offset: name.at, hint };
  }
  if (!isMetric(metric)) {
    const names = Object.keys(metricKinds);
    const hint = suggestion(metric, names) ?? `known metrics: ${names.join(', ')}`;
    return { error: `unknown metric "${metric}"`, offset: name.at + dot + 1, hint };
  }
  const kind = metricKinds[metric];

  if (kind === 'latency' && stat === undefined) {
    const hint = `say which: ${thresholdStats.join(', ')}`;
    return { error: `${metric} needs a statistic`, offset: name.at + name.text.length, hint };
  }
  if (isGrowth(kind) && operator === '==') {
    const error = `${metric} is measured, and never exactly anything`;
    return { error, offset: comparison.index, hint: 'compare with < or <=' };
  }
  if (kind !== 'latency' && stat !== undefined) {
    return { error: `${metric} is one number and takes no statistic`, offset: stat.at, hint: example };
  }
  if (stat !== undefined && !isStat(stat.text)) {
    const hint = `known statistics: ${thresholdStats.join(', ')}`;
    return { error: `unknown statistic "${stat.text}"`, offset: stat.at, hint };
  }

  const afterOperator = comparison.index + operator.length;
  const valueText = expression.slice(afterOperator);
  const value = parseThresholdValue(valueText.trim(), kind);
  if ('error' in value) {
    const offset = afterOperator + (valueText.length - valueText.trimStart().length);
    return { ...value, offset };
  }
  return {
    expression,
    scope,
    metric,
    kind,
    stat: stat === undefined ? null : (stat.text as ThresholdStat),
    operator: operator as ThresholdOperator,
    value,
  };
}

/** Whether a parse failed. */
export function isThresholdError(parsed: Threshold | ThresholdError): parsed is ThresholdError {
  return 'error' in parsed;
}

/**
 * Whether a run of `expectedSamples` can support the threshold's statistic: at least ten samples have to lie above a quantile.
 * True for everything that is not a quantile.
 */
export function quantileSupported({ stat }: Pick<Threshold, 'stat'>, expectedSamples: number): boolean {
  if (stat === null || !stat.startsWith('p')) return true;
  const perTenThousand = Math.round(Number(stat.slice(1)) * 100);
  return expectedSamples * (10_000 - perTenThousand) >= 10 * 10_000;
}

/** Whose growth a threshold can name. */
function processesOf(metric: MetricName): readonly string[] {
  return metric === 'schedule_lag_growth' ? ['generator'] : ['generator', 'verifier'];
}

function isStat(name: string): name is ThresholdStat {
  return (thresholdStats as readonly string[]).includes(name);
}

function suggestion(name: string, known: readonly string[]): string | undefined {
  const closest = closestName(name, known);
  return closest === undefined ? undefined : `did you mean "${closest}"?`;
}
