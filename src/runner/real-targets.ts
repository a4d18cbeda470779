import { brokers, type EmbeddedBroker } from '../brokers/registry.ts';
import type { Plan, TargetPlan } from '../plan/plan.ts';
import { targetOf } from '../targets/registry.ts';

/** A plan whose targets can be opened, and the brokers that run for it. */
export interface RealTargets {
  plan: Plan;
  stop(): Promise<void>;
}

/** Fills in what the results directory decides. */
export function inDirectory(plan: Plan, dir: string): Plan {
  const targets = plan.targets.map((target) => {
    const complete = targetOf(target.protocol).inDirectory;
    return complete === undefined ? target : { ...target, options: complete(target.options, dir) };
  });
  return { ...plan, targets };
}

/** Starts one broker process per target whose endpoint is `embedded`, and puts its address in that place. */
export async function startEmbeddedBrokers(plan: Plan): Promise<RealTargets> {
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
