import type { QuantileSummary } from '../metrics/result.ts';
import { byLevel } from './by-level.ts';
import type { StepOutcome } from './search.ts';

/** Fewest loads that a knee is looked for among. */
const LEAST_LEVELS = 4;

/**
 * The load beyond which latency grows faster than what is achieved: where achieved rate ÷ mean response time is greatest (the “power” of
 * L. Kleinrock, 1979). One of the loads that were tried; null among too few, or where it is the least or the greatest of them. It is told,
 * and decides nothing.
 */
export function kneeOf(outcomes: readonly StepOutcome[]): number | null {
  const powers = byLevel(outcomes).flatMap(({ level, trials }) => {
    const each = trials.flatMap((trial) => {
      const { mean } = timed(trial);
      return trial.verdict === 'generator' || mean === null || mean <= 0 ? [] : [trial.ackedPerSecond / mean];
    });
    return each.length === 0 ? [] : [{ level, power: each.reduce((sum, one) => sum + one, 0) / each.length }];
  });
  if (powers.length < LEAST_LEVELS) return null;
  const best = powers.reduce((one, other) => (other.power > one.power ? other : one));
  return best === powers[0] || best === powers.at(-1) ? null : best.level;
}

/** Where nothing is acknowledged, what was read back is timed. */
export function timed({ latency }: StepOutcome): QuantileSummary {
  return latency.responseTime.count > 0 ? latency.responseTime : latency.endToEnd;
}
