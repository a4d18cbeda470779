import type { Clock, Micros } from '../core/clock.ts';
import type { Plan } from '../plan/plan.ts';
import type { RateProfile } from '../schedule/profile.ts';
import { createSchedule } from '../schedule/schedule.ts';

/**
 * A promise reaches this far ahead of the schedule: longer than the disk takes for a flush and the pause before the next one, short
 * enough that a crash leaves little unknown.
 */
const AHEAD_US = 1_500_000;
/** Unpaced: so many slots of each fleet at first, and later this many times what the time since the last promise brought. */
const FIRST_SLOTS = 100_000;
const HEADROOM = 4;

/** How far the sending may go before the next promise, in slot time. Never goes back. */
export interface Promises {
  next(): Micros;
  /** By fleet, the first slot that is not due before `promisedUs`. */
  slotsBelow(promisedUs: Micros): number[];
}

/** Promises of a plan that is sent at its own pace, slot time 0 at `startMonoUs`. */
export function pacedPromises(plan: Plan, clock: Clock, startMonoUs: Micros): Promises {
  const slotsBelow = slotsBelowOf(plan);
  return { slotsBelow, next: () => Math.max(0, clock.nowUs() - startMonoUs) + AHEAD_US };
}

/**
 * Promises of a plan that goes as fast as its target takes it; `pickedUp` says, by fleet, how many slots the workers took, `from` where
 * they began.
 */
export function unpacedPromises(plan: Plan, from: readonly number[], pickedUp: () => readonly number[]): Promises {
  const profiles = plan.fleets.map(({ schedule }) => createSchedule(schedule));
  const slotsBelow = slotsBelowOf(plan, profiles);
  let promisedUs = 0;
  let before = plan.fleets.map(() => 0);
  return {
    slotsBelow,
    next() {
      const now = pickedUp();
      plan.fleets.forEach(({ slots }, fleet) => {
        const taken = now[fleet] as number;
        const ahead = Math.max(FIRST_SLOTS, HEADROOM * (taken - (before[fleet] as number)));
        const slot = Math.min(slots, (from[fleet] as number) + taken + ahead);
        promisedUs = Math.max(promisedUs, slot === 0 ? 0 : (profiles[fleet] as RateProfile).timeOf(slot - 1) + 1);
      });
      before = [...now];
      return promisedUs;
    },
  };
}

function slotsBelowOf(
  plan: Plan,
  profiles: readonly RateProfile[] = plan.fleets.map(({ schedule }) => createSchedule(schedule)),
): Promises['slotsBelow'] {
  return (promisedUs) =>
    plan.fleets.map(({ slots }, fleet) => Math.min(slots, (profiles[fleet] as RateProfile).dueBy(promisedUs)));
}
