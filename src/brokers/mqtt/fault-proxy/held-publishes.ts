import type { Clock } from '../../../core/clock.ts';
import type { FaultRecord } from './fault-plan.ts';

/** A PUBLISH that waits for the next one of its topic to overtake it. */
export interface HeldPublish {
  frame: Buffer;
  record: FaultRecord;
}

/** PUBLISHes of one connection that are to be overtaken, at most one per topic. */
export class HeldPublishes {
  readonly #clock: Clock;
  readonly #held = new Map<string, HeldPublish & { cancel: () => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Keeps one; `release` is called with it when nothing has overtaken it within `ms`. */
  add(frame: Buffer, record: FaultRecord, ms: number, release: (frame: Buffer) => void): void {
    const cancel = this.#clock.after(ms, () => {
      this.#held.delete(record.topic);
      release(frame);
    });
    this.#held.set(record.topic, { frame, record, cancel });
  }

  /** Takes out the one of this topic. */
  take(topic: string): HeldPublish | undefined {
    const held = this.#held.get(topic);
    if (held === undefined) return undefined;
    this.#held.delete(topic);
    held.cancel();
    return held;
  }

  /** Takes out all, in the order they came. */
  takeAll(): Buffer[] {
    const all = [...this.#held.values()];
    for (const { cancel } of all) cancel();
    this.#held.clear();
    return all.map(({ frame }) => frame);
  }
}
