import type { Anchor } from '../core/anchor.ts';
import { IotloadError } from '../core/errors.ts';
import { judgeGenerator, tightestLatencyUs } from '../metrics/generator-health.ts';
import type { CheckResult, RunResult } from '../metrics/result.ts';
import { isThresholdError, parseThreshold, type Threshold } from '../metrics/threshold.ts';
import { fleetGroups } from '../plan/fleet-groups.ts';
import { type LadderPlan, levelWindow } from '../plan/ladder.ts';
import type { FleetPlan, Plan } from '../plan/plan.ts';
import { readTimeline } from '../report/timeline/read-timeline.ts';
import { stretchesWithin } from '../report/timeline/stretches-within.ts';
import type { Stretch } from '../report/timeline/timeline.ts';
import { readPlanDocument } from '../runner/plan-document.ts';
import { oneClock } from '../verify/clock-check.ts';
import { judgeThreshold, type ThresholdEvidence } from '../verify/threshold-check.ts';
import { type CapacityResult, capacityResult } from './capacity-result.ts';
import { ladderFinding } from './ladder.ts';
import { figuresTogether, ladderFigures, type PlaceFigures } from './ladder-figures.ts';
import type { CapacityGoal, StepOutcome } from './search.ts';
import { holdsIf, stepOutcome } from './step-outcome.ts';

/**
 * What a ladder proves, by the files of its run, or of all shards of it merged; null where the run in `dir` walked none. `result` is that
 * run's.
 * @throws IotloadError `file-unreadable`, `file-corrupt`
 */
export async function readLadder(dir: string, result: RunResult): Promise<CapacityResult | null> {
  const { plan, anchor } = readPlanDocument(dir);
  const { ladder } = plan;
  if (ladder === undefined) return null;
  if (anchor === null)
    throw new IotloadError('file-corrupt', 'the plan does not say when the run began', { where: dir });
  const outcomes = await ladderOutcomes(dir, plan, ladder, anchor, result);
  const { run } = result;
  const goal: CapacityGoal = {
    vary: ladder.vary,
    from: ladder.levels[0] as number,
    to: ladder.levels.at(-1) as number,
    precision: ladder.precision,
    confirm: 1,
    provisionFor: ladder.provisionFor,
  };
  const { id, scenario, planDigest, startedAt, durationSeconds, command, labels } = run;
  return capacityResult({
    run: { id, scenario, planDigest, startedAt, durationSeconds, command, labels, environment: result.environment },
    goal,
    holdsIf: holdsIf(judgedBy(plan, ladder)),
    outcomes,
    finding: ladderFinding(goal, outcomes),
    needs: [],
  });
}

/** The plan with the thresholds that each of its loads is judged by. */
function judgedBy(plan: Plan, ladder: LadderPlan): Plan {
  return { ...plan, thresholds: ladder.thresholds.map((expression) => ({ expression })) };
}

async function ladderOutcomes(
  dir: string,
  plan: Plan,
  ladder: LadderPlan,
  anchor: Anchor,
  result: RunResult,
): Promise<StepOutcome[]> {
  const timeline = await readTimeline(dir, plan, anchor, { index: 0, count: 1 });
  const levels = await ladderFigures(dir, plan, ladder, anchor);
  const scopes = [...plan.fleets, ...plan.targets].map(({ name }) => name);
  const thresholds = ladder.thresholds.flatMap((expression) => {
    const threshold = parseThreshold(expression, scopes);
    return isThresholdError(threshold) ? [] : [threshold];
  });
  const started = anchor.startWallUs;
  return ladder.levels.flatMap((level, index): StepOutcome[] => {
    const places = levels[index] as PlaceFigures[];
    const { fromUs, toUs } = levelWindow(ladder, index);
    // A run that was cut short did not come to it.
    if (places.every(({ seconds }) => seconds === 0)) return [];
    const within = stretchesWithin(timeline.stretches, fromUs, toUs);
    const alone = ofLevel(plan, result, places, within, thresholds);
    const outcome = stepOutcome({
      level,
      purpose: 'ladder',
      dir: '.',
      plan: { ...plan, run: { ...plan.run, warmUpUs: fromUs, durationUs: toUs - fromUs } },
      result: alone,
      timeline,
    });
    const startedAt = new Date((started + fromUs) / 1000).toISOString();
    return [{ ...outcome, startedAt, seconds: (toUs - fromUs) / 1e6 }];
  });
}

/** A run as if it had had this load only. What was delivered is known of the whole run alone. */
function ofLevel(
  plan: Plan,
  result: RunResult,
  places: readonly PlaceFigures[],
  stretches: readonly Stretch[],
  thresholds: readonly Threshold[],
): RunResult {
  const own = figuresTogether(places);
  const at = (which: (fleet: FleetPlan, place: number) => boolean): PlaceFigures[] =>
    places.filter((_, place) => which(plan.fleets[place] as FleetPlan, place));
  const groups = fleetGroups(plan);
  const fleets = result.fleets.map((fleet, i) => ({
    ...fleet,
    ...figuresTogether(at((_, place) => groups[i]?.includes(place) === true)),
  }));
  const targets = result.targets.map((target, i) => {
    const its = at((fleet) => fleet.target === i);
    return its.length === 0 ? target : { ...target, ...figuresTogether(its) };
  });
  const measured = { ...result, ...own, fleets, targets };
  const health = judgeGenerator({
    scheduleLag: own.latency.scheduleLag,
    tightestLatencyUs: tightestLatencyUs(thresholds),
    due: places.reduce((sum, { due }) => sum + due, 0),
    pickedUp: places.reduce((sum, { counts }) => sum + counts.pickedUp, 0),
  });
  const generator = { ...result.generator, ...health };
  const { clock, verifier } = result;
  const evidence: ThresholdEvidence = {
    run: measured,
    generator,
    reader: plan.verify === null ? null : { finished: true, doubts: verifier.signals },
    clock: clock === undefined ? oneClock : { boundUs: clock.endToEndBoundUs, jumps: clock.jumps.length },
  };
  const ofWhole = result.checks.map((check) => ({ ...check, ...(check.status === 'fail' ? unknownWhere(check) : {}) }));
  const checks = [
    ...ofWhole,
    ...thresholds.map((threshold): CheckResult => {
      const { expression, kind } = threshold;
      const check = { name: expression, expression, ...judgeThreshold(threshold, evidence) };
      const ofDelivery = kind === 'delivery-count' || kind === 'ratio';
      return ofDelivery && check.status === 'fail' ? { ...check, ...unknownWhere(check) } : check;
    }),
  ];
  const because = (status: CheckResult['status']): string[] =>
    checks.filter((check) => check.status === status).map(({ name, reason }) => `${name}: ${reason}`);
  const [failed, open] = [because('fail'), because('inconclusive')];
  const throttled = stretches.some((stretch) => stretch.throttled > 0);
  return {
    ...measured,
    verdict: failed.length > 0 ? 'fail' : open.length > 0 ? 'inconclusive' : 'pass',
    reasons: [...failed, ...open],
    checks,
    generator,
    errors: result.errors.filter(({ code }) => throttled || !code.endsWith('/throttled')),
  };
}

/** Of a failure that is known of the whole walk only nobody knows which load it was. */
function unknownWhere({ reason }: CheckResult): Pick<CheckResult, 'status' | 'reason'> {
  return { status: 'inconclusive', reason: `${reason}, over all loads: at which of them, nobody knows` };
}
