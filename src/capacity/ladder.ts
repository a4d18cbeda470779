import { conclude } from './conclude.ts';
import type { CapacityEnding, CapacityFinding, CapacityGoal, StepOutcome } from './search.ts';
import { bracketOf, type Standing, standingsOf } from './standings.ts';

/**
 * What a fixed list of loads proves that was walked whatever came of it; as narrow as its steps. A load has the trials that it has: what
 * they say counts.
 */
export function ladderFinding(goal: CapacityGoal, outcomes: readonly StepOutcome[]): CapacityFinding {
  const standings = standingsOf(outcomes, 1, 1);
  return conclude(goal, outcomes, endingOf(goal, standings), standings);
}

function endingOf(goal: CapacityGoal, standings: readonly Standing[]): CapacityEnding {
  const { held, ceiling } = bracketOf(standings);
  if (ceiling === null) return held !== null && held.level >= goal.to ? 'holds to the end' : 'cut short';
  if (ceiling.is === 'blind') return ceiling.generator ? 'generator full' : 'unsure';
  return held === null ? 'breaks at once' : 'found';
}
