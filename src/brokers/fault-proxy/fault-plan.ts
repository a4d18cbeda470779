import { draw, type StreamKey, streamRoot, unit } from '../../core/random.ts';

/** Which PUBLISHes a fault hits, by their ordinal at the proxy: each with a probability, or every n-th. */
export type Selection = { share: number } | { every: number };

/**
 * What the proxy does to PUBLISHes on their way to the broker. Each is hit by at most one fault, the first in this order that selects
 * it; with a seed and one connection a run repeats exactly.
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
  /** Passes it on and swallows its PUBACK. */
  dropAcks?: Selection;
  /** Holds it, and what follows it on its connection, for `ms`. */
  delay?: Selection & { ms: number };
  /** In each `everyMs` nothing passes for `forMs`, in either direction; then everything held goes at once. First after `firstAfterMs`. */
  stall?: { everyMs: number; forMs: number; firstAfterMs?: number };
}

const kinds = ['reset', 'drop', 'double', 'reorder', 'alter', 'dropAcks', 'delay'] as const;
export type FaultKind = (typeof kinds)[number];

/** What was done to one PUBLISH. */
export interface FaultRecord {
  kind: FaultKind;
  /** Position of the PUBLISH among all that came, from 0. */
  ordinal: number;
  topic: string;
  /** Copy of the payload as the client sent it. */
  payload: Buffer;
  /** Ordinal of the PUBLISH that overtook it, for `reorder`. */
  partner?: number;
  /** Payload byte that was changed, for `alter`. */
  offset?: number;
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
      const selection = this.#plan[kind];
      if (selection === undefined) continue;
      if ('every' in selection) {
        if (ordinal % selection.every === selection.every - 1) return kind;
      } else if (unit(this.#draw(ordinal, channel)) < selection.share) {
        return kind;
      }
    }
    return null;
  }

  /** Payload byte that `alter` changes, 0 ≤ offset < `length`. */
  alterOffset(ordinal: number, length: number): number {
    const { alter } = this.#plan;
    if (alter?.offset === undefined) return Math.floor(unit(this.#draw(ordinal, kinds.length)) * length);
    const wanted = alter.offset < 0 ? length + alter.offset : alter.offset;
    return Math.max(0, Math.min(length - 1, wanted));
  }

  #draw(ordinal: number, channel: number): number {
    return draw(this.#root.k0, this.#root.k1, ordinal, channel);
  }
}
