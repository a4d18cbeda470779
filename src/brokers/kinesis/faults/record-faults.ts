import type { FaultChooser } from '../../fault-chooser.ts';
import type { PutOutcome } from '../put/put-outcome.ts';
import type { PutRequest } from '../put/put-records-request.ts';
import type { Shard } from '../shard.ts';
import type { KinesisFaultKind, KinesisFaultPlan, KinesisFaultRecord } from './fault-plan.ts';
import type { HeldRecords, LooseRecord } from './held-records.ts';

/** How long a record waits for another one of its key. */
const HOLD_MS = 2000;

/** An event of a request and what is to be done to it. */
export interface Harmed {
  /** Its place in the request. */
  i: number;
  /** Position among all events that came; −1 for one that had come before. */
  ordinal: number;
  kind: KinesisFaultKind | null;
}

/** A request that is being stored. */
export interface Put {
  stream: string;
  request: PutRequest;
  outcome: PutOutcome;
  nowMs: number;
}

/** Stores records, and does what can be done to single ones. */
export class RecordFaults {
  /** Events, copies of them and foreign records that were stored. */
  stored = 0;
  foreign = 0;
  readonly #held: HeldRecords;
  readonly #record: (fault: KinesisFaultRecord<Buffer>) => void;
  readonly #release: (shard: Shard) => void;

  constructor(
    held: HeldRecords,
    { record, release }: { record(fault: KinesisFaultRecord<Buffer>): void; release(shard: Shard): void },
  ) {
    this.#held = held;
    this.#record = record;
    this.#release = release;
  }

  /** Stores the events of a request as the faults say; what is to come behind them follows all of them. */
  store(put: Put, events: readonly Harmed[], chooser: FaultChooser<KinesisFaultKind>, plan: KinesisFaultPlan): void {
    const behind: LooseRecord[] = [];
    for (const event of events) this.#storeOne(put, event, chooser, plan, behind);
    for (const { shard, key, data } of behind) this.append(shard, key, data, put.nowMs);
  }

  /** Stores one as it is. */
  append(shard: Shard, key: Buffer, data: Buffer, nowMs: number): number {
    this.stored++;
    return shard.log.append(Buffer.concat([key, data]), 0, key.length, key.length, key.length + data.length, nowMs);
  }

  #storeOne(
    put: Put,
    { i, ordinal, kind }: Harmed,
    chooser: FaultChooser<KinesisFaultKind>,
    plan: KinesisFaultPlan,
    behind: LooseRecord[],
  ): void {
    const { outcome, nowMs, stream } = put;
    const record = looseRecord(put, i);
    const { shard, key, data } = record;
    const value = Buffer.from(data.toString('latin1'), 'base64');
    const fault = (): KinesisFaultRecord<Buffer> => ({
      kind: kind as KinesisFaultKind,
      ordinal,
      stream,
      shard: shard.id,
      value,
    });
    const pass = (bytes: Buffer = data): void => outcome.stored(i, this.append(shard, key, bytes, nowMs));
    const leaveOut = (): void => outcome.stored(i, shard.log.end);
    const held = this.#held.take(shard, key.toString('latin1'));
    if (held !== undefined) {
      // The one that overtakes passes as it is, so that each fault stands alone.
      this.#record({ ...held.fault, ...(ordinal < 0 ? {} : { partner: ordinal }) });
      behind.push(held.record);
      pass();
    } else if (kind === 'refuse' || kind === 'refuseYetStore') {
      this.#record(fault());
      if (kind === 'refuseYetStore') pass();
      const usual = kind === 'refuse' ? 'ProvisionedThroughputExceededException' : 'InternalFailure';
      outcome.refused(i, plan[kind]?.error ?? usual);
    } else if (kind === 'drop') {
      this.#record(fault());
      leaveOut();
    } else if (kind === 'double') {
      this.#record(fault());
      behind.push(record);
      pass();
    } else if (kind === 'reorder') {
      this.#held.add({ record, fault: fault() }, HOLD_MS, () => this.#release(shard));
      leaveOut();
    } else if (kind === 'alter' && value.length > 0) {
      const offset = chooser.alterOffset(ordinal, value.length);
      this.#record({ ...fault(), offset });
      const altered = Buffer.from(value);
      altered[offset] = (altered[offset] as number) ^ 1;
      pass(base64Of(altered));
    } else {
      pass();
      if (plan.foreign === undefined || ordinal < 0 || !chooser.isFollowed(ordinal)) return;
      const { payloads } = plan.foreign;
      const payload = payloads[this.foreign++ % payloads.length] as Uint8Array;
      behind.push({ shard, key, data: base64Of(payload) });
    }
  }
}

function looseRecord({ request, outcome }: Put, i: number): LooseRecord {
  const { bytes } = request;
  return {
    shard: outcome.shards[i] as Shard,
    key: Buffer.from(bytes.subarray(request.keyFrom[i], request.keyTo[i])),
    data: Buffer.from(bytes.subarray(request.dataFrom[i], request.dataTo[i])),
  };
}

function base64Of(bytes: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'), 'latin1');
}
