import type { Clock, Micros } from '../../../core/clock.ts';
import type { Crc32c } from '../../../wire/kafka/crc32c.ts';
import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import { BatchField } from '../../../wire/kafka/record-batch.ts';
import type { FaultChooser } from '../../fault-chooser.ts';
import { requestKinds } from '../../log-fault-plan.ts';
import { type LogRecord, payloadOf } from '../log/batch-records.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import { batchOf } from './batch-editor.ts';
import {
  batchKinds,
  chooserOf,
  type KafkaFaultKind,
  type KafkaFaultPlan,
  type KafkaFaultRecord,
} from './fault-plan.ts';
import { HeldRecords } from './held-records.ts';
import { RecordFaults } from './record-faults.ts';

/** How the value of a readiness marker begins, which is never touched and never counted. */
const PROBE = Buffer.from('{"iotload":"probe"');
/** Faults beyond this are not done, so that the log stays complete. */
const MAX_RECORDS = 500_000;
const THROTTLE_CHANNEL = 103;

/** A batch that is about to be stored for the first time; its bytes are valid during the call. */
export interface NewBatch {
  topic: string;
  partition: number;
  log: PartitionLog;
  bytes: Uint8Array;
  records: readonly LogRecord[];
}

/** What becomes of a batch. */
export interface BatchFate {
  /** Its producer's numbers count, and an answer says that it was stored. */
  taken: boolean;
  /** What is stored of it in truth; null for nothing. */
  stored: Uint8Array | null;
  /** What is stored right behind it. */
  behind: Uint8Array | null;
  error: number;
}

/** What becomes of a Produce request, in the order of its batches. */
export interface RequestFate {
  batches: BatchFate[];
  /** The connection ends instead of an answer. */
  cut: boolean;
  /** The answer goes no earlier; 0 for at once. */
  holdUntilUs: Micros;
  throttleMs: number;
  /** To be called when the answer goes. */
  answered(atUs: Micros): void;
}

/** An event, as far as it has to be known. */
interface Event {
  ordinal: number;
  record: LogRecord;
  kind: KafkaFaultKind | null;
}

export interface ProduceFaultsOptions<Kept> {
  plan: KafkaFaultPlan;
  clock: Clock;
  crc32c: Crc32c;
  /** What the log keeps of the value of an event that was harmed. */
  keep(value: Buffer): Kept;
  /** false: nobody will ask what was done, so that no log is kept, and none can be full. */
  remembers: boolean;
}

/** Decides and does what happens to records, and says exactly what it did. */
export class ProduceFaults<Kept = unknown> {
  /** Every fault done to an event, in order. */
  readonly log: KafkaFaultRecord<Kept>[] = [];
  /** Acknowledgements that `holdAcks` was to hold, in the order in which they went. */
  readonly answers: { value: Kept; cameUs: Micros; atUs: Micros }[] = [];
  /** Events that came for the first time. */
  came = 0;
  /** Events that came once more, in a batch that was stored before or was kept from it. */
  repeated = 0;
  /** Answers that told the client to wait. */
  throttled = 0;
  readonly #options: ProduceFaultsOptions<Kept>;
  readonly #records: RecordFaults;
  readonly #held: HeldRecords;
  /** Batches that were kept from the log, which are let through when they come again. */
  readonly #spared = new Set<string>();
  #plan: KafkaFaultPlan;
  #chooser: FaultChooser<KafkaFaultKind>;

