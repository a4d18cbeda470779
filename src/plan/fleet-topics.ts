import type { ScenarioDraft } from '../scenario/load-scenario.ts';
import { targetOf } from '../targets/registry.ts';
import type { PlannedBridge, TargetPlan } from './plan.ts';
import type { ResolvedTarget } from './resolve-targets.ts';

/**
 * The targets of a plan with the topics that single fleets have there; `to` are, by fleet, the targets that it sends to. What a fleet
 * publishes to under a topic of MQTT is no topic of its other targets.
 */
export function withFleetTopics(
  { fleets }: ScenarioDraft,
  targets: readonly ResolvedTarget[],
  to: readonly (readonly number[])[],
  bridges: readonly PlannedBridge[],
  scenario: string,
): TargetPlan[] {
  return targets.map(({ plan }, target): TargetPlan => {
    const { fleetTopics } = targetOf(plan.protocol);
    if (fleetTopics === undefined) return plan;
    const topics = new Map<string, string | null>();
    for (const [i, { name, value }] of fleets.entries()) {
      const own = to[i] ?? [];
      if (!own.includes(target)) continue;
      const published = own.some((index) => targets[index]?.traits.address === 'topic');
      topics.set(name, published ? null : (value.topic ?? null));
    }
    const used = bridges.some((bridge) => bridge.to === target);
    return { ...plan, options: fleetTopics.into(plan.options, topics, { scenario, used }) };
  });
}
