import { expect, it } from 'vitest';
import { ScrapeRhythm } from '../../../src/report/prometheus/scrape-rhythm.ts';

function nextBy(...seconds: number[]): number | null {
  const rhythm = new ScrapeRhythm();
  for (const second of seconds) rhythm.at(second * 1e6);
  const us = rhythm.nextBy();
  return us === null ? null : us / 1e6;
}

it.each([
  ['every 15 s', [0, 15, 30], 48.75],
  ['every 15 s, not quite', [100, 115.4, 130], 149.25],
  ['of the last three alone', [0, 1, 50, 65, 80], 98.75],
  ['many a second', [1, 1.05, 1.1], 2.15],
  ['every minute', [0, 60, 120], 195],
] as const)('expects another one: %s', (_, seconds, by) => {
  expect(nextBy(...seconds)).toBeCloseTo(by, 6);
});

it.each([
  ['nobody', []],
  ['somebody once', [5]],
  ['somebody twice', [5, 20]],
  ['somebody now and then', [5, 20, 29]],
  ['somebody who has time', [0, 61, 122]],
])('expects nothing: %s', (_, seconds) => {
  expect(nextBy(...seconds)).toBeNull();
});
