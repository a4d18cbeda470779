import { type AnswerHold, FaultChooser, type Selection } from '../../fault-chooser.ts';
import type { StallPlan } from '../../stalls.ts';
import type { EntryError } from '../put/put-outcome.ts';

/**
 * What the broker does to events, one for each record that comes for the first time and that its shard has room for. Each is hit by at most
 * one fault, the first in this order that selects it; the end of a connection takes all events of its request with it: where several would
 * hit one request, that of the earliest event does, and the others are not done.
 */
export interface KinesisFaultPlan {
  /** Seed of the shares; default 1. */
  seed?: number;
  /** Cuts the connection instead; of a request, nothing is stored. */
  reset?: Selection;
  /** Stores the request, and cuts the connection instead of answering. */
  dropAcks?: Selection;
  /** The same as `reset`: to this protocol, an answer that never comes is a connection that is lost. */
  swallow?: Selection;
  /** Answers the record with `error` (default ProvisionedThroughputExceededException), and does not store it. */
  refuse?: Selection & { error?: EntryError };
  /** The same with InternalFailure as the default, and stores it nevertheless. */
  refuseYetStore?: Selection & { error?: EntryError };
  /** Says that the record is stored, and leaves it out; the next one has its number. */
  drop?: Selection;
  /** Stores a copy behind the request. */
  double?: Selection;
  /** Leaves it out, and stores it behind the request that has the next record of its key; as the latest of its key, after 2 s. Until then no reader is told that it has all. */
  reorder?: Selection;
  /** Flips the lowest bit of one byte of the data: the one at `offset` (from the end if negative), by default a random one. */
  alter?: Selection & { offset?: number };
  /** Stores one of `payloads`, in turn, behind the request, with the record's key. The record suffers nothing by it. */
  foreign?: Selection & { payloads: readonly Uint8Array[] };
  /** Answers a request no earlier than the longest hold of its events says. */
  holdAcks?: AnswerHold;
  /** Of all records that come, for the first time or again: refuses them as if their shard had no room. */
  throttle?: Selection;
  /** Nothing is answered, and nothing of what comes is looked at; then everything at once. */
  stall?: StallPlan;
}

/** Sorted by what they take with them: a request, a record. */
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
export type KinesisFaultKind = (typeof kinds)[number];

export const requestKinds: ReadonlySet<KinesisFaultKind> = new Set(['reset', 'dropAcks', 'swallow']);

/** What was done to one event; `Kept` is what the log keeps of its data. */
export interface KinesisFaultRecord<Kept> {
  kind: KinesisFaultKind;
  /** Position among all events that came, from 0. */
  ordinal: number;
  stream: string;
  shard: string;
  value: Kept;
  /** Ordinal of the event that overtook it, for `reorder`; absent where that one had come before. */
  partner?: number;
  /** Byte of the data that was changed, for `alter`. */
  offset?: number;
}

/** Decides which fault hits an event. */
export function chooserOf(plan: KinesisFaultPlan): FaultChooser<KinesisFaultKind> {
  return new FaultChooser(kinds, plan);
}
