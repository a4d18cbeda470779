import type { Micros } from '../core/clock.ts';
import { type Behavior, createBehavior, deviceNumbers } from '../models/behavior/behavior.ts';
import type { FleetPlan, Plan } from '../plan/plan.ts';
import type { RateProfile } from '../schedule/profile.ts';
import { compileDeviceIds, type DeviceIds } from './device-id.ts';

/** What the devices of a fleet do besides reporting on time; null where that is nothing. */
export function behaviorOf({ seed, run }: Plan, { name, behavior }: FleetPlan): Behavior | null {
  return createBehavior(behavior, { seed, fleet: name, endUs: run.warmUpUs + run.durationUs });
}

/** Intended send time of a slot, slot time: when it is due, or when the outage is over in which that is. */
export function intendedTimes(
  profile: RateProfile,
  devices: number,
  behavior: Behavior | null,
): (slot: number) => Micros {
  if (behavior === null || !behavior.holds) return (slot) => profile.timeOf(slot);
  return (slot) => behavior.releaseAt(slot % devices, profile.timeOf(slot));
}

/** How many times an event of each fleet is sent by design; null where all are sent once. */
export function copiesByDesign(plan: Plan): (((slot: number) => number) | null)[] {
  return plan.fleets.map((fleet) => {
    const behavior = behaviorOf(plan, fleet);
    return behavior?.doubles ? behavior.copiesOf : null;
  });
}

/** How many devices the fleet can have in all, one in each seat at a time. */
export function deviceTotal({ run }: Plan, { devices, behavior }: FleetPlan): number {
  return deviceNumbers(behavior, devices, run.warmUpUs + run.durationUs);
}

/** The ids of a fleet's devices, by their numbers. */
export function fleetDeviceIds(plan: Plan, fleet: FleetPlan, runId: string): DeviceIds {
  const devices = deviceTotal(plan, fleet);
  return compileDeviceIds({ template: fleet.id, seed: plan.seed, fleet: fleet.name, run: runId, devices });
}
