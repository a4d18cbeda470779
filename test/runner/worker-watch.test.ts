import { expect, it } from 'vitest';
import { WorkerWatch } from '../../src/runner/worker-watch.ts';

type Second = [busy: number, gcUs?: number, longestUs?: number];
const idle: Second[] = Array.from({ length: 10 }, () => [0.1]);

it.each<[string, Second[], string[]]>([
  ['nothing before the first second', [], []],
  ['nothing of a thread that is busy now and then', [[0.9], [0.9], [0.9], [0.9], [0.1], [0.9]], []],
  [
    'five busy seconds in a row',
    [...idle, [0.86], [0.9], [0.9], [0.9], [1], [0.1]],
    ['worker 1 was busy more than 85 % of the time for 5 s in a row: use more workers, or lower the rate'],
  ],
  ['no collections that are short and rare', [[0.5, 50_000, 50_000]], []],
  [
    'a long collection',
    [...idle, [0.5, 60_000, 51_000]],
    ['worker 1 collected garbage for 0.5 % of the time, 51 ms at a time: use more workers, or a smaller backlog'],
  ],
  [
    'collections all the time',
    [
      [0.5, 70_000, 5_000],
      [0.5, 50_000, 4_000],
    ],
    ['worker 1 collected garbage for 6 % of the time, 5 ms at a time: use more workers, or a smaller backlog'],
  ],
])('finds %s', (_, seconds, expected) => {
  const watch = new WorkerWatch(1);
  for (const [busy, totalUs = 0, longestUs = 0] of seconds) watch.second(busy, { totalUs, longestUs });
  expect(watch.signals()).toEqual(expected);
});
