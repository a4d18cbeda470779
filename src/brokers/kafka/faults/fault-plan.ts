import { type AnswerHold, FaultChooser, type Selection } from '../../fault-chooser.ts';
import type { StallPlan } from '../../stalls.ts';

/**
 * What the broker does to events, one for each record that comes for the first time. Each is hit by at most one fault, the first in this
 * order that selects it, and a fault takes with it what it cannot leave out: the end of a connection all events of the request, a refusal
 * all of their batch. Where several would hit one request or batch, the one of the earliest event does, and the others are not done. What
 * an event cannot suffer is not done: one without a key has no successor to be overtaken by, one without a value none to be altered, and at
 * acks 0 there is no acknowledgement to lose and none to refuse with.
 */
export interface KafkaFaultPlan {
  /** Seed of the shares; default 1. */
  seed?: number;
  /** Cuts the connection instead; of a request, nothing is stored. */
  reset?: Selection;
  /** Stores the request, and cuts the connection instead of answering. */
  dropAcks?: Selection;
  /** The same as `reset`: to this protocol, an answer that never comes is a connection that is lost. */
  swallow?: Selection;
  /** Answers the batch with `error` (default 44, POLICY_VIOLATION), and does not store it. */
  refuse?: Selection & { error?: number };
  /** The same, and stores it nevertheless. */
  refuseYetStore?: Selection & { error?: number };
  /** Acknowledges the record and leaves it out; the next one has its offset. */
  drop?: Selection;
  /** Stores a copy behind the record's batch. */
  double?: Selection;
  /** Leaves it out, and stores it behind the batch that has the next record of its key; as the latest of its key, after 2 s or before offsets are asked for. */
  reorder?: Selection;
  /** Flips the lowest bit of one byte of the value: the one at `offset` (from the end if negative), by default a random one. The batch's checksum fits. */
  alter?: Selection & { offset?: number };
  /** Stores one of `payloads`, in turn, behind the batch, with the record's key. The record suffers nothing by it. */
  foreign?: Selection & { payloads: readonly Uint8Array[] };
  /** Answers a request no earlier than the longest hold of its events says. Answers of a connection keep their order. */
  holdAcks?: AnswerHold;
  /** Says in the answer that the client is to wait so long, ms. */
  throttle?: Selection & { ms: number };
  /** Nothing passes, in either direction; then everything held goes at once. */
  stall?: StallPlan;
}

/** Sorted by what they take with them: a request, a batch, a record. */
const kinds = [
  'reset',
  'dropAcks',
  'swallow',
  'refuse',
  'refuseYetStore',
  'drop',
  'double',
  'reorder',
  'alter',
] as const;
export type KafkaFaultKind = (typeof kinds)[number];

export const requestKinds: ReadonlySet<KafkaFaultKind> = new Set(['reset', 'dropAcks', 'swallow']);
export const batchKinds: ReadonlySet<KafkaFaultKind> = new Set(['refuse', 'refuseYetStore']);

/** What was done to one event; `Kept` is what the log keeps of its value. */
export interface KafkaFaultRecord<Kept> {
  kind: KafkaFaultKind;
  /** Position among all events that came, from 0. */
  ordinal: number;
  topic: string;
  partition: number;
  value: Kept;
  /** Ordinal of the event that overtook it, for `reorder`; absent where that one had come before. */
  partner?: number;
  /** Byte of the value that was changed, for `alter`. */
  offset?: number;
}

/** Decides which fault hits an event. */
export function chooserOf(plan: KafkaFaultPlan): FaultChooser<KafkaFaultKind> {
  return new FaultChooser(kinds, plan);
}
