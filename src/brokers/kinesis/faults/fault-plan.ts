import { FaultChooser, type Selection } from '../../fault-chooser.ts';
import { type LogFaultKind, type LogFaultPlan, type LogFaultRecord, logFaultKinds } from '../../log-fault-plan.ts';
import type { EntryError } from '../put/put-outcome.ts';

/**
 * What the broker does to events, one for each record that comes for the first time and that its shard has room for. Each is hit by at most
 * one fault, the first in this order that selects it; the end of a connection takes all events of its request with it: where several would
 * hit one request, that of the earliest event does, and the others are not done.
 */
export interface KinesisFaultPlan extends LogFaultPlan {
  /** Answers the record with `error` (default ProvisionedThroughputExceededException), and does not store it. */
  refuse?: Selection & { error?: EntryError };
  /** The same with InternalFailure as the default, and stores it nevertheless. */
  refuseYetStore?: Selection & { error?: EntryError };
  /** Of all records that come, for the first time or again: refuses them as if their shard had no room. */
  throttle?: Selection;
}

export type KinesisFaultKind = LogFaultKind;

/** What was done to one event; `Kept` is what the log keeps of its data. */
export interface KinesisFaultRecord<Kept> extends LogFaultRecord<Kept> {
  stream: string;
  shard: string;
}

/** Decides which fault hits an event. */
export function chooserOf(plan: KinesisFaultPlan): FaultChooser<KinesisFaultKind> {
  return new FaultChooser(logFaultKinds, plan);
}
