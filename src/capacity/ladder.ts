import { conclude } from './conclude.ts';
import type { CapacityFinding, CapacityGoal, StepOutcome } from './search.ts';
import { bracketOf, standingsOf } from './standings.ts';

/** What a fixed list of loads proves that was walked whatever came of it; as narrow as its steps. */
export function ladderFinding(goal: CapacityGoal, outcomes: readonly StepOutcome[]): CapacityFinding {
  const { held, ceiling, open } = bracketOf(standingsOf(outcomes, goal.confirm));
  if (ceiling === null) return conclude(goal, outcomes, held === null || open !== null ? 'unsure' : 'holds to the end');
  if (ceiling.is === 'blind') return conclude(goal, outcomes, ceiling.generator ? 'generator full' : 'unsure');
  return conclude(goal, outcomes, held === null ? 'breaks at once' : 'found');
}
