import type { TargetLoad } from '../targets/sizing.ts';
import { placeholdersOf } from './check-templates.ts';
import type { EventSize } from './estimate.ts';
import { peakPerSecond } from './fleet-schedule.ts';
import type { FleetPlan, Plan } from './plan.ts';
import { planLengthUs } from './plan-length.ts';
import { isRead } from './readings.ts';

/** What a plan asks of its `target`-th target; `sizes` are those of each fleet's events, by its index in the plan. */
export function targetLoad(plan: Plan, sizes: readonly EventSize[], workers: number, target: number): TargetLoad {
  const endUs = plan.run.warmUpUs + plan.run.durationUs;
  const fleets = plan.fleets.flatMap((fleet, i) => (fleet.target === target ? [{ fleet, size: sizes[i] }] : []));
  return {
    fleets: fleets.map(({ fleet, size }) => ({
      name: fleet.name,
      devices: fleet.devices,
      events: fleet.slots,
      peakPerSecond: peakPerSecond([fleet.schedule], endUs),
      addressBytes: size?.addressBytes ?? 0,
      payloadBytes: size?.payloadBytes ?? 0,
      ...addressSpread(fleet),
    })),
    peakPerSecond:
      fleets.length === 0
        ? 0
        : peakPerSecond(
            fleets.map(({ fleet }) => fleet.schedule),
            endUs,
          ),
    sendingUs: planLengthUs(plan),
    workers,
    reads: isRead(plan, target),
  };
}

/** Placeholders that are other ones in each event. */
const everNew = ['sequence', 'uuid', 'hex', 'time.iso', 'time.ms', 'time.s', 'time.utc'];
const perDevice = ['device', 'index'];

/** How a fleet's events spread over addresses: slots take the devices in turn, so all devices have equally many. */
function addressSpread({ address, devices, slots }: FleetPlan): { hottestShare: number; onlyAddress: string | null } {
  const names = placeholdersOf(address).map(({ name }) => name);
  if (names.some((name) => everNew.includes(name))) return { hottestShare: 1 / slots, onlyAddress: null };
  if (names.some((name) => perDevice.includes(name))) return { hottestShare: 1 / devices, onlyAddress: null };
  return { hottestShare: 1, onlyAddress: names.every((name) => name === 'run') ? address : null };
}
