import type { Crc32c } from '../../../wire/kafka/crc32c.ts';
import type { FaultChooser } from '../../fault-chooser.ts';
import { keyOf, type LogRecord, payloadOf } from '../log/batch-records.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import { batchOf, type LooseRecord, loosen, looseRecord, withRecords } from './batch-editor.ts';
import type { KafkaFaultKind, KafkaFaultPlan, KafkaFaultRecord } from './fault-plan.ts';
import type { HeldRecords } from './held-records.ts';

/** How long a record waits for another one of its key. */
const HOLD_MS = 2000;

/** An event of a batch and what is to be done to it. */
interface Harmed {
  /** −1 for one that has come before. */
  ordinal: number;
  record: LogRecord;
  kind: KafkaFaultKind | null;
}

/** Does what can be done to single records of a batch. */
export class RecordFaults {
  /** Events, copies of them and foreign records that were stored. */
  stored = 0;
  foreign = 0;
  readonly #held: HeldRecords;
  readonly #crc32c: Crc32c;
  readonly #record: (fault: KafkaFaultRecord<Buffer>) => void;
  readonly #release: (log: PartitionLog) => void;

  constructor(
    held: HeldRecords,
    crc32c: Crc32c,
    { record, release }: { record(fault: KafkaFaultRecord<Buffer>): void; release(log: PartitionLog): void },
  ) {
    this.#held = held;
    this.#crc32c = crc32c;
    this.#record = record;
    this.#release = release;
  }

  /** What is stored instead of the batch, null for nothing, and behind it. */
  harm(
    batch: { topic: string; partition: number; log: PartitionLog; bytes: Uint8Array; records: readonly LogRecord[] },
    events: readonly Harmed[],
    chooser: FaultChooser<KafkaFaultKind>,
    plan: KafkaFaultPlan,
  ): { stored: Uint8Array | null; behind: Uint8Array | null } {
    const { topic, partition, log, bytes } = batch;
    const behind: LooseRecord[] = [];
    const gone = new Set<LogRecord>();
    let isAltered = false;
    for (const { ordinal, record, kind } of events) {
      const key = keyOf(record);
      const held = key === null ? undefined : this.#held.take(log, key.toString('latin1'));
      const fault = (): KafkaFaultRecord<Buffer> => ({
        kind: kind as KafkaFaultKind,
        ordinal,
        topic,
        partition,
        value: payloadOf(record),
      });
      if (held !== undefined) {
        // The one that overtakes passes as it is, so that each fault stands alone.
        this.#record({ ...held.fault, ...(ordinal < 0 ? {} : { partner: ordinal }) });
        behind.push(held.record);
      } else if (kind === 'drop') {
        this.#record(fault());
        gone.add(record);
      } else if (kind === 'double') {
        this.#record(fault());
        behind.push(loosen(bytes, record));
      } else if (kind === 'reorder' && key !== null) {
        gone.add(record);
        const waiting = { record: loosen(bytes, record), fault: { ...fault(), value: Buffer.from(payloadOf(record)) } };
        this.#held.add(log, key.toString('latin1'), waiting, HOLD_MS, () => this.#release(log));
      } else if (kind === 'alter' && record.valueLength > 0) {
        const offset = chooser.alterOffset(ordinal, record.valueLength);
        this.#record({ ...fault(), offset });
        const at = record.valueStart + offset;
        record.bytes[at] = (record.bytes[at] as number) ^ 1;
        isAltered = true;
      } else if (plan.foreign !== undefined && chooser.isFollowed(ordinal)) {
        const { payloads } = plan.foreign;
        const { timestamp } = loosen(bytes, record);
        behind.push(looseRecord(timestamp, key, payloads[this.foreign++ % payloads.length] as Uint8Array));
      }
    }
    this.stored += events.length - gone.size + behind.length;
    const left = batch.records.filter((record) => !gone.has(record));
    const isOther = isAltered || gone.size > 0;
    return {
      stored: left.length === 0 ? null : isOther ? withRecords(bytes, left, this.#crc32c) : bytes,
      behind: behind.length === 0 ? null : batchOf(behind, this.#crc32c),
    };
  }
}
