import { formatCountOf } from '../core/units.ts';
import { loadText } from '../plan/loads.ts';
import type { CapacityFinding, CapacityGoal, LevelTally } from './search.ts';

/** What a search found out, in a sentence that stands alone. */
export function answerOf(goal: CapacityGoal, finding: CapacityFinding): string {
  const { ending, highestHeld, lowestBroke, limit, shards } = finding;
  const load = (level: number): string => loadText(goal, level);
  const held = highestHeld === null ? null : `It holds ${load(highestHeld.level)}`;
  const broke = lowestBroke === null ? null : `breaks at ${load(lowestBroke.level)}`;
  const on = limit === null ? '' : `: ${limit.what}`;
  const known = [held, broke].filter((part) => part !== null);
  switch (ending) {
    case 'found':
      return `${known.join(' and ')}${on}.`;
    case 'holds to the end':
      return `${held}, the most that was asked for.`;
    case 'breaks at once':
      return `It ${broke}, the least that was asked for${on}.`;
    case 'generator full': {
      const more =
        shards === null ? '' : ` At least ${shards} shards like this one are needed to offer ${load(goal.to)}.`;
      const first =
        held === null ? `not even ${load(goal.from)} could be offered` : `${load(highestHeld?.level ?? 0)} held`;
      return `Not known: the generator was full before the target was; ${first}.${more}`;
    }
    case 'unsure':
      return `Not known${on}.${held === null ? '' : ` ${held}.`}`;
    case 'out of steps':
    case 'cut short': {
      const why = ending === 'cut short' ? 'cut short after' : 'no two loads near each other agreed within';
      const so = known.length === 0 ? '' : ` ${known.join(' and ').replace(/^b/, 'It b')}.`;
      return `Not known: ${why} ${formatCountOf(finding.steps, 'trial')}.${so}`;
    }
  }
}

/** `3 of 3 trials`: how many of them said so. */
export function votes({ holds, breaks }: LevelTally, which: 'holds' | 'breaks'): string {
  return `${which === 'holds' ? holds : breaks} of ${formatCountOf(holds + breaks, 'trial')}`;
}
