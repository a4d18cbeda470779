import { createHash } from 'node:crypto';
import type { Clock, Micros } from '../../../core/clock.ts';
import type { FaultChooser } from '../../fault-chooser.ts';
import { requestKinds } from '../../log-fault-plan.ts';
import { asItIs, type PutFate } from '../put/put-fate.ts';
import type { PutRequest } from '../put/put-records-request.ts';
import type { Shard } from '../shard.ts';
import { chooserOf, type KinesisFaultKind, type KinesisFaultPlan, type KinesisFaultRecord } from './fault-plan.ts';
import { HeldRecords } from './held-records.ts';
import { type Harmed, type Put, RecordFaults } from './record-faults.ts';

/** How the data of a readiness marker begins, which is never touched and never counted; of 18 bytes, so that its base64 ends with them. */
const PROBE = Buffer.from(Buffer.from('{"iotload":"probe"').toString('base64'));
/** Faults beyond this are not done, so that the log stays complete. */
const MAX_RECORDS = 500_000;
const THROTTLE_CHANNEL = 103;

export interface PutFaultsOptions<Kept> {
  clock: Clock;
  /** What the log keeps of the data of an event that was harmed. */
  keep(value: Buffer): Kept;
  /** false: nobody will ask what was done, so that no log is kept, and none can be full. */
  remembers: boolean;
}

/** Decides and does what happens to records, and says exactly what it did. */
export class PutFaults<Kept = unknown> {
  /** Every fault done to an event, in order. */
  readonly log: KinesisFaultRecord<Kept>[] = [];
  /** Acknowledgements that `holdAcks` was to hold, in the order in which they went. */
  readonly answers: { value: Kept; cameUs: Micros; atUs: Micros }[] = [];
  /** Events that came for the first time. */
  came = 0;
  /** Events that came once more, after an answer that was lost or that refused them. */
  repeated = 0;
  /** Records that were refused as if there were no room. */
  throttled = 0;
  readonly #options: PutFaultsOptions<Kept>;
  readonly #records: RecordFaults;
  readonly #held: HeldRecords;
  /** Events that may come again: they are let through then. */
  readonly #spared = new Set<string>();
  #plan: KinesisFaultPlan = {};
  #chooser: FaultChooser<KinesisFaultKind> = chooserOf({});
  #offered = 0;

