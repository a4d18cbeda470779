import { fleetDeviceIds } from '../events/fleet-behavior.ts';
import { createFleetEvents } from '../events/fleet-events.ts';
import type { Plan } from '../plan/plan.ts';
import type { TargetFleet } from '../targets/target.ts';

/** The fleets of a plan as a target sees them that is read; the same whenever the run starts. */
export function targetFleets(plan: Plan, runId: string): TargetFleet[] {
  return plan.fleets.map((fleet, index) => {
    const { name, devices, address } = fleet;
    const { header, columns, behavior } = createFleetEvents(plan, index, { runId, startWallUs: 0, startMonoUs: 0 });
    const ids = fleetDeviceIds(plan, fleet, runId);
    return {
      ...{ index, name, devices, address, header, columns },
      damaged: behavior?.damages ?? false,
      deviceId: (seat, incarnation = 0) => ids.text(seat + incarnation * devices),
    };
  });
}
