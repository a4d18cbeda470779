import type { Part } from '../core/anchor.ts';
import { revealSecrets } from '../core/secrets.ts';
import { compileDeviceIds } from '../events/device-id.ts';
import type { Plan } from '../plan/plan.ts';
import { isRead } from '../plan/readings.ts';
import { targets } from '../targets/registry.ts';
import type { TargetDefinition, TargetFleet } from '../targets/target.ts';

/**
 * Lets every target look at what the run asks of this machine, before anything is connected.
 * @throws IotloadError whatever it misses, with what to do about it
 */
export async function checkMachine(plan: Plan, runId: string, shard: Part, workers: number): Promise<void> {
  for (const [index, { protocol, options }] of plan.targets.entries()) {
    const definition = (targets as Record<string, TargetDefinition>)[protocol];
    if (definition?.preflight === undefined) continue;
    const { preflight } = await definition.preflight();
    await preflight(options, {
      runId,
      shard,
      workers,
      fleets: fleetsOf(plan, index, runId),
      reads: isRead(plan, index),
      reveal: (text) => revealSecrets(text, process.env),
    });
  }
}

/** The fleets that send to a target. */
function fleetsOf(plan: Plan, target: number, runId: string): TargetFleet[] {
  return plan.fleets.flatMap((fleet, index) => {
    if (fleet.target !== target) return [];
    const { name, devices, address, id } = fleet;
    const ids = compileDeviceIds({ template: id, seed: plan.seed, fleet: name, run: runId, devices });
    return [{ index, name, devices, address, deviceId: (seat: number) => ids.text(seat) }];
  });
}
