import type { IntervalName, QuantileSummary } from '../metrics/result.ts';
import type { LoadUnit } from '../plan/loads.ts';
import { conclude } from './conclude.ts';
import { between, rampLevels } from './levels.ts';
import { bracketOf, type Standing, standingsOf } from './standings.ts';

/** What a search for the highest load that a target holds is asked. Loads are the full load of the whole scenario, in the unit of `vary`. */
export interface CapacityGoal {
  /** `rate`: loads are events per second; `devices`: whole numbers of devices. */
  vary: LoadUnit;
  /** Expected to hold; the search begins there. */
  from: number;
  /** Nothing above it is tried. Greater than `from`. */
  to: number;
  /** How far the load that holds and the one that breaks may be apart, as a share: 0.05. */
  precision: number;
  /** Trials that each of these two loads gets, at least 1. */
  confirm: number;
  /** A load to say what it takes for; null: nobody asks. */
  provisionFor: number | null;
}

/** Why a load is tried. `ladder`: it is one of a fixed list that was walked from its lowest to its highest. */
export type StepPurpose = 'ramp' | 'bisect' | 'confirm' | 'ladder';

/**
 * What one trial of a load says. `holds`: everything that is asked for held; `breaks`: the target did not do it; `generator`: we could not
 * offer that load, so it says nothing of the target; `unsure`: neither is proved, for another reason (verifier, coverage).
 */
export type StepVerdict = 'holds' | 'breaks' | 'generator' | 'unsure';

/** What a load broke on, or what kept a trial from an answer. */
export interface StepLimit {
  /** `throughput`: it took less than was offered; `backlog`: events waited longer and longer; `target`: its own limit by its own word, as a quota. */
  kind: 'threshold' | 'delivery' | 'throughput' | 'backlog' | 'target' | 'generator' | 'verifier' | 'other';
  /** The threshold, or a few words: `response_time p99 < 250ms`, `shard limit of the stream`. */
  what: string;
}

/** What became of one trial: of each, an ordinary result lies in `dir`. */
export interface StepOutcome {
  level: number;
  purpose: StepPurpose;
  verdict: StepVerdict;
  /** Most important first; one sentence each. */
  reasons: string[];
  /** null where it holds. */
  limit: StepLimit | null;
  /** Events per second over the measured window: intended, sent, acknowledged (where nothing is, sent). */
  offeredPerSecond: number;
  achievedPerSecond: number;
  ackedPerSecond: number;
  /** Of the measured window, µs, as summary.json has them. */
  latency: Record<IntervalName, QuantileSummary>;
  /** By how many seconds the wait of an event grew per second of the measurement, with its 95 % interval; null where too little is known. */
  lagGrowth: { perSecond: number; low: number; high: number } | null;
  /** Folder of its result, relative to that of the search. */
  dir: string;
  startedAt: string;
  seconds: number;
}

/** Trials of one load that said something about the target. */
export interface LevelTally {
  level: number;
  holds: number;
  breaks: number;
}

/**
 * How a search came out. `found`: between a load that holds and one that breaks, both confirmed; `holds to the end`: `to` holds;
 * `breaks at once`: `from` breaks; `generator full`, `unsure`: what keeps the answer from being known; `out of steps`; `cut short`.
 */
export type CapacityEnding =
  | 'found'
  | 'holds to the end'
  | 'breaks at once'
  | 'generator full'
  | 'unsure'
  | 'out of steps'
  | 'cut short';

/** What a search has found out. */
export interface CapacityFinding {
  /** pass: found, or holds to the end; fail: breaks at once. */
  verdict: 'pass' | 'fail' | 'inconclusive';
  ending: CapacityEnding;
  /** The highest load that holds with none below it that breaks; null where there is none. It is the capacity only where `interval` is there. */
  highestHeld: LevelTally | null;
  lowestBroke: LevelTally | null;
  /** Where the load lies at which half of all trials would break, and how sure that is, 0.95; at least from the highest that holds to the lowest that breaks. null unless found. */
  interval: { low: number; high: number; confidence: number } | null;
  /** What the lowest load that breaks breaks on, or what kept the search from its answer. */
  limit: StepLimit | null;
  /** Generators like this one that could offer `to`; null where this one was not the limit, or never kept up. */
  shards: number | null;
  /** Loads that broke although a higher one held. */
  nonMonotonic: { broke: LevelTally; held: LevelTally }[];
  /** Trials made. */
  steps: number;
}

/** The trial to make next, or that there is none. */
export type NextStep =
  | { kind: 'try'; level: number; purpose: StepPurpose; step: number; atMost: number }
  | { kind: 'done'; finding: CapacityFinding };

/** Trials beyond those of a search in which no answer is ever taken back. */
const SPARE_STEPS = 6;

/** The trial to make after these, in their order. A function of nothing else, so a search that was cut short goes on where it was. */
export function nextStep(goal: CapacityGoal, outcomes: readonly StepOutcome[]): NextStep {
  const atMost = stepLimit(goal);
  const chosen = choose(goal, standingsOf(outcomes, goal.confirm));
  if (typeof chosen === 'string') return { kind: 'done', finding: conclude(goal, outcomes, chosen) };
  if (outcomes.length >= atMost) return { kind: 'done', finding: conclude(goal, outcomes, 'out of steps') };
  return { kind: 'try', ...chosen, step: outcomes.length + 1, atMost };
}

/** The most trials that a search may take. */
export function stepLimit(goal: CapacityGoal): number {
  const ramp = rampLevels(goal);
  const gap = Math.log((ramp[1] as number) / (ramp[0] as number));
  const halvings = Math.max(0, Math.ceil(Math.log2(gap / Math.log(1 + goal.precision))));
  return ramp.length + halvings + 2 * (goal.confirm - 1) + SPARE_STEPS;
}

/** What is known of a search that ends before it has its answer. */
export function cutShort(goal: CapacityGoal, outcomes: readonly StepOutcome[]): CapacityFinding {
  return conclude(goal, outcomes, 'cut short');
}

function choose(
  goal: CapacityGoal,
  standings: readonly Standing[],
): Pick<StepOutcome, 'level' | 'purpose'> | CapacityEnding {
  const { held, ceiling, open } = bracketOf(standings);
  if (open !== null) return { level: open.level, purpose: 'confirm' };
  if (ceiling === null) {
    const level = rampLevels(goal).find((rung) => held === null || rung > held.level);
    if (level !== undefined) return { level, purpose: 'ramp' };
    return held !== null && held.trials < goal.confirm ? { level: held.level, purpose: 'confirm' } : 'holds to the end';
  }
  if (held !== null) {
    const level = between(goal, held.level, ceiling.level);
    if (level !== null) return { level, purpose: 'bisect' };
  }
  if (ceiling.is === 'blind') return ceiling.generator ? 'generator full' : 'unsure';
  if (held !== null && held.trials < goal.confirm && held.trials <= ceiling.trials) {
    return { level: held.level, purpose: 'confirm' };
  }
  if (ceiling.trials < goal.confirm) return { level: ceiling.level, purpose: 'confirm' };
  if (held === null) return 'breaks at once';
  return held.trials < goal.confirm ? { level: held.level, purpose: 'confirm' } : 'found';
}
