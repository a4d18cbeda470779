import type { Micros } from '../core/clock.ts';
import { formatMicros } from '../core/units.ts';
import { formatShare } from './format-share.ts';
import type { QuantileSummary } from './result.ts';
import type { Threshold } from './threshold.ts';

/** Lag that is always tolerated. */
const MIN_LAG_LIMIT_US = 20_000;
/** Otherwise this share of the tightest latency threshold: 1/20 = 5 %. */
const LAG_SHARE = 20;
/** Least share of the due events a generator has to pick up: 99/100. */
const PICKED_UP_PERCENT = 99;

export interface GeneratorEvidence {
  scheduleLag: QuantileSummary;
  /** See `tightestLatencyUs`. */
  tightestLatencyUs: Micros | null;
  /** Slots whose time had come before sending ended. */
  due: number;
  /** Slots the generator took up; what then waited for the target is the target's affair. */
  pickedUp: number;
}

/** Whether the generator kept its own schedule, and one sentence for each way in which it did not. */
export function judgeGenerator(evidence: GeneratorEvidence): { status: 'healthy' | 'unhealthy'; signals: string[] } {
  const { scheduleLag, tightestLatencyUs, due, pickedUp } = evidence;
  const signals: string[] = [];
  const lagLimitUs = toleratedLagUs(tightestLatencyUs ?? 0);
  const [name, lagUs] = typicalWorst(scheduleLag);
  if (lagUs > lagLimitUs) {
    const [lag, limit] = [formatMicros(lagUs), formatMicros(lagLimitUs)];
    signals.push(
      `the generator's schedule lag (${name}) was ${lag}, above the ${limit} it may have: lower the rate, or give it more CPU or workers`,
    );
  }
  if (pickedUp * 100 < due * PICKED_UP_PERCENT) {
    signals.push(
      `the generator picked up only ${formatShare(pickedUp / due)} of the events that were due: lower the rate, or give it more CPU or workers`,
    );
  }
  return { status: signals.length === 0 ? 'healthy' : 'unhealthy', signals };
}

/** How late a generator may be where latencies are held against `latencyUs`. */
export function toleratedLagUs(latencyUs: Micros): Micros {
  return Math.max(MIN_LAG_LIMIT_US, latencyUs / LAG_SHARE);
}

/** The p99, or where there are too few samples for it, the highest quantile that there are enough for. */
function typicalWorst(lag: QuantileSummary): [name: string, us: Micros] {
  for (const name of ['p99', 'p95', 'p90', 'p50'] as const) {
    const value = lag[name];
    if (value !== null) return [name, value];
  }
  return ['maximum', lag.max ?? 0];
}

/** The tightest upper bound on a latency that the target answers for; null without one. */
export function tightestLatencyUs(thresholds: readonly Threshold[]): Micros | null {
  let tightest: Micros | null = null;
  for (const { kind, metric, operator, value } of thresholds) {
    if (kind !== 'latency' || metric === 'schedule_lag' || value.unit !== 'us' || !operator.startsWith('<')) continue;
    tightest = Math.min(tightest ?? value.amount, value.amount);
  }
  return tightest;
}
