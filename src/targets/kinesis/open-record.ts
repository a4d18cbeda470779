import type { Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { AggregatedRecordWriter } from '../../wire/kinesis/aggregated-record-writer.ts';
import type { PutRecordsBody } from '../../wire/kinesis/put-records-body.ts';

const FIRST_EVENTS = 64;
/** Bytes of all records of a worker that are open at once. */
const MOST_OPEN_BYTES = 32 * 1024 * 1024;
/** Of the places that a writer keeps beside its bytes. */
const WRITER_SHARE = 3;

/** An aggregated record that grows: of one lane, under one hash key. */
export class OpenRecord {
  readonly #writer: AggregatedRecordWriter;
  #hashKey: Uint8Array = new Uint8Array(0);
  lane = 0;
  /** When its first event came. */
  bornUs: Micros = 0;
  fleets = new Int32Array(FIRST_EVENTS);
  slots = new Float64Array(FIRST_EVENTS);

  /** `size` is the most it grows to. */
  constructor(size: number) {
    this.#writer = new AggregatedRecordWriter(size);
  }

  /** Events so far: event i is `slots[i]` of fleet `fleets[i]`. */
  get count(): number {
    return this.#writer.count;
  }

  begin(lane: number, hashKey: Uint8Array, atUs: Micros): void {
    this.lane = lane;
    this.bornUs = atUs;
    this.#hashKey = hashKey;
    this.#writer.reset(hashKey);
  }

  /** Takes event `i` of a batch; false where it has no room. */
  append(batch: EventBatch, i: number): boolean {
    const at = this.#writer.count;
    if (!this.#writer.append(batch, i)) return false;
    if (at === this.slots.length) this.#grow();
    this.fleets[at] = batch.fleet;
    this.slots[at] = batch.slots[i] as number;
    return true;
  }

  /** Adds the record to a request, under the partition key of its first event; false where it has no room. */
  addTo(body: PutRecordsBody): boolean {
    const { bytes, firstKeyStart, firstKeyEnd } = this.#writer;
    const data = this.#writer.finish();
    return body.add(data, 0, data.length, bytes, firstKeyStart, firstKeyEnd, this.#hashKey);
  }

  #grow(): void {
    const [fleets, slots] = [this.fleets, this.slots];
    this.fleets = new Int32Array(2 * fleets.length);
    this.fleets.set(fleets);
    this.slots = new Float64Array(2 * slots.length);
    this.slots.set(slots);
  }
}

/** The records that grow, at most one of each lane, in the order in which they were begun; bounded together. */
export class OpenRecords {
  readonly #size: number;
  readonly #most: number;
  readonly #open = new Map<number, OpenRecord>();
  readonly #free: OpenRecord[] = [];

  constructor(size: number) {
    this.#size = size;
    this.#most = Math.max(1, Math.floor(MOST_OPEN_BYTES / (WRITER_SHARE * size)));
  }

  get isFull(): boolean {
    return this.#open.size >= this.#most;
  }

  get oldest(): OpenRecord | undefined {
    for (const record of this.#open.values()) return record;
    return undefined;
  }

  of(lane: number): OpenRecord | undefined {
    return this.#open.get(lane);
  }

  begin(lane: number, hashKey: Uint8Array, atUs: Micros): OpenRecord {
    const record = this.#free.pop() ?? new OpenRecord(this.#size);
    record.begin(lane, hashKey, atUs);
    this.#open.set(lane, record);
    return record;
  }

  /** It grows no more, and whoever has it is done with it. */
  end(record: OpenRecord): void {
    this.#open.delete(record.lane);
    this.#free.push(record);
  }
}
