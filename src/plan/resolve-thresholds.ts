import { isThresholdError, parseThreshold, quantileSupported, type Threshold } from '../metrics/threshold.ts';
import type { TemplateProblem } from './check-templates.ts';
import type { ThresholdPlan } from './plan.ts';

/** What a run can judge. */
export interface RunExtent {
  /** Events intended within the measurement, by scope; null for all. */
  samples(scope: string | null): number;
  verified: boolean;
  /** Events are due at times that a clock of this host knows; not where `clock.speed` is `max`. */
  paced: boolean;
}

/**
 * Resolves thresholds. `file` is the extent of the file's own run: what that cannot judge is a mistake; what only a flag took away is
 * skipped by name. `report` gets the position in the list and the offset in the expression.
 */
export function resolveThresholds(
  expressions: readonly { index: number; expression: string }[],
  scopes: readonly string[],
  run: RunExtent,
  file: RunExtent,
  report: (index: number, offset: number, problem: TemplateProblem) => void,
): ThresholdPlan[] {
  return expressions.flatMap(({ index, expression }): ThresholdPlan[] => {
    const threshold = parseThreshold(expression, scopes);
    if (isThresholdError(threshold)) {
      report(index, threshold.offset, { message: threshold.error, hint: threshold.hint ?? null });
      return [];
    }
    const inFile = obstacle(threshold, file);
    const inRun = obstacle(threshold, run);
    if (inRun === null) return [{ expression }];
    if (inFile !== null) {
      report(index, 0, inFile);
      return [];
    }
    return [{ expression, skipped: inRun.message }];
  });
}

/** Why a run cannot judge a threshold; null where it can. */
function obstacle(threshold: Threshold, { samples, verified, paced }: RunExtent): TemplateProblem | null {
  const { metric, kind, scope, stat } = threshold;
  if (!verified && (metric === 'end_to_end' || metric === 'coverage' || kind === 'delivery-count')) {
    return {
      message: `${metric} is not known without verification`,
      hint: 'leave verify: false away, or this threshold',
    };
  }
  if (!paced && (metric === 'end_to_end' || metric === 'schedule_lag' || kind === 'rate')) {
    const hint = 'give clock.speed a number, or leave this threshold away';
    return { message: `${metric} has no meaning where nothing is paced`, hint };
  }
  const expected = samples(scope);
  if (quantileSupported(threshold, expected)) return null;
  const hint = 'ten events have to lie above a quantile: run longer, or judge a lower one';
  return { message: `${expected} events cannot support ${stat}`, hint };
}
