import type { Clock } from '../../../core/clock.ts';
import type { Shard } from '../shard.ts';
import type { KinesisFaultRecord } from './fault-plan.ts';

/** A record in bytes of its own, in the form in which the log has it. */
export interface LooseRecord {
  shard: Shard;
  /** As JSON has it between its quotes. */
  key: Buffer;
  /** base64. */
  data: Buffer;
}

/** A record that waits for the next one of its key to overtake it. */
export interface HeldRecord {
  record: LooseRecord;
  fault: KinesisFaultRecord<Buffer>;
}

/** Records that are to be overtaken, at most one per key and shard. */
export class HeldRecords {
  readonly #clock: Clock;
  readonly #held = new Map<Shard, Map<string, HeldRecord & { cancel: () => void }>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps one; `expired` is called when nothing has overtaken it within `ms`. */
  add(held: HeldRecord, ms: number, expired: () => void): void {
    const { shard, key } = held.record;
    const cancel = this.#clock.after(ms, expired);
    const ofShard = this.#held.get(shard) ?? new Map();
    ofShard.set(key.toString('latin1'), { ...held, cancel });
    this.#held.set(shard, ofShard);
  }

  /** Takes out the one of this key. */
  take(shard: Shard, key: string): HeldRecord | undefined {
    const ofShard = this.#held.get(shard);
    const held = ofShard?.get(key);
    if (ofShard === undefined || held === undefined) return undefined;
    held.cancel();
    ofShard.delete(key);
    if (ofShard.size === 0) this.#held.delete(shard);
    return held;
  }

  /** Takes out all of a shard, in the order they came. */
  takeAll(shard: Shard): HeldRecord[] {
    const all = [...(this.#held.get(shard)?.values() ?? [])];
    this.#held.delete(shard);
    for (const { cancel } of all) cancel();
    return all;
  }

  has(shard: Shard): boolean {
    return this.#held.has(shard);
  }

  /** Forgets all. */
  clear(): void {
    for (const shard of [...this.#held.keys()]) this.takeAll(shard);
  }
}
