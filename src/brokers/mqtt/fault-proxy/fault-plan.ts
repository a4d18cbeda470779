import { draw, type StreamKey, streamRoot, unit } from '../../../core/random.ts';

/** Which PUBLISHes a fault hits, by their ordinal at the proxy: each with a probability, or every n-th. */
export type Selection = { share: number } | { every: number };

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
  holdAcks?: { ms: number; some?: { share: number; ms: number } };
  /** In each `everyMs` nothing passes for `forMs`, in either direction; then everything held goes at once. First after `firstAfterMs`. */
  stall?: { everyMs: number; forMs: number; firstAfterMs?: number };
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

/** Channels of what is drawn besides the faults. */
const OFFSET_CHANNEL = 100;
const FOREIGN_CHANNEL = 101;
const HOLD_CHANNEL = 102;

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

/** Decides, from plan and ordinal alone, which fault hits a PUBLISH. */
export class FaultChooser {
  readonly #plan: FaultPlan;
  readonly #root: StreamKey;

  constructor(plan: FaultPlan) {
    this.#plan = plan;
    this.#root = streamRoot(plan.seed ?? 1, 'fault-proxy');
  }

  kindOf(ordinal: number): FaultKind | null {
    for (const [channel, kind] of kinds.entries()) {
      if (this.#selects(this.#plan[kind], ordinal, channel)) return kind;
    }
    return null;
  }

  /** Payload byte that `alter` changes, 0 ≤ offset < `length`. */
  alterOffset(ordinal: number, length: number): number {
    const { alter } = this.#plan;
    if (alter?.offset === undefined) return Math.floor(this.#unit(ordinal, OFFSET_CHANNEL) * length);
    const wanted = alter.offset < 0 ? length + alter.offset : alter.offset;
    return Math.max(0, Math.min(length - 1, wanted));
  }

  /** Whether something that is no event is to follow this PUBLISH. */
  isFollowed(ordinal: number): boolean {
    return this.#selects(this.#plan.foreign, ordinal, FOREIGN_CHANNEL);
  }

  /** How long its acknowledgement is held, in ms; null for not at all. */
  ackHoldMs(ordinal: number): number | null {
    const hold = this.#plan.holdAcks;
    if (hold === undefined) return null;
    const { some } = hold;
    return some !== undefined && this.#unit(ordinal, HOLD_CHANNEL) < some.share ? some.ms : hold.ms;
  }

  #selects(selection: Selection | undefined, ordinal: number, channel: number): boolean {
    if (selection === undefined) return false;
    if ('every' in selection) return ordinal % selection.every === selection.every - 1;
    return this.#unit(ordinal, channel) < selection.share;
  }

  #unit(ordinal: number, channel: number): number {
    return unit(draw(this.#root.k0, this.#root.k1, ordinal, channel));
  }
}