  constructor(options: ProduceFaultsOptions<Kept>) {
    this.#options = options;
    this.#plan = options.plan;
    this.#chooser = chooserOf(options.plan);
    this.#held = new HeldRecords(options.clock);
    this.#records = new RecordFaults(this.#held, options.crc32c, {
      record: (fault) => this.#record(fault),
      release: (log) => this.release(log),
    });
  }

  /** Records in the logs, copies and foreign ones among them, without readiness markers. */
  get stored(): number {
    return this.#records.stored;
  }

  /** Foreign ones among them. */
  get foreign(): number {
    return this.#records.foreign;
  }

  /** From now on these faults instead. */
  setPlan(plan: KafkaFaultPlan): void {
    this.#plan = plan;
    this.#chooser = chooserOf(plan);
  }

  /** A batch came that is in the log already. */
  duplicate(records: readonly LogRecord[]): void {
    this.repeated += countEvents(records);
  }

  /** Decides on a request, all of whose batches are stored as it says before anything else happens. */
  judge(batches: readonly NewBatch[], acks: number, cameUs: Micros): RequestFate {
    const fresh = batches.map((batch) => (this.#isRepeat(batch) ? null : this.#eventsOf(batch, acks)));
    const all = fresh.flatMap((events) => events ?? []);
    const cutting = all.find(({ kind }) => kind !== null && requestKinds.has(kind))?.kind ?? null;
    const fates = batches.map((batch, i) => this.#fateOf(batch, fresh[i] ?? null, cutting));
    const throttled = all.some(({ ordinal }) => this.#chooser.selects(this.#plan.throttle, ordinal, THROTTLE_CHANNEL));
    if (throttled) this.throttled++;
    return {
      batches: fates,
      cut: cutting !== null,
      throttleMs: throttled ? (this.#plan.throttle?.ms ?? 0) : 0,
      ...this.#hold(all, cameUs, acks !== 0 && cutting === null),
    };
  }

  /** Stores what waits to be overtaken in a partition as it is: whoever asks for its end is to have all of it. */
  release(log: PartitionLog): void {
    const held = this.#held.takeAll(log);
    if (held.length === 0 || log.dropped) return;
    this.#records.stored += held.length;
    const batch = batchOf(
      held.map(({ record }) => record),
      this.#options.crc32c,
    );
    log.append(batch, 0, batch.length);
  }

  close(): void {
    this.#held.clear();
  }

  #fateOf(batch: NewBatch, events: readonly Event[] | null, cutting: KafkaFaultKind | null): BatchFate {
    if (cutting !== null) {
      for (const event of events ?? []) this.#note(batch, event, cutting);
      return cutting === 'dropAcks' ? this.#pass(batch, events) : this.#withhold(batch);
    }
    if (events === null) return this.#pass(batch, null);
    const refusing = events.find(({ kind }) => kind !== null && batchKinds.has(kind))?.kind ?? null;
    if (refusing === 'refuse' || refusing === 'refuseYetStore') {
      for (const event of events) this.#note(batch, event, refusing);
      const error = this.#plan[refusing]?.error ?? ErrorCode.policyViolation;
      return { ...(refusing === 'refuse' ? this.#withhold(batch) : this.#pass(batch, events)), error };
    }
    const harmed = this.#records.harm(batch, events, this.#chooser, this.#plan);
    return { ...harmed, taken: true, error: ErrorCode.none };
  }

  /** Its events are stored as they are; what they overtake goes behind them all the same. */
  #pass(batch: NewBatch, events: readonly Event[] | null): BatchFate {
    const known = events ?? batch.records.filter(isEvent).map((record) => ({ ordinal: -1, record }));
    const unharmed = known.map(({ ordinal, record }) => ({ ordinal, record, kind: null }));
    return { ...this.#records.harm(batch, unharmed, this.#chooser, {}), taken: true, error: ErrorCode.none };
  }

  #withhold(batch: NewBatch): BatchFate {
    this.#spared.add(identityOf(batch));
    return { taken: false, stored: null, behind: null, error: ErrorCode.none };
  }

  /** Its events, those that are hit by a fault that they can suffer with that. */
  #eventsOf({ records }: NewBatch, acks: number): Event[] {
    return records.filter(isEvent).map((record) => {
      const ordinal = this.came++;
      const chosen = this.log.length < MAX_RECORDS ? this.#chooser.kindOf(ordinal) : null;
      const isPossible = acks !== 0 || chosen === null || !needsAnswer.has(chosen);
      return { ordinal, record, kind: isPossible ? chosen : null };
    });
  }

  #isRepeat(batch: NewBatch): boolean {
    if (this.#spared.size === 0 || !this.#spared.delete(identityOf(batch))) return false;
    this.repeated += countEvents(batch.records);
    return true;
  }

  #note({ topic, partition }: NewBatch, { ordinal, record }: Event, kind: KafkaFaultKind): void {
    this.#record({ kind, ordinal, topic, partition, value: payloadOf(record) });
  }

  #record(fault: KafkaFaultRecord<Buffer>): void {
    if (this.#options.remembers) this.log.push({ ...fault, value: this.#options.keep(fault.value) });
  }

  #hold(events: readonly Event[], cameUs: Micros, isAnswered: boolean) {
    const { holdAcks } = this.#plan;
    if (holdAcks === undefined || !isAnswered) return { holdUntilUs: 0, answered: () => {} };
    const ms = events.reduce((most, { ordinal }) => Math.max(most, this.#chooser.ackHoldMs(ordinal) ?? 0), 0);
    const { keep, remembers } = this.#options;
    const values = remembers
      ? events.flatMap(({ kind, record }) => (kind === null ? [keep(payloadOf(record))] : []))
      : [];
    const answered = (atUs: Micros): void => {
      for (const value of values) {
        if (this.answers.length < MAX_RECORDS) this.answers.push({ value, cameUs, atUs });
      }
    };
    return { holdUntilUs: cameUs + ms * 1000, answered };
  }
}

const needsAnswer: ReadonlySet<KafkaFaultKind> = new Set(['dropAcks', 'refuse', 'refuseYetStore']);

/** What a batch is known by when it comes again: a client that repeats one does not change it. */
function identityOf({ topic, partition, bytes }: NewBatch): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return `${topic}/${partition}/${bytes.length}/${view.getUint32(BatchField.crc)}`;
}

function isEvent(record: LogRecord): boolean {
  const { bytes, valueStart, valueLength } = record;
  if (valueLength < PROBE.length) return true;
  for (let i = 0; i < PROBE.length; i++) if (bytes[valueStart + i] !== PROBE[i]) return true;
  return false;
}

function countEvents(records: readonly LogRecord[]): number {
  return records.reduce((sum, record) => sum + (isEvent(record) ? 1 : 0), 0);
}
