import { byLevel } from './by-level.ts';
import type { LevelTally, StepOutcome } from './search.ts';

/** Of the trials of a load, this share may break and it still counts as one that holds: one of three. */
const TOLERATED = 1 / 3;
/** Trials of a load without an answer before it is left alone, where it can be tried again. */
const BLIND_TRIALS = 2;

/** How a load stands after its trials. */
export interface Standing extends LevelTally {
  /** `open`: it has to be tried again; `blind`: it cannot be judged. */
  is: 'held' | 'broke' | 'open' | 'blind';
  /** Those with an answer. */
  trials: number;
  /** It is blind because of the generator. */
  generator: boolean;
}

/** What is known between the highest load that holds and what is above it. */
export interface Bracket {
  /** The highest that holds below `ceiling`. */
  held: Standing | null;
  /** The lowest that breaks or cannot be judged. */
  ceiling: Standing | null;
  /** The lowest below `ceiling` that is not decided. */
  open: Standing | null;
}

/** Every load that was tried, from the lowest on; `confirm` is how many trials decide, `blind` how many without an answer are enough. */
export function standingsOf(outcomes: readonly StepOutcome[], confirm: number, blind = BLIND_TRIALS): Standing[] {
  return byLevel(outcomes).map(({ level, trials }) => standingOf(level, trials, confirm, blind));
}

/** Whatever holds above a load that breaks proves nothing. */
export function bracketOf(standings: readonly Standing[]): Bracket {
  const ceiling = standings.find(({ is }) => is === 'broke' || is === 'blind') ?? null;
  const below = ceiling === null ? standings : standings.slice(0, standings.indexOf(ceiling));
  return {
    held: below.findLast(({ is }) => is === 'held') ?? null,
    ceiling,
    open: below.find(({ is }) => is === 'open') ?? null,
  };
}

function standingOf(level: number, outcomes: readonly StepOutcome[], confirm: number, blind: number): Standing {
  const count = (verdict: StepOutcome['verdict']): number => outcomes.filter((one) => one.verdict === verdict).length;
  const [holds, breaks, full] = [count('holds'), count('breaks'), count('generator')];
  const trials = holds + breaks;
  const doubts = outcomes.length - trials;
  const is = doubts >= blind && doubts > trials ? 'blind' : decide(holds, breaks, confirm);
  return { level, holds, breaks, is, trials, generator: full * 2 >= doubts };
}

/** Trials that agree decide for the time being; those that do not, when those that are missing cannot change it any more. */
function decide(holds: number, breaks: number, confirm: number): Standing['is'] {
  if (holds + breaks === 0) return 'open';
  if (breaks === 0) return 'held';
  if (holds === 0) return 'broke';
  const trials = Math.max(confirm, holds + breaks);
  const tolerated = Math.floor(trials * TOLERATED);
  if (breaks > tolerated) return 'broke';
  return trials - holds <= tolerated ? 'held' : 'open';
}
