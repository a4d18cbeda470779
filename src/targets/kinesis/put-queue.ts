import type { Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { Outcome } from '../../core/outcome.ts';
import type { PutRecordsAnswer } from '../../wire/kinesis/put-records-answer.ts';
import type { CallFailure } from './calls.ts';
import { PutRequest } from './put-request.ts';
import { RetryLane } from './retry-lane.ts';

export interface PutSettings {
  stream: string;
  /** Data and keys of a request. */
  batchBytes: number;
  lingerUs: Micros;
  maxInFlight: number;
  /** How often an event that was not stored is sent again. */
  retries: number;
  timeoutUs: Micros;
  /** Uniform in [0, 1). */
  random(): number;
}

export interface PutEvents {
  /** The outcome of entry `i`. */
  settled(request: PutRequest, i: number, outcome: Outcome, reason: string): void;
  /** All entries were stored. */
  stored(request: PutRequest): void;
  /** Entry `i` goes once more. */
  resent(request: PutRequest, i: number): void;
  /** A shard of this lane had no room for so many. */
  throttled(lane: number, shard: string, count: number): void;
  /** A lane waits for its shard, or does not any more. */
  waits(lane: number, waits: boolean): void;
}

/** First and longest limit of a pause after a failure; it lies anywhere below. */
const FIRST_PAUSE_US = 100_000;
const LONGEST_PAUSE_US = 5_000_000;

/** Pause after so many failures in a row, the last one included. */
export function backOffUs(failures: number, random: number): Micros {
  return Math.ceil(random * Math.min(LONGEST_PAUSE_US, FIRST_PAUSE_US * 2 ** Math.min(failures - 1, 16)));
}

/**
 * What becomes of events on their way into a stream: they gather in a request, it is sent, its answer says what was stored. What a shard had
 * no room for goes into later requests after a pause of that shard; a request nobody knows the end of is sent again as it is. Knows no
 * socket and no clock: events, answers and time in, requests and outcomes out.
 */
export class PutQueue {
  readonly #settings: PutSettings;
  readonly #events: PutEvents;
  readonly #lanes: RetryLane[];
  readonly #free: PutRequest[] = [];
  /** Ready to go, in their order; those that failed as a whole are among them, with a time before which they do not go. */
  readonly #ready: PutRequest[] = [];
  readonly #inFlight = new Set<PutRequest>();
  #open: PutRequest | null = null;
  #openedUs: Micros = 0;
  #outstanding = 0;
  lingerUs: Micros;

  constructor(lanes: number, settings: PutSettings, events: PutEvents) {
    this.#settings = settings;
    this.#events = events;
    this.lingerUs = settings.lingerUs;
    this.#lanes = Array.from({ length: lanes }, () => new RetryLane());
  }

  /** Events without an outcome. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** Takes an event; false where it alone is larger than a request may be. */
  append(batch: EventBatch, i: number, lane: number, hashKey: Uint8Array | null, atUs: Micros): boolean {
    let open = this.#open ?? this.#begin(atUs);
    if (!open.append(batch, i, lane, hashKey, atUs)) {
      if (open.count === 0) return false;
      this.#shut();
      open = this.#begin(atUs);
      if (!open.append(batch, i, lane, hashKey, atUs)) return false;
    }
    this.#outstanding++;
    return true;
  }

  /** The next request that is to be sent now; null where none is, or enough are under way. */
  next(nowUs: Micros): PutRequest | null {
    if (this.#inFlight.size >= this.#settings.maxInFlight) return null;
    this.#gatherAgain(nowUs);
    if (this.#open !== null && this.#open.count > 0 && nowUs - this.#openedUs >= this.lingerUs) this.#shut();
    const at = this.#ready.findIndex(({ dueUs }) => dueUs <= nowUs);
    if (at < 0) return null;
    const [request] = this.#ready.splice(at, 1) as [PutRequest];
    this.#inFlight.add(request);
    for (let i = 0; i < request.count; i++) {
      if ((request.attempts[i] as number) > 0) this.#events.resent(request, i);
    }
    request.sent(nowUs);
    return request;
  }

  /** Earliest time at which `next` may have one, as far as time alone decides; infinite where it does not. */
  get dueUs(): Micros {
    let due = Number.POSITIVE_INFINITY;
    if (this.#open !== null && this.#open.count > 0) due = this.#openedUs + this.lingerUs;
    for (const { dueUs } of this.#ready) due = Math.min(due, dueUs);
    for (const lane of this.#lanes) if (lane.count > 0) due = Math.min(due, lane.dueUs);
    return due;
  }

  /** An answer came that says what became of each entry. */
  answered(request: PutRequest, answer: PutRecordsAnswer, nowUs: Micros): void {
    if (!this.#landed(request)) return;
    if (answer.failed === 0) {
      this.#outstanding -= request.count;
      this.#events.stored(request);
      for (let i = 0; i < request.count; i++) (this.#lanes[request.lanes[i] as number] as RetryLane).failures = 0;
      this.#release(request);
      return;
    }
    const refusedBy = new Map<number, { shard: string; count: number }>();
    for (let i = 0; i < request.count; i++) {
      const outcome = answer.outcome(i);
      const lane = request.lanes[i] as number;
      if (outcome === 'stored') this.#settle(request, i, Outcome.acked, 'stored');
      else if (outcome === 'refused') this.#giveUp(request, i, 'refused');
      else {
        if (outcome === 'failed') request.doubts[i] = 1;
        const before = refusedBy.get(lane);
        if (before === undefined) refusedBy.set(lane, { shard: answer.shard(i), count: 1 });
        else before.count++;
        this.#again(request, i, outcome === 'failed' ? 'service failure' : 'throttled', nowUs);
      }
    }
    for (const [lane, { shard, count }] of refusedBy) {
      const its = this.#lanes[lane] as RetryLane;
      its.pause(nowUs, backOffUs(its.failures + 1, this.#settings.random()));
      this.#events.throttled(lane, shard, count);
      this.#events.waits(lane, its.count > 0);
    }
    for (let i = 0; i < request.count; i++) {
      const lane = request.lanes[i] as number;
      if (!refusedBy.has(lane)) (this.#lanes[lane] as RetryLane).failures = 0;
    }
    this.#release(request);
  }

  /** The request as a whole came to nothing. */
  failed(request: PutRequest, failure: CallFailure, reason: string, nowUs: Micros): void {
    if (!this.#landed(request)) return;
    const { retries, timeoutUs, random } = this.#settings;
    if (failure === 'ambiguous') request.doubts.fill(1, 0, request.count);
    const passes = failure === 'ambiguous' || failure === 'throttled';
    request.failures++;
    const pauseUs = backOffUs(request.failures, random());
    const isLate = request.count > 0 && nowUs + pauseUs - (request.bornUs[0] as number) > timeoutUs;
    if (passes && request.failures <= retries && !isLate) {
      request.dueUs = nowUs + pauseUs;
      this.#ready.push(request);
      return;
    }
    for (let i = 0; i < request.count; i++) this.#giveUp(request, i, reason);
    this.#release(request);
  }

  /** Settles everything that has no outcome as unknown. */
  abandon(reason: string): void {
    if (this.#open !== null) this.#shut();
    const settleAll = (request: PutRequest): void => {
      for (let i = 0; i < request.count; i++) this.#settle(request, i, Outcome.unknown, reason);
    };
    for (const request of this.#ready.splice(0)) settleAll(request);
    for (const request of this.#inFlight) {
      settleAll(request);
      request.abandoned = true;
    }
    for (const [lane, its] of this.#lanes.entries()) {
      for (const request of its.takeAll()) settleAll(request);
      this.#events.waits(lane, false);
    }
  }

  #begin(atUs: Micros): PutRequest {
    const request = this.#take();
    this.#open = request;
    this.#openedUs = atUs;
    return request;
  }

  #take(): PutRequest {
    const { stream, batchBytes } = this.#settings;
    return this.#free.pop() ?? new PutRequest(stream, batchBytes);
  }

  #shut(): void {
    if (this.#open === null) return;
    this.#ready.push(this.#open);
    this.#open = null;
  }

  /** Whether an answer is still waited for. */
  #landed(request: PutRequest): boolean {
    this.#inFlight.delete(request);
    if (request.abandoned) this.#release(request);
    return !request.abandoned && request.count > 0;
  }

  #release(request: PutRequest): void {
    request.reset();
    this.#free.push(request);
  }

  /** Entry `i` waits for its shard, unless it has waited enough. */
  #again(request: PutRequest, i: number, reason: string, nowUs: Micros): void {
    const { retries, timeoutUs } = this.#settings;
    const isOld = nowUs - (request.bornUs[i] as number) > timeoutUs;
    if (isOld || (request.attempts[i] as number) > retries) {
      this.#giveUp(request, i, reason);
      return;
    }
    (this.#lanes[request.lanes[i] as number] as RetryLane).add(request, i, () => this.#take());
  }

  /** Brings what has waited long enough into requests; ahead of what comes now, so that it gets older no more. */
  #gatherAgain(nowUs: Micros): void {
    for (const [lane, its] of this.#lanes.entries()) {
      if (its.count === 0 || its.dueUs > nowUs) continue;
      for (const waiting of its.takeAll()) this.#ready.unshift(waiting);
      this.#events.waits(lane, false);
    }
  }

  /** Nobody knows of what was in doubt once. */
  #giveUp(request: PutRequest, i: number, reason: string): void {
    this.#settle(request, i, request.doubts[i] === 1 ? Outcome.unknown : Outcome.rejected, reason);
  }

  #settle(request: PutRequest, i: number, outcome: Outcome, reason: string): void {
    this.#outstanding--;
    this.#events.settled(request, i, outcome, reason);
  }
}
