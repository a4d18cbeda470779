import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pacedPromises, unpacedPromises } from '../../src/runner/promises.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { testPlan } from '../verify/test-plan.ts';

// 1 000 events a second each.
const plan = testPlan([
  { devices: 3, slots: 400_000 },
  { devices: 5, slots: 900_000 },
]);
const [schedule] = plan.fleets.map((fleet) => createSchedule(fleet.schedule));

it('promises 1.5 s ahead of the schedule, also before it has begun', () => {
  const clock = new VirtualClock(1_000_000);
  const promises = pacedPromises(plan, clock, 3_000_000);
  expect(promises.next()).toBe(1_500_000);
  clock.advanceTo(13_000_000);
  expect(promises.next()).toBe(11_500_000);
});

it('names the slots that a promise covers: those that are due before it, and no more than there are', () => {
  const { slotsBelow } = pacedPromises(plan, new VirtualClock(), 0);
  expect(slotsBelow(0)).toEqual([0, 0]);
  expect(slotsBelow(1)).toEqual([1, 1]);
  expect(slotsBelow(1_000_000)).toEqual([1_000, 1_000]);
  expect(slotsBelow(1e12)).toEqual([400_000, 900_000]);
});

it('promises, where nothing is paced, always more than what was taken, and never goes back', () => {
  const steps = fc.array(fc.tuple(fc.nat(200_000), fc.nat(200_000)), { maxLength: 20 });
  fc.assert(
    fc.property(fc.nat(100_000), steps, (from, increments) => {
      const taken = [0, 0];
      const promises = unpacedPromises(plan, [from, from], () => taken);
      let before = 0;
      for (const [a, b] of [[0, 0], ...increments]) {
        taken[0] = Math.min(400_000 - from, (taken[0] as number) + (a as number));
        taken[1] = Math.min(900_000 - from, (taken[1] as number) + (b as number));
        const promisedUs = promises.next();
        const below = promises.slotsBelow(promisedUs);
        expect(promisedUs).toBeGreaterThanOrEqual(before);
        before = promisedUs;
        plan.fleets.forEach(({ slots }, fleet) => {
          const next = from + (taken[fleet] as number);
          expect(below[fleet]).toBeGreaterThanOrEqual(Math.min(slots, next + 100_000));
          expect(schedule?.timeOf(Math.max(0, (below[fleet] as number) - 1))).toBeLessThan(promisedUs);
        });
      }
    }),
  );
});
