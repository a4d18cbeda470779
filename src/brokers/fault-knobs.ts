import type { BrokerFaults } from './broker-faults.ts';
import type { AnswerHold, Selection } from './fault-chooser.ts';
import { endlessStall, type StallPlan } from './stalls.ts';

type Kind = 'drop' | 'double' | 'reorder' | 'alter' | 'dropAcks' | 'swallow' | 'reset';

/** What every protocol's instrument can do to events, under the names that their fault plans have in common. */
export type SharedFaultPlan = { seed: number; holdAcks?: AnswerHold; stall?: StallPlan } & Partial<
  Record<Kind, Selection>
>;

const kindOf: Readonly<Record<Exclude<keyof BrokerFaults, 'delayUs' | 'stall'>, Kind>> = {
  loss: 'drop',
  duplicates: 'double',
  reordered: 'reorder',
  altered: 'alter',
  lostAcks: 'dropAcks',
  swallowed: 'swallow',
  resets: 'reset',
};

/** What an instrument has to do for these. */
export function faultPlanOf(faults: BrokerFaults, seed: number): SharedFaultPlan {
  const plan: SharedFaultPlan = { seed };
  for (const [name, kind] of Object.entries(kindOf) as [keyof typeof kindOf, Kind][]) {
    const share = faults[name];
    if (share !== undefined) plan[kind] = { share };
  }
  if (faults.delayUs !== undefined) plan.holdAcks = { ms: faults.delayUs / 1000 };
  if (faults.stall) plan.stall = endlessStall;
  return plan;
}
