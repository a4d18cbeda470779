import { expect, it } from 'vitest';
import { endlessStall, repeatStall, type StallPlan, Stalls } from '../../src/brokers/stalls.ts';
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

it('keeps when each was, and ends the one under way when there are to be others', async () => {
  const clock = new VirtualClock();
  const [startUs, found] = [clock.nowUs(), [] as boolean[]];
  const stalls = new Stalls(clock, (on) => found.push(on));
  stalls.set({ everyMs: 10, forMs: 4, firstAfterMs: 1 });
  await clock.advance(startUs + 6_000);
  stalls.set(endlessStall);
  await clock.advance(startUs + 7_000);
  await clock.advance(startUs + 8_000);
  stalls.set(undefined);
  await clock.advance(startUs + 100_000);
  expect(found).toEqual([true, false, true, false]);
  expect(stalls.log.map(({ fromUs, toUs }) => [fromUs - startUs, (toUs ?? 0) - startUs])).toEqual([
    [1_000, 5_000],
    [6_000, 8_000],
  ]);
});

it('leaves one as it is when there are to be no more', async () => {
  const clock = new VirtualClock();
  const stalls = new Stalls(clock, () => {});
  stalls.set(endlessStall);
  await clock.advance(clock.nowUs() + 1_000);
  stalls.stop();
  await clock.advance(clock.nowUs() + 1_000);
  expect(stalls.log.map(({ toUs }) => toUs)).toEqual([null]);
});
