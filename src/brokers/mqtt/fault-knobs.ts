import type { BrokerFaults } from '../broker-faults.ts';
import { endlessStall } from '../stalls.ts';
import type { FaultKind, FaultPlan } from './fault-proxy/fault-plan.ts';

type Shared = Exclude<FaultKind, 'delay' | 'late'>;

const kindOf: Readonly<Record<Exclude<keyof BrokerFaults, 'delayUs' | 'stall'>, Shared>> = {
  loss: 'drop',
  duplicates: 'double',
  reordered: 'reorder',
  altered: 'alter',
  lostAcks: 'dropAcks',
  swallowed: 'swallow',
  resets: 'reset',
};

/** What the fault proxy has to do for these. */
export function faultPlanOf(faults: BrokerFaults, seed: number): FaultPlan {
  const plan: FaultPlan = { seed };
  for (const [name, kind] of Object.entries(kindOf) as [keyof typeof kindOf, Shared][]) {
    const share = faults[name];
    if (share !== undefined) plan[kind] = { share };
  }
  if (faults.delayUs !== undefined) plan.holdAcks = { ms: faults.delayUs / 1000 };
  if (faults.stall) plan.stall = endlessStall;
  return plan;
}
