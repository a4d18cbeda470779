import { expect, it } from 'vitest';
import { MomentRhythm } from '../../src/verify/moment-rhythm.ts';

/** How often a second is told of in a run of so many, timers being early or late by up to 50 ms. */
function told(seconds: number): number {
  const rhythm = new MomentRhythm(seconds * 1e6);
  let times = 0;
  for (let second = 1; second <= seconds; second++) {
    if (rhythm.due(second * 1e6 + ((second * 7919) % 100_001) - 50_000)) times++;
  }
  return times;
}

it('tells of every second of an hour, and of a day as often', () => {
  expect(told(60)).toBe(60);
  expect(told(3_600)).toBe(3_600);
  expect(told(86_400)).toBeGreaterThan(3_500);
  expect(told(86_400)).toBeLessThanOrEqual(3_601);
});
