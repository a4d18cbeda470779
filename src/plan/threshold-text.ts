import { formatDuration } from '../core/units.ts';
import type { ThresholdPlan } from './plan.ts';

/** A threshold with what the plan makes of it, for those who read the plan. */
export function thresholdText({ expression, skipped, afterUs, abortOnFail }: ThresholdPlan): string {
  if (skipped !== undefined) return `${expression} (skipped: ${skipped})`;
  const more = [
    ...(afterUs === undefined ? [] : [`from ${formatDuration(afterUs)} on`]),
    ...(abortOnFail === true ? ['ends the run when it fails'] : []),
  ];
  return more.length === 0 ? expression : `${expression} (${more.join(', ')})`;
}
