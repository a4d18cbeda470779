import type { Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { MAX_PUT_RECORDS, PutRecordsBody } from '../../wire/kinesis/put-records-body.ts';
import type { WireForm } from '../../wire/kinesis/wire-form.ts';
import type { OpenRecord } from './open-record.ts';

/** What all requests of a sink have in common. */
export interface RequestShape {
  stream: string;
  form: WireForm;
  /** Most data and keys of one. */
  batchBytes: number;
}

/**
 * A request and whose events it carries, used again and again. Entry i comes from lane `lanes[i]` and holds the events `firsts[i] …
 * firsts[i + 1]`: event j is `slots[j]` of fleet `fleets[j]`. Without aggregation an entry is an event.
 */
export class PutRequest {
  readonly body: PutRecordsBody;
  readonly lanes = new Int32Array(MAX_PUT_RECORDS);
  readonly firsts = new Uint32Array(MAX_PUT_RECORDS + 1);
  fleets = new Int32Array(MAX_PUT_RECORDS);
  slots = new Float64Array(MAX_PUT_RECORDS);
  /** When the first event of each came to the sink, and when it was sent first; −1 until then. */
  readonly bornUs = new Float64Array(MAX_PUT_RECORDS);
  readonly sentAtUs = new Float64Array(MAX_PUT_RECORDS);
  /** How often each was sent. */
  readonly attempts = new Uint8Array(MAX_PUT_RECORDS);
  /** 1: an attempt before this one may have stored it. */
  readonly doubts = new Uint8Array(MAX_PUT_RECORDS);
  /** Its place among all that were made. */
  order = 0;
  /** It carries what waited for shards that had no room. */
  paced = false;
  /** Failures of the request as a whole, one after the other, and what the last one was. */
  failures = 0;
  lastFailure = '';
  /** When it was sent last. */
  atUs: Micros = 0;
  /** Nobody waits for its answer any more. */
  abandoned = false;

  constructor({ stream, form, batchBytes }: RequestShape) {
    this.body = new PutRecordsBody({ name: stream }, form, batchBytes);
  }

  get count(): number {
    return this.body.count;
  }

  /** Events of its entries from `from` until before `to`. */
  eventsOf(from: number, to: number): number {
    return (this.firsts[to] as number) - (this.firsts[from] as number);
  }

  /** Calls back for every run of events of one fleet among the entries from `from` until before `to`, with the index of its first one. */
  eachFleet(from: number, to: number, each: (fleet: number, slots: Float64Array, begin: number) => void): void {
    const { fleets, slots, firsts } = this;
    const last = firsts[to] as number;
    for (let begin = firsts[from] as number, end = begin; begin < last; begin = end) {
      const fleet = fleets[begin] as number;
      do end++;
      while (end < last && fleets[end] === fleet);
      each(fleet, slots.subarray(begin, end), begin);
    }
  }

  reset(): void {
    this.body.reset();
    this.order = 0;
    this.paced = false;
    this.failures = 0;
    this.lastFailure = '';
    this.abandoned = false;
  }

  /** Takes event `i` of a batch; false where it has no room. */
  append(batch: EventBatch, i: number, lane: number, hashKey: Uint8Array | null, atUs: Micros): boolean {
    const at = this.body.count;
    if (!this.body.append(batch, i, hashKey)) return false;
    this.#fresh(at, lane, atUs, 1);
    const first = this.firsts[at] as number;
    this.fleets[first] = batch.fleet;
    this.slots[first] = batch.slots[i] as number;
    return true;
  }

  /** Takes an aggregated record; false where it has no room. */
  appendRecord(record: OpenRecord): boolean {
    const at = this.body.count;
    if (!record.addTo(this.body)) return false;
    this.#fresh(at, record.lane, record.bornUs, record.count);
    const first = this.firsts[at] as number;
    this.fleets.set(record.fleets.subarray(0, record.count), first);
    this.slots.set(record.slots.subarray(0, record.count), first);
    return true;
  }

  /** Takes entry `i` of another request with its past; false where it has no room. */
  copy(other: PutRequest, i: number): boolean {
    const at = this.body.count;
    if (!this.body.copy(other.body, i)) return false;
    const [from, to] = [other.firsts[i] as number, other.firsts[i + 1] as number];
    this.#fresh(at, other.lanes[i] as number, other.bornUs[i] as number, to - from);
    const first = this.firsts[at] as number;
    this.fleets.set(other.fleets.subarray(from, to), first);
    this.slots.set(other.slots.subarray(from, to), first);
    for (const column of ['sentAtUs', 'attempts', 'doubts'] as const) this[column][at] = other[column][i] as number;
    return true;
  }

  /** It is sent now. */
  sent(atUs: Micros): void {
    this.atUs = atUs;
    for (let i = 0; i < this.count; i++) {
      if (this.sentAtUs[i] === -1) this.sentAtUs[i] = atUs;
      this.attempts[i] = Math.min(255, (this.attempts[i] as number) + 1);
    }
  }

  /** The earliest time at which an event of it came. */
  get oldestUs(): Micros {
    let oldest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.count; i++) oldest = Math.min(oldest, this.bornUs[i] as number);
    return oldest;
  }

  #fresh(at: number, lane: number, bornUs: Micros, events: number): void {
    this.lanes[at] = lane;
    this.bornUs[at] = bornUs;
    this.sentAtUs[at] = -1;
    this.attempts[at] = 0;
    this.doubts[at] = 0;
    const end = (this.firsts[at] as number) + events;
    this.firsts[at + 1] = end;
    if (end <= this.slots.length) return;
    const [fleets, slots] = [this.fleets, this.slots];
    this.fleets = new Int32Array(2 * end);
    this.fleets.set(fleets);
    this.slots = new Float64Array(2 * end);
    this.slots.set(slots);
  }
}

/** Requests that are not in use. */
export class PutRequests {
  readonly #shape: RequestShape;
  readonly #free: PutRequest[] = [];

  constructor(shape: RequestShape) {
    this.#shape = shape;
  }

  take(): PutRequest {
    return this.#free.pop() ?? new PutRequest(this.#shape);
  }

  giveBack(request: PutRequest): void {
    request.reset();
    this.#free.push(request);
  }
}
