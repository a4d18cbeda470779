import type { Micros } from '../core/clock.ts';
import { formatDuration } from '../core/units.ts';
import { tooShortFor } from '../metrics/growth-resolution.ts';
import { isGrowth, isKnownWhileSending, isReadBack } from '../metrics/metric.ts';
import { isThresholdError, parseThreshold, quantileSupported, type Threshold } from '../metrics/threshold.ts';
import type { ScenarioPath } from '../scenario/diagnostic.ts';
import type { ThresholdDraft } from '../scenario/load-scenario.ts';
import type { TemplateProblem } from './check-templates.ts';
import type { ThresholdPlan } from './plan.ts';
import type { RunExtent } from './run-extent.ts';

/** Says what is wrong at a path of the scenario, from an offset in the value on. */
export type ThresholdReport = (path: ScenarioPath, offset: number, problem: TemplateProblem) => void;

/**
 * Resolves thresholds. `file` is the extent of the file's own run: what that cannot judge is a mistake; what only a flag took away is
 * skipped by name.
 */
export function resolveThresholds(
  drafts: readonly ThresholdDraft[],
  scopes: readonly string[],
  run: RunExtent,
  file: RunExtent,
  report: ThresholdReport,
): ThresholdPlan[] {
  return drafts.flatMap((draft): ThresholdPlan[] => {
    const { expression, path, after, abortOnFail } = draft;
    const threshold = parseThreshold(expression, scopes);
    if (isThresholdError(threshold)) {
      report(path, threshold.offset, { message: threshold.error, hint: threshold.hint ?? null });
      return [];
    }
    if (abortOnFail && !isKnownWhileSending(threshold.metric)) {
      const message = `${threshold.metric} is only known when the run is over, and cannot end it`;
      report([...path.slice(0, -1), 'abort_on_fail'], 0, { message, hint: 'leave abort_on_fail away' });
      return [];
    }
    const inRun = obstacle(threshold, draft, run);
    const inFile = obstacle(threshold, draft, file);
    if (inRun !== null && inFile !== null) {
      const { key, ...problem } = inFile;
      report(key === undefined ? path : [...path.slice(0, -1), key], 0, problem);
      return [];
    }
    if (abortOnFail && inRun === null && isReadBack(threshold.metric) && !run.toldAlone(threshold.scope)) {
      const of = threshold.scope === null ? 'several targets together' : threshold.scope;
      const message = `${threshold.metric} of ${of} is only known when the run is over, and cannot end it`;
      const hint = 'name a target that is read back, or leave abort_on_fail away';
      report([...path.slice(0, -1), 'abort_on_fail'], 0, { message, hint });
      return [];
    }
    return [
      {
        expression,
        ...(inRun === null ? {} : { skipped: inRun.message }),
        ...(after === undefined ? {} : { afterUs: afterUs(after, run) }),
        ...(abortOnFail ? { abortOnFail } : {}),
      },
    ];
  });
}

interface Obstacle extends TemplateProblem {
  /** What of the threshold's map is in the way; absent: the check itself. */
  key?: 'after';
}

/** Why a run cannot judge a threshold; null where it can. */
function obstacle(threshold: Threshold, { after }: ThresholdDraft, run: RunExtent): Obstacle | null {
  const { metric, kind, scope, stat } = threshold;
  const { paced, endUs } = run;
  if (isGrowth(kind)) return growthObstacle(threshold, after !== undefined, run);
  const unread = run.unread(scope);
  if (unread !== null && (metric === 'end_to_end' || metric === 'coverage' || kind === 'delivery-count')) {
    return {
      message: `${metric} is ${unread}`,
      hint:
        scope === null || unread === run.unread(null)
          ? 'leave verify: false away, or this threshold'
          : 'name a target of verify.read, or leave this threshold away',
    };
  }
  if (!paced && (metric === 'end_to_end' || metric === 'schedule_lag' || kind === 'rate')) {
    const hint = 'give clock.speed a number, or leave this threshold away';
    return { message: `${metric} has no meaning where nothing is paced`, hint };
  }
  if (after !== undefined && !paced) {
    const hint = 'give clock.speed a number, or leave "after" away';
    return { key: 'after', message: 'a time has no meaning where nothing is paced', hint };
  }
  if (after !== undefined && afterUs(after, run) >= endUs) {
    const message = `the run is over after ${formatDuration(endUs)}, before this is judged`;
    return { key: 'after', message, hint: 'write a share of run.duration, such as after: 10%' };
  }
  const expected = run.samples(scope, metric);
  if ((kind === 'latency' || kind === 'rate') && expected === 0 && scope !== null) {
    return { message: `${scope} has no events whose ${metric} could be told`, hint: 'name another fleet or target' };
  }
  if (quantileSupported(threshold, expected)) return null;
  const hint = 'ten events have to lie above a quantile: run longer, or judge a lower one';
  return { message: `${expected} events cannot support ${stat}`, hint };
}

function growthObstacle(threshold: Threshold, after: boolean, run: RunExtent): Obstacle | null {
  const { metric, scope } = threshold;
  if (!run.paced) {
    const hint = 'give clock.speed a number, or leave this threshold away';
    return { message: `${metric} has no meaning where nothing is paced`, hint };
  }
  if (after)
    return { key: 'after', message: `${metric} is judged over the whole measurement`, hint: 'leave "after" away' };
  const unread = scope === 'verifier' ? run.unread(null) : null;
  if (unread !== null)
    return { message: `${scope}.${metric} is ${unread}`, hint: 'leave verify: false away, or this threshold' };
  const message = tooShortFor(threshold, Math.max(0, run.endUs - run.warmUpUs));
  return message === null ? null : { message, hint: 'run longer, or allow more' };
}

/** Slot time of a time after the warm-up. */
function afterUs(after: NonNullable<ThresholdDraft['after']>, { warmUpUs, durationUs }: RunExtent): Micros {
  if ('us' in after) return warmUpUs + after.us;
  return warmUpUs + Number((BigInt(durationUs) * BigInt(after.numerator)) / BigInt(after.denominator));
}