  constructor(options: PutFaultsOptions<Kept>) {
    this.#options = options;
    this.#held = new HeldRecords(options.clock);
    this.#records = new RecordFaults(this.#held, {
      record: (fault) => this.#record(fault),
      release: (shard) => this.release(shard),
    });
  }

  /** Records in the shards, copies and foreign ones among them, without readiness markers. */
  get stored(): number {
    return this.#records.stored;
  }

  /** Foreign ones among them. */
  get foreign(): number {
    return this.#records.foreign;
  }

  /** From now on these faults instead. */
  setPlan(plan: KinesisFaultPlan): void {
    this.#plan = plan;
    this.#chooser = chooserOf(plan);
  }

  /** Stores what of a request was not refused so far. */
  store(put: Put, cameUs: Micros): PutFate {
    const events = this.#eventsOf(put);
    const cutting = events.find(({ kind }) => kind !== null && requestKinds.has(kind))?.kind ?? null;
    if (cutting !== null) {
      for (const event of events) {
        this.#spare(put.request, event.i);
        if (event.ordinal >= 0) this.#record(this.#faultOf(put, event, cutting));
      }
      if (cutting === 'dropAcks') this.#storeUnharmed(put, events);
      return { ...asItIs, cut: true };
    }
    for (const { i, kind } of events) if (kind === 'refuse' || kind === 'refuseYetStore') this.#spare(put.request, i);
    this.#records.store(put, events, this.#chooser, this.#plan);
    return { cut: false, ...this.#hold(put, events, cameUs) };
  }

  /** Stores what waits to be overtaken in a shard as it is. */
  release(shard: Shard): void {
    const nowMs = Math.floor(this.#options.clock.wallUs() / 1000);
    for (const { record } of this.#held.takeAll(shard))
      if (!shard.log.dropped) this.#records.append(shard, record.key, record.data, nowMs);
  }

  /** Something waits there to be overtaken: whoever has read all has not. */
  holds(shard: Shard): boolean {
    return this.#held.has(shard);
  }

  close(): void {
    this.#held.clear();
  }

  /** Stores readiness markers, refuses what is to be throttled, and chooses what happens to the others. */
  #eventsOf(put: Put): Harmed[] {
    const { request, outcome, nowMs } = put;
    const events: Harmed[] = [];
    for (let i = 0; i < request.count; i++) {
      if (outcome.errors[i] !== null) continue;
      if (isProbe(request, i)) {
        const { log } = outcome.shards[i] as Shard;
        const { keyFrom, keyTo, dataFrom, dataTo } = request.placesOf(i);
        outcome.stored(i, log.append(request.bytes, keyFrom, keyTo, dataFrom, dataTo, nowMs));
      } else if (this.#chooser.selects(this.#plan.throttle, this.#offered++, THROTTLE_CHANNEL)) {
        this.throttled++;
        outcome.refused(i, 'ProvisionedThroughputExceededException');
      } else if (this.#spared.size > 0 && this.#spared.delete(identityOf(request, i))) {
        this.repeated++;
        events.push({ i, ordinal: -1, kind: null });
      } else {
        const ordinal = this.came++;
        events.push({ i, ordinal, kind: this.log.length < MAX_RECORDS ? this.#chooser.kindOf(ordinal) : null });
      }
    }
    return events;
  }

  #storeUnharmed(put: Put, events: readonly Harmed[]): void {
    const unharmed = events.map(({ i, ordinal }) => ({ i, ordinal, kind: null }));
    this.#records.store(put, unharmed, this.#chooser, {});
  }

  #spare(request: PutRequest, i: number): void {
    if (this.#spared.size < MAX_RECORDS) this.#spared.add(identityOf(request, i));
  }

  #faultOf({ stream, request, outcome }: Put, { i, ordinal }: Harmed, kind: KinesisFaultKind) {
    return { kind, ordinal, stream, shard: (outcome.shards[i] as Shard).id, value: dataOf(request, i) };
  }

  #record(fault: KinesisFaultRecord<Buffer>): void {
    if (this.#options.remembers) this.log.push({ ...fault, value: this.#options.keep(fault.value) });
  }

  #hold({ request }: Put, events: readonly Harmed[], cameUs: Micros): Omit<PutFate, 'cut'> {
    if (this.#plan.holdAcks === undefined) return asItIs;
    const ms = events.reduce((most, { ordinal }) => Math.max(most, this.#chooser.ackHoldMs(ordinal) ?? 0), 0);
    const { keep, remembers } = this.#options;
    const values = remembers ? events.flatMap(({ i, kind }) => (kind === null ? [keep(dataOf(request, i))] : [])) : [];
    const answered = (atUs: Micros): void => {
      for (const value of values) {
        if (this.answers.length < MAX_RECORDS) this.answers.push({ value, cameUs, atUs });
      }
    };
    return { holdUntilUs: cameUs + ms * 1000, answered };
  }
}

function dataOf({ bytes, dataFrom, dataTo }: PutRequest, i: number): Buffer {
  return Buffer.from(bytes.toString('latin1', dataFrom[i], dataTo[i]), 'base64');
}

/** What an event is known by when it comes again. */
function identityOf({ bytes, keyFrom, keyTo, dataFrom, dataTo }: PutRequest, i: number): string {
  return createHash('md5')
    .update(bytes.subarray(keyFrom[i], keyTo[i]))
    .update(SEPARATOR)
    .update(bytes.subarray(dataFrom[i], dataTo[i]))
    .digest('base64');
}

/** No byte of JSON's. */
const SEPARATOR = Uint8Array.of(0);

function isProbe({ bytes, dataFrom, dataTo }: PutRequest, i: number): boolean {
  const from = dataFrom[i] as number;
  return (dataTo[i] as number) - from >= PROBE.length && PROBE.equals(bytes.subarray(from, from + PROBE.length));
}
