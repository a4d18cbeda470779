import { expect, it } from 'vitest';
import { byLevel } from '../../src/capacity/by-level.ts';
import { trial } from './trials.ts';

it('puts the trials of a load together in their order, the lowest load first', () => {
  const [low, high, again] = [trial(100, 'holds'), trial(400, 'breaks'), trial(100, 'breaks', { seconds: 7 })];
  expect(byLevel([high, low, again])).toEqual([
    { level: 100, trials: [low, again] },
    { level: 400, trials: [high] },
  ]);
  expect(byLevel([])).toEqual([]);
});
