import { describe, expect, it } from 'vitest';
import { ladderFinding } from '../../src/capacity/ladder.ts';
import type { StepVerdict } from '../../src/capacity/search.ts';
import { goal, trial } from './trials.ts';

const LEVELS = [100, 400, 1600, 6400, 10_000];

/** What a ladder of one trial a load says that came out like this, from the lowest on. */
function climbed(...verdicts: readonly StepVerdict[]) {
  return ladderFinding(
    goal,
    verdicts.map((verdict, i) => trial(LEVELS[i] as number, verdict, { purpose: 'ladder' })),
  );
}

describe('a ladder of fixed loads', () => {
  it('lies between two of its rungs', () => {
    const finding = climbed('holds', 'holds', 'holds', 'breaks', 'breaks');
    expect(finding).toMatchObject({ verdict: 'pass', ending: 'found', steps: 5 });
    expect(finding.highestHeld).toEqual({ level: 1600, holds: 1, breaks: 0 });
    expect(finding.lowestBroke).toEqual({ level: 6400, holds: 0, breaks: 1 });
    expect(finding.interval?.low).toBeLessThanOrEqual(1600);
    expect(finding.interval?.high).toBeGreaterThanOrEqual(6400);
  });

  it('holds to the end only at its end', () => {
    expect(climbed('holds', 'holds', 'holds', 'holds', 'holds').ending).toBe('holds to the end');
    expect(climbed('holds', 'holds')).toMatchObject({ verdict: 'inconclusive', ending: 'cut short' });
    expect(climbed()).toMatchObject({ verdict: 'inconclusive', ending: 'cut short', highestHeld: null });
  });

  it('has one trial a load, and none of them twice to be sure', () => {
    expect(climbed('holds', 'generator', 'generator')).toMatchObject({
      ...{ verdict: 'inconclusive', ending: 'generator full', shards: 100, interval: null },
      limit: { kind: 'generator', what: 'the generator' },
    });
    expect(climbed('holds', 'holds', 'unsure', 'breaks')).toMatchObject({ verdict: 'inconclusive', ending: 'unsure' });
    expect(climbed('breaks', 'breaks')).toMatchObject({ verdict: 'fail', ending: 'breaks at once' });
  });

  it('tells of a rung that broke below one that held', () => {
    const { nonMonotonic, highestHeld } = climbed('holds', 'breaks', 'holds', 'breaks', 'breaks');
    expect(highestHeld?.level).toBe(100);
    expect(nonMonotonic).toEqual([
      { broke: { level: 400, holds: 0, breaks: 1 }, held: { level: 1600, holds: 1, breaks: 0 } },
    ]);
  });
});
