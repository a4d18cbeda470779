import { draw, type StreamKey, streamRoot, unit } from '../core/random.ts';

/** Which messages a fault hits, by their ordinal: each with a probability, or every n-th. */
export type Selection = { share: number } | { every: number };

/** Least time from a message to its acknowledgement; that of a share is another one. */
export interface AnswerHold {
  ms: number;
  some?: { share: number; ms: number };
}

/** What the plans of all protocols have in common, beside a selection for each kind of fault. */
export interface FaultSelections {
  /** Seed of the shares; default 1. */
  seed?: number;
  alter?: Selection & { offset?: number };
  foreign?: Selection & { payloads: readonly Uint8Array[] };
  holdAcks?: AnswerHold;
}

/** Channels of what is drawn besides the faults. */
const OFFSET_CHANNEL = 100;
const FOREIGN_CHANNEL = 101;
const HOLD_CHANNEL = 102;

/** Decides, from plan and ordinal alone, which fault hits a message: the first of `kinds` that selects it. */
export class FaultChooser<Kind extends string> {
  readonly #kinds: readonly Kind[];
  readonly #plan: FaultSelections & { [K in Kind]?: Selection };
  readonly #root: StreamKey;

  constructor(kinds: readonly Kind[], plan: FaultSelections & { [K in Kind]?: Selection }) {
    this.#kinds = kinds;
    this.#plan = plan;
    this.#root = streamRoot(plan.seed ?? 1, 'fault-proxy');
  }

  kindOf(ordinal: number): Kind | null {
    for (const [channel, kind] of this.#kinds.entries()) {
      if (this.selects(this.#plan[kind], ordinal, channel)) return kind;
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

  /** Whether something that is no event is to follow this message. */
  isFollowed(ordinal: number): boolean {
    return this.selects(this.#plan.foreign, ordinal, FOREIGN_CHANNEL);
  }

  /** How long its acknowledgement is held, in ms; null for not at all. */
  ackHoldMs(ordinal: number): number | null {
    const hold = this.#plan.holdAcks;
    if (hold === undefined) return null;
    const { some } = hold;
    return some !== undefined && this.#unit(ordinal, HOLD_CHANNEL) < some.share ? some.ms : hold.ms;
  }

  /** Whether a selection that is no fault hits; each has a channel of its own, from 103 on. */
  selects(selection: Selection | undefined, ordinal: number, channel: number): boolean {
    if (selection === undefined) return false;
    if ('every' in selection) return ordinal % selection.every === selection.every - 1;
    return this.#unit(ordinal, channel) < selection.share;
  }

  #unit(ordinal: number, channel: number): number {
    return unit(draw(this.#root.k0, this.#root.k1, ordinal, channel));
  }
}
