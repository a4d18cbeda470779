import type { StepOutcome } from './search.ts';

/** The trials of each load that was tried, from the lowest load on; those of one load in their order. */
export function byLevel(outcomes: readonly StepOutcome[]): { level: number; trials: StepOutcome[] }[] {
  const levels = new Map<number, StepOutcome[]>();
  for (const outcome of outcomes) {
    const trials = levels.get(outcome.level);
    if (trials === undefined) levels.set(outcome.level, [outcome]);
    else trials.push(outcome);
  }
  return [...levels].map(([level, trials]) => ({ level, trials })).sort((a, b) => a.level - b.level);
}
