import { brokers, type EmbeddedBroker } from '../brokers/registry.ts';
import type { Plan, TargetPlan } from '../plan/plan.ts';

/** The brokers a run started for itself, and the plan with their addresses in the place of `embedded`. */
export interface EmbeddedBrokers {
  plan: Plan;
  stop(): Promise<void>;
}

/** Starts one broker process per target whose endpoint is `embedded`. */
export async function startEmbeddedBrokers(plan: Plan): Promise<EmbeddedBrokers> {
  const running: EmbeddedBroker[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((broker) => broker.stop()));
  };
  const targets: TargetPlan[] = [];
  try {
    for (const target of plan.targets) {
      const start = brokers[target.protocol];
      if (target.options['endpoint'] !== 'embedded' || start === undefined) {
        targets.push(target);
        continue;
      }
      const broker = await start();
      running.push(broker);
      targets.push({ ...target, options: { ...target.options, endpoint: broker.endpoint } });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { plan: { ...plan, targets }, stop };
}
