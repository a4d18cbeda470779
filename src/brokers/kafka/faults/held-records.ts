import type { Clock } from '../../../core/clock.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import type { LooseRecord } from './batch-editor.ts';
import type { KafkaFaultRecord } from './fault-plan.ts';

/** A record that waits for the next one of its key to overtake it. */
export interface HeldRecord {
  record: LooseRecord;
  fault: KafkaFaultRecord<Buffer>;
}

/** Records that are to be overtaken, at most one per key and partition. */
export class HeldRecords {
  readonly #clock: Clock;
  readonly #held = new Map<PartitionLog, Map<string, HeldRecord & { cancel: () => void }>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps one; `expired` is called when nothing has overtaken it within `ms`. */
  add(log: PartitionLog, key: string, held: HeldRecord, ms: number, expired: () => void): void {
    const cancel = this.#clock.after(ms, expired);
    const ofLog = this.#held.get(log) ?? new Map();
    ofLog.set(key, { ...held, cancel });
    this.#held.set(log, ofLog);
  }

  /** Takes out the one of this key. */
  take(log: PartitionLog, key: string): HeldRecord | undefined {
    const ofLog = this.#held.get(log);
    const held = ofLog?.get(key);
    if (ofLog === undefined || held === undefined) return undefined;
    held.cancel();
    ofLog.delete(key);
    if (ofLog.size === 0) this.#held.delete(log);
    return held;
  }

  /** Takes out all of a partition, in the order they came. */
  takeAll(log: PartitionLog): HeldRecord[] {
    const all = [...(this.#held.get(log)?.values() ?? [])];
    this.#held.delete(log);
    for (const { cancel } of all) cancel();
    return all;
  }

  /** Forgets all. */
  clear(): void {
    for (const log of [...this.#held.keys()]) this.takeAll(log);
  }
}
