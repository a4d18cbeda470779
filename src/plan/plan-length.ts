import type { Micros } from '../core/clock.ts';
import { createSchedule } from '../schedule/schedule.ts';
import type { Plan } from './plan.ts';

/**
 * How long a plan sends: warm-up and duration, or until the last slot's turn is over where a limit on the number of events, or the end of
 * a recording, comes first.
 * Rates are told by this length.
 */
export function planLengthUs(plan: Plan): Micros {
  const wholeUs = plan.run.warmUpUs + plan.run.durationUs;
  const ends = plan.fleets.map(({ schedule, slots }) => {
    const profile = createSchedule(schedule);
    return Math.min(profile.timeOf(slots), profile.endUs ?? Number.POSITIVE_INFINITY);
  });
  return Math.min(wholeUs, Math.max(0, ...ends));
}

/** The same in real time, which an unpaced plan does not know beforehand: 0. */
export function pacedLengthUs(plan: Plan): Micros {
  return plan.clock.speed === 'max' ? 0 : planLengthUs(plan);
}
