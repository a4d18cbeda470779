import { expect, it } from 'vitest';
import { endlessStall, repeatStall, type StallPlan } from '../../src/brokers/stalls.ts';
import type { Clock } from '../../src/core/clock.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

/** Milliseconds after the start at which stalls begin and end, within `ms`. */
function changes(plan: StallPlan, ms: number, lateMs = 0): [number, boolean][] {
  const clock = new VirtualClock();
  const startUs = clock.nowUs();
  const found: [number, boolean][] = [];
  const late: Clock = {
    nowUs: () => clock.nowUs(),
    wallUs: () => clock.wallUs(),
    after: (by, task) => clock.after(by + lateMs, task),
    every: (by, task) => clock.every(by, task),
    soon: (task) => clock.soon(task),
  };
  const stop = repeatStall(late, plan, (on) => found.push([(clock.nowUs() - startUs) / 1000, on]));
  clock.advanceTo(startUs + ms * 1000);
  stop();
  clock.advanceTo(startUs + 10 * ms * 1000);
  return found;
}

it('begins at the end of the first period where nothing else is said, and repeats until it is stopped', () => {
  expect(changes({ everyMs: 100, forMs: 30 }, 200)).toEqual([
    [70, true],
    [100, false],
    [170, true],
    [200, false],
  ]);
  expect(changes({ everyMs: 250, forMs: 150, firstAfterMs: 50 }, 320)).toEqual([
    [50, true],
    [200, false],
    [300, true],
  ]);
});

it('does not drift where timers are late', () => {
  expect(changes({ everyMs: 100, forMs: 30 }, 300, 4)).toEqual([
    [74, true],
    [104, false],
    [174, true],
    [204, false],
    [274, true],
  ]);
});

it('lasts for ever where it is to', () => {
  expect(changes(endlessStall, 86_400_000)).toEqual([[0, true]]);
});
