import { describe, expect, it } from 'vitest';
import { conclude } from '../../src/capacity/conclude.ts';
import type { CapacityEnding } from '../../src/capacity/search.ts';
import { goal, trial } from './trials.ts';

const known = [
  ...[trial(100, 'holds'), trial(100, 'holds'), trial(400, 'breaks'), trial(400, 'breaks'), trial(400, 'breaks')],
];

describe('what trials prove', () => {
  it.each<[CapacityEnding, string]>([
    ['found', 'pass'],
    ['holds to the end', 'pass'],
    ['breaks at once', 'fail'],
    ['generator full', 'inconclusive'],
    ['unsure', 'inconclusive'],
    ['out of steps', 'inconclusive'],
    ['cut short', 'inconclusive'],
  ])('%s is a verdict of %s, with an interval or a number of shards only where it has one', (ending, verdict) => {
    const finding = conclude(goal, known, ending);
    expect(finding).toMatchObject({
      ...{ verdict, ending, steps: 5, nonMonotonic: [] },
      highestHeld: { level: 100, holds: 2, breaks: 0 },
      lowestBroke: { level: 400, holds: 0, breaks: 3 },
    });
    expect(finding.interval === null).toBe(ending !== 'found');
    expect(finding.shards === null).toBe(ending !== 'generator full');
  });

  it('is a limit by most of the trials that did not hold, of equals by the first', () => {
    const broken = (...on: string[]) => on.map((what) => trial(400, 'breaks', { limit: { kind: 'threshold', what } }));
    const limitOf = (...on: string[]) => conclude(goal, broken(...on), 'found').limit?.what;
    expect(limitOf('p99', 'lost', 'lost')).toBe('lost');
    expect(limitOf('p99', 'lost')).toBe('p99');
    // What kept a trial from its answer does not count where others broke.
    const full = [trial(400, 'generator'), ...broken('p99'), ...broken('p99')];
    expect(conclude(goal, full, 'found').limit?.what).toBe('p99');
    expect(conclude(goal, [], 'cut short').limit).toBeNull();
  });

  it('is how many generators it takes: by what one held, or by what it did of the least', () => {
    const full = (level: number, offeredPerSecond: number, achievedPerSecond: number) =>
      Array.from({ length: 2 }, () => trial(level, 'generator', { offeredPerSecond, achievedPerSecond }));
    const shards = (outcomes: Parameters<typeof conclude>[1]) => conclude(goal, outcomes, 'generator full').shards;
    expect(shards([trial(3000, 'holds'), ...full(4000, 4000, 3500)])).toBe(4);
    expect(shards(full(100, 100, 40))).toBe(250);
    // No more than was asked for was done, whatever a burst looked like.
    expect(shards(full(100, 100, 180))).toBe(100);
    expect(shards(full(100, 0, 0))).toBeNull();
  });
});
