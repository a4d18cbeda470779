import { join, relative, sep } from 'node:path';
import { type BrokerFaults, brokers, type EmbeddedBroker } from '../brokers/registry.ts';
import type { Plan, TargetPlan } from '../plan/plan.ts';
import { targetOf } from '../targets/registry.ts';
import { bridgeFiles } from './run-bridge.ts';

/** A plan whose targets can be opened, and the brokers that run for it. */
export interface RealTargets {
  plan: Plan;
  /** From now on all of them do this harm, and no other. */
  inject(faults: BrokerFaults): void;
  stop(): Promise<void>;
}

/** Fills in what the results directory decides; several targets have a folder of their own in it. */
export function inDirectory(plan: Plan, dir: string): Plan {
  const several = plan.targets.length > 1;
  const targets = plan.targets.map((target) => {
    const complete = targetOf(target.protocol).inDirectory;
    return complete === undefined
      ? target
      : { ...target, options: complete(target.options, several ? join(dir, target.name) : dir) };
  });
  return { ...plan, targets };
}

/**
 * Where a run of so many parts leaves what it writes on this machine, by `events` and the target's name where there are several: beside
 * the results where it stands in their directory, else the whole path.
 */
export function writtenFiles(plan: Plan, dir: string, parts: number, runId: string): Record<string, string> {
  const { targets } = inDirectory(plan, dir);
  const written: Record<string, string> = bridgeFiles(plan);
  for (const { name, protocol, options } of targets) {
    const path = targetOf(protocol).writes?.(options, parts, runId);
    if (path === undefined) continue;
    const key = targets.length === 1 ? 'events' : `events of ${name}`;
    written[key] = path.startsWith(`${dir}${sep}`) ? relative(dir, path) : path;
  }
  return written;
}

/** Starts one broker process per target whose endpoint is `embedded`, and puts its address in that place. */
export async function startEmbeddedBrokers(plan: Plan): Promise<RealTargets> {
  const running: EmbeddedBroker[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((broker) => broker.stop()));
  };
  const targets: TargetPlan[] = [];
  const harms = plan.timeline.some(({ kind }) => kind === 'fault');
  try {
    for (const target of plan.targets) {
      const start = brokers[target.protocol];
      if (target.options['endpoint'] !== 'embedded' || start === undefined) {
        targets.push(target);
        continue;
      }
      const broker = await start(harms ? { faultSeed: plan.seed } : {});
      running.push(broker);
      targets.push({ ...target, options: { ...target.options, endpoint: broker.endpoint } });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const inject = (faults: BrokerFaults): void => {
    for (const broker of running) broker.inject(faults);
  };
  return { plan: { ...plan, targets }, inject, stop };
}
