import { type AnswerHold, FaultChooser, type Selection } from '../../fault-chooser.ts';
import type { StallPlan } from '../../stalls.ts';

/**
 * What the proxy does to PUBLISHes on their way to the broker. Each is hit by at most one fault, the first in this order that selects
 * it; with a seed and one connection a run repeats exactly. What a PUBLISH cannot suffer is not done: without acknowledgements none can
 * be lost, only MQTT 5 can refuse, and at QoS 2 a second copy is the same message.
 */
export interface FaultPlan {
  /** Seed of the shares; default 1. */
  seed?: number;
  /** Cuts the connection instead of passing the PUBLISH on. */
  reset?: Selection;
  /** Swallows it, and acknowledges it in the broker's name: acked, yet gone. */
  drop?: Selection;
  /** Passes it on twice; the second PUBACK is swallowed. */
  double?: Selection;
  /** Passes it on after the next one of the same topic, if that comes within `holdMs` (default 2000). */
  reorder?: Selection & { holdMs?: number };
  /** Flips the lowest bit of one payload byte: the one at `offset` (from the end if negative), by default a random one. */
  alter?: Selection & { offset?: number };
  /** Passes it on and swallows its acknowledgement. */
  dropAcks?: Selection;
  /** Holds it, and what follows it on its connection, for `ms`. */
  delay?: Selection & { ms: number };
  /** Neither passes it on nor acknowledges it. */
  swallow?: Selection;
  /** Refuses it for a quota, and does not pass it on. */
  refuse?: Selection;
  /** Refuses it for a quota, and passes it on nevertheless. */
  refuseYetPass?: Selection;
  /** Acknowledges it in the broker's name, and passes it on `ms` later, over a connection of its own where the client's is gone. */
  late?: Selection & { ms: number };
  /** Publishes one of `payloads`, in turn, on the topic of the PUBLISHes selected, behind them. They suffer nothing by it. */
  foreign?: Selection & { payloads: readonly Uint8Array[] };
  /**
   * Lets the acknowledgement of each PUBLISH that suffers nothing else go `ms` after the PUBLISH came, and not before; those of a share
   * after other `ms`. The answers of one connection may overtake each other.
   */
  holdAcks?: AnswerHold;
  /** Nothing passes, in either direction; then everything held goes at once. */
  stall?: StallPlan;
}

const kinds = [
  'reset',
  'drop',
  'double',
  'reorder',
  'alter',
  'dropAcks',
  'delay',
  'swallow',
  'refuse',
  'refuseYetPass',
  'late',
] as const;
export type FaultKind = (typeof kinds)[number];

/** What was done to one PUBLISH; `Kept` is what the log keeps of its payload. */
export interface FaultRecord<Kept = Buffer> {
  kind: FaultKind;
  /** Position of the PUBLISH among all that came, from 0. */
  ordinal: number;
  topic: string;
  /** The payload as the client sent it, or what is kept of it. */
  payload: Kept;
  /** Ordinal of the PUBLISH that overtook it: the next one of its topic, for `reorder`; the first that passed before it, for `late`. */
  partner?: number;
  /** Payload byte that was changed, for `alter`. */
  offset?: number;
  /** It was passed on after all, for `late`. */
  delivered?: boolean;
}

/** Decides which fault hits a PUBLISH. */
export function chooserOf(plan: FaultPlan): FaultChooser<FaultKind> {
  return new FaultChooser(kinds, plan);
}
