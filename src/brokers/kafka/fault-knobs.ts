import type { BrokerFaults } from '../broker-faults.ts';
import { endlessStall } from '../stalls.ts';
import type { KafkaFaultKind, KafkaFaultPlan } from './faults/fault-plan.ts';

type Shared = Exclude<KafkaFaultKind, 'refuse' | 'refuseYetStore'>;

const kindOf: Readonly<Record<Exclude<keyof BrokerFaults, 'delayUs' | 'stall'>, Shared>> = {
  loss: 'drop',
  duplicates: 'double',
  reordered: 'reorder',
  altered: 'alter',
  lostAcks: 'dropAcks',
  swallowed: 'swallow',
  resets: 'reset',
};

/** What the broker has to do for these. */
export function faultPlanOf(faults: BrokerFaults, seed: number): KafkaFaultPlan {
  const plan: KafkaFaultPlan = { seed };
  for (const [name, kind] of Object.entries(kindOf) as [keyof typeof kindOf, Shared][]) {
    const share = faults[name];
    if (share !== undefined) plan[kind] = { share };
  }
  if (faults.delayUs !== undefined) plan.holdAcks = { ms: faults.delayUs / 1000 };
  if (faults.stall) plan.stall = endlessStall;
  return plan;
}
