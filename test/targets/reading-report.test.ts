import { expect, it } from 'vitest';
import { ReadingReport } from '../../src/targets/reading-report.ts';

it('tells each thing once, and counts gaps only', () => {
  const told: string[] = [];
  const report = new ReadingReport((detail) => told.push(detail));
  report.gap('a');
  report.gap('a');
  expect([report.tell('b'), report.tell('b')]).toEqual([true, false]);
  report.gap('c');
  expect(told).toEqual(['a', 'b', 'c']);
  expect([report.gaps, report.gapNames]).toEqual([2, ['a', 'c']]);
});

it('names the first twenty gaps and counts all, in bounded memory', () => {
  const told: string[] = [];
  const report = new ReadingReport((detail) => told.push(detail));
  for (let i = 0; i < 1_500; i++) report.gap(`gap ${i}`);
  expect(report.gapNames).toEqual(Array.from({ length: 20 }, (_, i) => `gap ${i}`));
  expect(told).toHaveLength(1_000);
  // What is not told any more still counts: too many gaps are safe, too few are not.
  expect(report.gaps).toBe(1_500);
  report.gap('gap 7');
  expect(report.gaps).toBe(1_500);
});
