import { FaultChooser, type Selection } from '../../fault-chooser.ts';
import { type LogFaultKind, type LogFaultPlan, type LogFaultRecord, logFaultKinds } from '../../log-fault-plan.ts';

/**
 * What the broker does to events, one for each record that comes for the first time. Each is hit by at most one fault, the first in this
 * order that selects it, and a fault takes with it what it cannot leave out: the end of a connection all events of the request, a refusal
 * all of their batch. Where several would hit one request or batch, the one of the earliest event does, and the others are not done. What
 * an event cannot suffer is not done: one without a key has no successor to be overtaken by, one without a value none to be altered, and at
 * acks 0 there is no acknowledgement to lose and none to refuse with.
 */
export interface KafkaFaultPlan extends LogFaultPlan {
  /** Answers the batch with `error` (default 44, POLICY_VIOLATION), and does not store it. */
  refuse?: Selection & { error?: number };
  /** The same, and stores it nevertheless. */
  refuseYetStore?: Selection & { error?: number };
  /** Says in the answer that the client is to wait so long, ms. */
  throttle?: Selection & { ms: number };
}

export type KafkaFaultKind = LogFaultKind;

/** Those that take all events of a batch with them. */
export const batchKinds: ReadonlySet<KafkaFaultKind> = new Set(['refuse', 'refuseYetStore']);

/** What was done to one event; `Kept` is what the log keeps of its value. */
export interface KafkaFaultRecord<Kept> extends LogFaultRecord<Kept> {
  topic: string;
  partition: number;
}

/** Decides which fault hits an event. */
export function chooserOf(plan: KafkaFaultPlan): FaultChooser<KafkaFaultKind> {
  return new FaultChooser(logFaultKinds, plan);
}
