import { CONFIDENCE, credibleInterval } from './confidence.ts';
import type { CapacityEnding, CapacityFinding, CapacityGoal, LevelTally, StepLimit, StepOutcome } from './search.ts';
import { bracketOf, type Standing, standingsOf } from './standings.ts';

/** What these trials prove, and how the search that made them ended. */
export function conclude(
  goal: CapacityGoal,
  outcomes: readonly StepOutcome[],
  ending: CapacityEnding,
  standings: readonly Standing[] = standingsOf(outcomes, goal.confirm),
): CapacityFinding {
  const { held, ceiling } = bracketOf(standings);
  const broke = ceiling?.is === 'broke' ? ceiling : null;
  return {
    verdict: verdictOf(ending),
    ending,
    highestHeld: held === null ? null : tallyOf(held),
    lowestBroke: broke === null ? null : tallyOf(broke),
    interval: ending === 'found' && held !== null && broke !== null ? intervalOf(standings, held, broke) : null,
    limit: ceiling === null ? null : limitAt(ceiling, outcomes),
    shards: ending === 'generator full' ? shardsFor(goal, held, outcomes) : null,
    nonMonotonic: standings.flatMap((low) => {
      const high =
        low.is === 'broke' ? standings.findLast(({ is, level }) => is === 'held' && level > low.level) : null;
      return high ? [{ broke: tallyOf(low), held: tallyOf(high) }] : [];
    }),
    steps: outcomes.length,
  };
}

function intervalOf(standings: readonly Standing[], held: Standing, broke: Standing): CapacityFinding['interval'] {
  const [low, high] = credibleInterval(standings, held.level, broke.level);
  return { low, high, confidence: CONFIDENCE };
}

function verdictOf(ending: CapacityEnding): CapacityFinding['verdict'] {
  if (ending === 'found' || ending === 'holds to the end') return 'pass';
  return ending === 'breaks at once' ? 'fail' : 'inconclusive';
}

/** What most of a load's trials that did not hold came to; of equals, the first. */
function limitAt({ level, is }: Standing, outcomes: readonly StepOutcome[]): StepLimit | null {
  const wanted = is === 'broke' ? ['breaks'] : ['generator', 'unsure'];
  const limits = outcomes
    .filter((outcome) => outcome.level === level && wanted.includes(outcome.verdict))
    .map(({ limit }) => limit)
    .filter((limit) => limit !== null);
  const votes = (limit: StepLimit): number => limits.filter(({ what }) => what === limit.what).length;
  return limits.reduce<StepLimit | null>(
    (best, limit) => (best === null || votes(limit) > votes(best) ? limit : best),
    null,
  );
}

/** Generators it takes for `to`, by the most that one was healthy at, or by what it did of the least that was asked for. */
function shardsFor(goal: CapacityGoal, held: Standing | null, outcomes: readonly StepOutcome[]): number | null {
  const done = outcomes
    .filter(({ verdict, offeredPerSecond }) => verdict === 'generator' && offeredPerSecond > 0)
    .map(({ level, achievedPerSecond, offeredPerSecond }) => level * Math.min(1, achievedPerSecond / offeredPerSecond));
  const each = held?.level ?? Math.max(0, ...done);
  return each > 0 ? Math.ceil(goal.to / each) : null;
}

function tallyOf({ level, holds, breaks }: LevelTally): LevelTally {
  return { level, holds, breaks };
}
