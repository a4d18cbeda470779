import { expect, it } from 'vitest';
import { retryPauseMs } from '../../../src/targets/kafka/retry-pause.ts';

it.each([
  [0, 200],
  [1, 400],
  [2, 800],
  [3, 1_000],
  [5_000, 1_000],
])('after %i failures a pause lies between 100 ms and %i ms', (failures, longest) => {
  expect(retryPauseMs(failures, 0)).toBe(100);
  expect(retryPauseMs(failures, 0.5)).toBe((100 + longest) / 2);
  expect(retryPauseMs(failures, 1)).toBe(longest);
});
