import type { Micros } from '../core/clock.ts';
import type { FleetDraft, ScenarioDraft } from '../scenario/load-scenario.ts';
import type { ExactRate, Level } from '../schedule/profile.ts';
import { ratio } from '../schedule/ratio.ts';
import { atLevel, withDefaultThreshold } from './capacity-level.ts';
import type { ProfileEntry } from './fleet-schedule.ts';
import { evenRatios, type LoadUnit } from './loads.ts';
import type { Plan } from './plan.ts';
import type { CapacityPlan } from './resolve-capacity.ts';

/**
 * A run that walks fixed loads from the lowest to the highest, by the clock: what shards do instead of a search, for none of them knows how
 * the others fare. Each load is settled into, then judged.
 */
export interface LadderPlan {
  vary: LoadUnit;
  /** Ascending. */
  levels: readonly number[];
  settleUs: Micros;
  holdUs: Micros;
  /** Share by which two neighbours should differ at most; they do by more where there would be too many. */
  precision: number;
  provisionFor: number | null;
  /** What each load is judged by; the run as a whole is not. */
  thresholds: readonly string[];
}

const MOST_LEVELS = 24;

/** Loads in equal ratios, as near to each other as is asked for and their number allows; the bounds are among them. */
export function ladderLevels({ vary, from, to, precision }: CapacityPlan): number[] {
  const steps = Math.min(MOST_LEVELS - 1, Math.ceil(Math.log(to / from) / Math.log1p(precision)));
  return evenRatios(vary, from, to, steps);
}

/** When a load of the ladder is judged, in slot time; before that it settles. */
export function levelWindow({ settleUs, holdUs }: LadderPlan, index: number): { fromUs: Micros; toUs: Micros } {
  const fromUs = index * (settleUs + holdUs) + settleUs;
  return { fromUs, toUs: fromUs + holdUs };
}

/**
 * A scenario that walks these loads. Where devices are varied all of them are there all the time, and what walks is how often those report
 * that say every how much time they do.
 */
export function walked(
  draft: ScenarioDraft,
  capacity: CapacityPlan,
  levels: readonly number[],
): { draft: ScenarioDraft; rate: ExactRate | null } {
  const { holdUs, settleUs, to, vary } = capacity;
  const top = atLevel(draft, capacity, to);
  const duration = levels.length * (holdUs + settleUs) - settleUs;
  const shares = levels.map((level) => shareOf(Math.round(level * 1e6), Math.round(to * 1e6)));
  const [first, ...others] = shares as [Level, ...Level[]];
  // The first load settles during the warm-up.
  const profile: ProfileEntry[] = [
    { hold: first, for: shareOf(holdUs, duration) },
    { steps: others, each: shareOf(holdUs + settleUs, duration) },
  ];
  const fleets = top.draft.fleets.map((fleet): FleetDraft => {
    const walks = vary === 'rate' || fleet.value.every !== undefined;
    return walks ? { ...fleet, value: { ...fleet.value, profile } as FleetDraft['value'] } : fleet;
  });
  return { draft: { ...top.draft, fleets, run: { ...top.draft.run, duration } }, rate: top.rate };
}

/** The plan of a walk, whose loads are judged by what the plan of one of them is. */
export function withLadder(walk: Plan, level: Plan, capacity: CapacityPlan): Plan {
  const { vary, settleUs, holdUs, precision, provisionFor } = capacity;
  const thresholds = withDefaultThreshold(level).thresholds.map(({ expression }) => expression);
  const ladder = { vary, levels: ladderLevels(capacity), settleUs, holdUs, precision, provisionFor, thresholds };
  return { ...walk, thresholds: [], ladder };
}

function shareOf(part: number, whole: number): Level {
  const { n, d } = ratio(part, whole);
  return { numerator: Number(n), denominator: Number(d) };
}
