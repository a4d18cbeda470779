import type { Clock } from '../core/clock.ts';
import { systemRandom } from '../core/entropy.ts';
import { IotloadError } from '../core/errors.ts';
import { revealSecrets } from '../core/secrets.ts';
import { createFleetEvents } from '../events/fleet-events.ts';
import type { Plan, TargetPlan } from '../plan/plan.ts';
import { targetOf } from '../targets/registry.ts';
import type { NoticeKind, Sink, Source, SourceEvents, TargetFleet } from '../targets/target.ts';

/** What opening one side of a target by itself needs, outside a run. */
export interface Party {
  plan: Plan;
  /** Index into `plan.targets`. */
  target: number;
  runId: string;
  clock: Clock;
  env: Readonly<Record<string, string | undefined>>;
  /** Each fleet appears with its first device alone, on one connection. */
  firstDeviceOnly?: boolean;
}

/** Opens the read side. Throws what the target throws, and `bad-scenario` where it cannot be read. */
export async function openReader(party: Party, events: SourceEvents): Promise<Source> {
  const { protocol, options } = targetPlan(party);
  const source = targetOf(protocol).source;
  if (source === undefined) {
    throw new IotloadError('bad-scenario', `${protocol} cannot be read back`, { where: 'target.protocol' });
  }
  const { openSource } = await source();
  return openSource(options, { ...surroundings(party), events });
}

/** Opens the write side as one part alone, for messages outside the schedule. */
export async function openWriter(
  party: Party,
  notice: (kind: NoticeKind, detail: string, count: number) => void,
): Promise<Sink> {
  const { protocol, options } = targetPlan(party);
  const { openSink } = await targetOf(protocol).sink();
  return openSink(options, {
    ...surroundings(party),
    part: { index: 0, count: 1 },
    remake: () => false,
    events: { settled: () => {}, resent: () => {}, drained: () => {}, notice },
  });
}

function targetPlan({ plan, target, firstDeviceOnly }: Party): TargetPlan {
  const whole = plan.targets[target] as TargetPlan;
  const pooled = typeof whole.options['connections'] === 'number';
  return firstDeviceOnly === true && pooled ? { ...whole, options: { ...whole.options, connections: 1 } } : whole;
}

function surroundings({ plan, target, runId, clock, env, firstDeviceOnly }: Party) {
  const fleets = targetFleets(plan, target, runId);
  return {
    clock,
    runId,
    fleets: firstDeviceOnly === true ? fleets.map((fleet) => ({ ...fleet, devices: 1 })) : fleets,
    random: systemRandom,
    reveal: (text: string) => revealSecrets(text, env),
  };
}

function targetFleets(plan: Plan, target: number, runId: string): TargetFleet[] {
  return plan.fleets.flatMap((fleet, index) => {
    if (fleet.target !== target) return [];
    const anchor = { runId, startWallUs: 0, startMonoUs: 0 };
    const { deviceId, header, columns, behavior } = createFleetEvents(plan, index, anchor);
    const { name, devices, address } = fleet;
    return [{ index, name, devices, address, header, columns, damaged: behavior?.damages ?? false, deviceId }];
  });
}
