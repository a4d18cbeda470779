import { expect, it } from 'vitest';
import { readerSoFar, sinceFirstTold } from '../../src/runner/reader-so-far.ts';
import { testFigures } from '../report/prometheus/live-figures.ts';

const progress = testFigures().verifiers[0]?.progress ?? null;

it('is what one reader told, with its times', () => {
  const { duplicates, reordered, corrupt, foreign, endToEnd, doubts } = readerSoFar([progress]) ?? {};
  expect([duplicates, reordered, corrupt, foreign]).toEqual([4, 3, 1, 0]);
  expect(endToEnd).toBe(progress?.times);
  expect(doubts).toEqual([]);
});

it('is the sum of what several told, without times, and with the doubts of each', () => {
  const doubting = progress === null ? null : { ...progress, doubts: ['slow'] };
  expect(readerSoFar([progress, doubting])).toMatchObject({ duplicates: 8, endToEnd: null, doubts: ['slow'] });
});

it('is nothing while one of them has told nothing', () => {
  expect(readerSoFar([progress, null])).toBeNull();
  expect(readerSoFar([])).toBeNull();
});

it('of a resumed run is what came since it was told first', () => {
  let now = progress;
  const read = sinceFirstTold(() => readerSoFar([now]));
  expect(read(null)).toMatchObject({ duplicates: 0, reordered: 0, corrupt: 0, foreign: 0 });
  now = progress === null ? null : { ...progress, duplicates: 9, corrupt: 2 };
  expect(read(null)).toMatchObject({ duplicates: 5, reordered: 0, corrupt: 1 });
  // Another scope has a first word of its own.
  expect(read('edge')).toMatchObject({ duplicates: 0 });
  now = null;
  expect(read(null)).toBeNull();
});
