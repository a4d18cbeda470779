import type { AnswerHold, Selection } from './fault-chooser.ts';
import type { StallPlan } from './stalls.ts';

/** What a broker that keeps records in a log can do to them, under any protocol; each adds what its own has besides. */
export interface LogFaultPlan {
  /** Seed of the shares; default 1. */
  seed?: number;
  /** Cuts the connection instead; of a request, nothing is stored. */
  reset?: Selection;
  /** Stores the request, and cuts the connection instead of answering. */
  dropAcks?: Selection;
  /** The same as `reset`: to these protocols, an answer that never comes is a connection that is lost. */
  swallow?: Selection;
  /** Acknowledges the record and leaves it out; the next one has its place. */
  drop?: Selection;
  /** Stores a copy behind the record's batch or request. */
  double?: Selection;
  /**
   * Leaves it out, and stores it behind the batch or request that has the next record of its key; as the latest of its key, after 2 s or
   * before anybody is told that this is all there is.
   */
  reorder?: Selection;
  /** Flips the lowest bit of one byte of the payload: the one at `offset` (from the end if negative), by default a random one. */
  alter?: Selection & { offset?: number };
  /** Stores one of `payloads`, in turn, behind the batch or request, with the record's key. The record suffers nothing by it. */
  foreign?: Selection & { payloads: readonly Uint8Array[] };
  /** Answers a request no earlier than the longest hold of its events says. */
  holdAcks?: AnswerHold;
  /** Nothing passes, in either direction; then everything held goes at once. */
  stall?: StallPlan;
}

/** Sorted by what they take with them: a request, what is refused, a record. */
export const logFaultKinds = [
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
export type LogFaultKind = (typeof logFaultKinds)[number];

/** Those that take all events of a request with them. */
export const requestKinds: ReadonlySet<LogFaultKind> = new Set(['reset', 'dropAcks', 'swallow']);

/** What was done to one event; `Kept` is what is remembered of its payload. */
export interface LogFaultRecord<Kept> {
  kind: LogFaultKind;
  /** Position among all events that came, from 0. */
  ordinal: number;
  value: Kept;
  /** Ordinal of the event that overtook it, for `reorder`; absent where that one had come before. */
  partner?: number;
  /** Byte of the payload that was changed, for `alter`. */
  offset?: number;
}

/** All that was done on purpose, for whoever compares it with what others report. */
export interface LogFaultRecords<Kept> {
  /** Every fault done to an event, in order. */
  readonly log: readonly LogFaultRecord<Kept>[];
  /** Acknowledgements that `holdAcks` was to hold, in the order in which they went; µs of the monotonic clock. */
  readonly answers: readonly { value: Kept; cameUs: number; atUs: number }[];
  /** Events that came for the first time. */
  readonly came: number;
  /** Records that are stored, copies and foreign ones among them, without readiness markers. */
  readonly stored: number;
  /** Foreign ones among them. */
  readonly foreign: number;
}
