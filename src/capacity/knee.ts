import type { QuantileSummary } from '../metrics/result.ts';
import type { StepOutcome } from './search.ts';

/** Fewest loads that a knee is looked for among. */
const LEAST_LEVELS = 4;

/**
 * The load beyond which latency grows faster than what is achieved: where achieved rate ÷ mean response time is greatest (the “power” of
 * L. Kleinrock, 1979). One of the loads that were tried; null among too few, or where it is the least or the greatest of them. It is told, and decides nothing.
 */
export function kneeOf(outcomes: readonly StepOutcome[]): number | null {
  const power = new Map<number, number[]>();
  for (const outcome of outcomes) {
    const mean = timed(outcome).mean;
    if (outcome.verdict === 'generator' || mean === null || mean <= 0) continue;
    const known = power.get(outcome.level) ?? [];
    power.set(outcome.level, [...known, outcome.ackedPerSecond / mean]);
  }
  if (power.size < LEAST_LEVELS) return null;
  const levels = [...power.keys()].sort((a, b) => a - b);
  const mean = (level: number): number => {
    const values = power.get(level) as number[];
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const best = levels.reduce((one, other) => (mean(other) > mean(one) ? other : one));
  return best === levels[0] || best === levels.at(-1) ? null : best;
}

/** Where nothing is acknowledged, what was read back is timed. */
export function timed({ latency }: StepOutcome): QuantileSummary {
  return latency.responseTime.count > 0 ? latency.responseTime : latency.endToEnd;
}
