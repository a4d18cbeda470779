import { expect, it } from 'vitest';
import { stretchesWithin } from '../../../src/report/timeline/stretches-within.ts';
import type { Stretch } from '../../../src/report/timeline/timeline.ts';

it('leaves out what reaches beyond the instants, and not what ends at them', () => {
  const stretches = [0, 1, 2, 3, 4].map((from) => ({ fromUs: from * 1e6, toUs: (from + 1) * 1e6 }) as Stretch);
  const within = (fromUs: number, toUs: number): number[] =>
    stretchesWithin(stretches, fromUs, toUs).map((stretch) => stretch.fromUs / 1e6);
  expect(within(1e6, 4e6)).toEqual([1, 2, 3]);
  expect(within(1e6 + 1, 4e6 - 1)).toEqual([2]);
  expect(within(9e6, 10e6)).toEqual([]);
});
