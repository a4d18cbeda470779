import type { Part } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import { judgeGenerator, tightestLatencyUs } from '../metrics/generator-health.ts';
import type { HealthSummary, QuantileSummary } from '../metrics/result.ts';
import { isThresholdError, parseThreshold } from '../metrics/threshold.ts';
import type { Plan } from '../plan/plan.ts';
import { createSchedule } from '../schedule/schedule.ts';
import { PartOrdinals } from '../wire/part-ordinals.ts';
import type { GeneratorWatch } from './generator-watch.ts';

/** Slots of a shard that are due before `elapsedUs` after the start. */
export function dueBy(plan: Plan, shard: Part, elapsedUs: Micros): number {
  return dueCounter(plan, shard)(elapsedUs);
}

/** The same for many instants: the schedules are made once. */
export function dueCounter(plan: Plan, shard: Part): (elapsedUs: Micros) => number {
  const fleets = plan.fleets.map(({ schedule, devices, slots }) => ({
    profile: createSchedule(schedule),
    ordinals: new PartOrdinals(shard, devices),
    slots,
  }));
  return (elapsedUs) => {
    let due = 0;
    for (const { profile, ordinals, slots } of fleets) {
      const all = elapsedUs === Number.POSITIVE_INFINITY ? slots : profile.dueBy(elapsedUs);
      due += ordinals.below(Math.min(slots, all));
    }
    return due;
  };
}

/** Whether the generator kept its own schedule, and every signal against it. `cursors`: workers × fleets. */
export function generatorHealth(
  plan: Plan,
  scheduleLag: QuantileSummary,
  due: number,
  pickedUp: number,
  cursors: number,
  watch: GeneratorWatch,
): HealthSummary {
  const scopes = [...plan.fleets, ...plan.targets].map(({ name }) => name);
  const thresholds = plan.thresholds.flatMap(({ expression }) => {
    const threshold = parseThreshold(expression, scopes);
    return isThresholdError(threshold) ? [] : [threshold];
  });
  // At the moment of a stop each worker may be about to pick up one slot of each fleet.
  const taken = due - pickedUp <= cursors ? due : pickedUp;
  const judged = judgeGenerator({
    scheduleLag,
    tightestLatencyUs: tightestLatencyUs(thresholds),
    due,
    pickedUp: taken,
  });
  // A busy thread that is in time is no fault; what the watch saw explains a lateness, it does not make one.
  return { status: judged.status, ...watch.usage(), signals: [...judged.signals, ...watch.signals()] };
}
