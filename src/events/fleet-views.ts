import type { Micros } from '../core/clock.ts';
import { type StreamKey, seatStream, streamRoot } from '../core/random.ts';
import type { Fleets, FleetView } from '../models/model.ts';
import type { FleetPlan, Plan } from '../plan/plan.ts';
import { createSchedule } from '../schedule/schedule.ts';

/** Root of the streams that the devices of a fleet draw from. */
export function modelRoot({ seed }: Plan, { name, model }: FleetPlan): StreamKey {
  return streamRoot(seed, name, 'model', model);
}

/** The fleets of a plan as the model of one of them sees them; `deviceUs` tells device time from slot time. */
export function fleetsOf(plan: Plan, index: number, deviceUs: (slotUs: Micros) => Micros): Fleets {
  const viewOf = (fleet: FleetPlan): FleetView => {
    const { params, devices } = fleet;
    const profile = createSchedule(fleet.schedule);
    const root = modelRoot(plan, fleet);
    return {
      params,
      devices,
      key: streamRoot(plan.seed, fleet.name, 'fleet', fleet.model),
      keyOf(seat, into) {
        into.seat = seat;
        seatStream(root, seat, into);
      },
      dueOf: (seat, n) => deviceUs(profile.timeOf(n * devices + seat)),
    };
  };
  let own: FleetView | null = null;
  return {
    // Most models never look.
    get own() {
      own ??= viewOf(plan.fleets[index] as FleetPlan);
      return own;
    },
    named(name) {
      const fleet = [...plan.fleets, ...(plan.besides ?? [])].find((one) => one.name === name);
      return fleet === undefined ? undefined : viewOf(fleet);
    },
  };
}
