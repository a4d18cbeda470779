import type { Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import type { EntryQueue } from './entry-queue.ts';
import { type OpenRecord, OpenRecords } from './open-record.ts';
import type { PutRequest, PutRequests } from './put-request.ts';

export interface BuilderEvents {
  /** Where entries of a lane go whose shard has no room; null where they go into requests. */
  waiting(lane: number): EntryQueue | null;
  /** It is full, or was told to take no more. */
  ready(request: PutRequest): void;
}

/** Gathers events into requests, as records of their own or as aggregated ones. */
export class RequestBuilder {
  readonly #requests: PutRequests;
  readonly #records: OpenRecords | null;
  readonly #events: BuilderEvents;
  #open: PutRequest | null = null;
  #made = 0;
  /** When the first came of those that wait for more; infinite where none does. */
  openedUs: Micros = Number.POSITIVE_INFINITY;
  /** Bytes of data and keys of all entries so far. */
  addedBytes = 0;

  /** `aggregateBytes`: those of an aggregated record; null: each event is a record. */
  constructor(requests: PutRequests, aggregateBytes: number | null, events: BuilderEvents) {
    this.#requests = requests;
    this.#records = aggregateBytes === null ? null : new OpenRecords(aggregateBytes);
    this.#events = events;
  }

  /** Takes an event; false where it alone is larger than a request may be. An aggregated record needs a hash key. */
  append(batch: EventBatch, i: number, lane: number, hashKey: Uint8Array | null, atUs: Micros): boolean {
    return this.#records !== null && hashKey !== null
      ? this.#aggregate(this.#records, batch, i, lane, hashKey, atUs)
      : this.#appendEntry(batch, i, lane, hashKey, atUs);
  }

  /** An empty one, the next in order. */
  make(): PutRequest {
    const request = this.#requests.take();
    request.order = this.#made++;
    return request;
  }

  /** Nothing waits for more events any longer. */
  shut(): void {
    const records = this.#records;
    for (let record = records?.oldest; records && record; record = records.oldest) this.#end(records, record);
    this.#shutRequest();
    this.openedUs = Number.POSITIVE_INFINITY;
  }

  #appendEntry(batch: EventBatch, i: number, lane: number, hashKey: Uint8Array | null, atUs: Micros): boolean {
    const waiting = this.#events.waiting(lane);
    if (waiting !== null) {
      if (!addEvent(waiting, batch, i, lane, hashKey, atUs)) return false;
    } else {
      let open = this.#open ?? this.#begin(atUs);
      if (!open.append(batch, i, lane, hashKey, atUs)) {
        if (open.count === 0) return false;
        this.#shutRequest();
        open = this.#begin(atUs);
        if (!open.append(batch, i, lane, hashKey, atUs)) return false;
      }
    }
    const { starts, identities, payloads, ends } = batch;
    const [size, key] = [
      (ends[i] as number) - (payloads[i] as number),
      (identities[i] as number) - (starts[i] as number),
    ];
    this.addedBytes += size + key;
    return true;
  }

  #aggregate(
    records: OpenRecords,
    batch: EventBatch,
    i: number,
    lane: number,
    hashKey: Uint8Array,
    atUs: Micros,
  ): boolean {
    const before = records.of(lane);
    if (before?.append(batch, i) === true) return true;
    if (before !== undefined) this.#end(records, before);
    if (records.isFull) this.#end(records, records.oldest as OpenRecord);
    const record = records.begin(lane, hashKey, atUs);
    if (record.append(batch, i)) {
      this.openedUs = Math.min(this.openedUs, atUs);
      return true;
    }
    // Too long to share a record.
    records.end(record);
    return this.#appendEntry(batch, i, lane, hashKey, atUs);
  }

  /** The record of a lane grows no more: it goes into a request. */
  #end(records: OpenRecords, record: OpenRecord): void {
    const waiting = this.#events.waiting(record.lane);
    if (waiting !== null) {
      waiting.add((request) => request.appendRecord(record) && this.#hold(request));
    } else {
      const open = this.#open ?? this.#begin(record.bornUs);
      if (open.appendRecord(record)) this.#hold(open);
      else {
        this.#shutRequest();
        const fresh = this.#begin(record.bornUs);
        fresh.appendRecord(record);
        this.#hold(fresh);
      }
    }
    records.end(record);
  }

  #hold({ body, count }: PutRequest): true {
    this.addedBytes += body.sizeOf(count - 1);
    return true;
  }

  #begin(atUs: Micros): PutRequest {
    this.#open = this.make();
    this.openedUs = Math.min(this.openedUs, atUs);
    return this.#open;
  }

  #shutRequest(): void {
    const open = this.#open;
    this.#open = null;
    this.openedUs = this.#records?.oldest?.bornUs ?? Number.POSITIVE_INFINITY;
    if (open === null) return;
    if (open.count > 0) this.#events.ready(open);
    else this.#requests.giveBack(open);
  }
}

/** Apart from the way of every event, which shall make no function. */
function addEvent(
  waiting: EntryQueue,
  batch: EventBatch,
  i: number,
  lane: number,
  hashKey: Uint8Array | null,
  atUs: Micros,
): boolean {
  return waiting.add((request) => request.append(batch, i, lane, hashKey, atUs));
}
