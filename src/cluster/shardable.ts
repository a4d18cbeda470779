import { isAbsolute } from 'node:path';
import { IotloadError } from '../core/errors.ts';
import type { Plan, TargetPlan } from '../plan/plan.ts';
import { isLoopback } from '../scenario/host-pattern.ts';
import { targetOf } from '../targets/registry.ts';

/**
 * Refuses what shards on several machines cannot have in common: brokers and bridges that a run brings along.
 *
 * @throws IotloadError `bad-scenario` that names the target
 */
export function requireCommonTargets({ targets, bridges = [] }: Plan): void {
  const embedded = targets.find(({ options }) => options['endpoint'] === 'embedded');
  if (embedded !== undefined)
    refuse(
      embedded,
      'endpoint',
      'each shard would have an embedded broker of its own',
      'name a broker that all of them reach',
    );
  const [bridge] = bridges;
  if (bridge === undefined) return;
  const from = targets[bridge.from] as TargetPlan;
  refuse(
    from,
    'endpoint',
    'each shard would bring a bridge along, and read it once more',
    'run it whole, or take a bridge of your own',
  );
}

/** Endpoints of this machine, by target: on another one it is another. */
export function loopbackTargets({ targets }: Plan): { target: TargetPlan; host: string }[] {
  return targets.flatMap((target) => {
    const host = targetOf(target.protocol).traits(target.options).hosts.find(isLoopback);
    return host === undefined ? [] : [{ target, host }];
  });
}

/**
 * Refuses what a pod has not: the brokers, files and credentials of this machine.
 *
 * @throws IotloadError `bad-scenario` that names the target
 */
export function requirePods(plan: Plan): void {
  requireCommonTargets(plan);
  const [near] = loopbackTargets(plan);
  if (near !== undefined)
    refuse(near.target, 'endpoint', `${near.host} is each pod itself`, 'name a broker that the pods reach');
  for (const target of plan.targets) {
    const { path, auth } = target.options;
    if (typeof path === 'string' && isAbsolute(path))
      refuse(
        target,
        'path',
        `a pod cannot write to ${path}`,
        'write a path without / in front: it is taken from the volume of the results',
      );
    const profile = (auth as { profile?: string | null } | null | undefined)?.profile;
    if (typeof profile === 'string')
      refuse(
        target,
        'auth.profile',
        'a pod has no file of credentials',
        'leave profile out: the Secret, or --service-account, gives credentials',
      );
  }
}

function refuse({ name }: TargetPlan, key: string, message: string, hint: string): never {
  throw new IotloadError('bad-scenario', message, {
    where: `${name === 'target' ? 'target' : `targets.${name}`}.${key}`,
    hint,
  });
}
