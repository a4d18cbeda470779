import type { Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { Outcome } from '../../core/outcome.ts';
import type { PutRecordsAnswer } from '../../wire/kinesis/put-records-answer.ts';
import { backOffUs } from './back-off.ts';
import type { CallFailure } from './calls.ts';
import { EntryQueue } from './entry-queue.ts';
import { PacedLane } from './paced-lane.ts';
import { type PutRequest, PutRequests, type RequestShape } from './put-request.ts';
import { RequestBuilder } from './request-builder.ts';

export interface PutSettings extends RequestShape {
  /** Bytes of an aggregated record; null: each event is a record. */
  aggregateBytes: number | null;
  lingerUs: Micros;
  maxInFlight: number;
  /** How often an event that was not stored is sent again. */
  retries: number;
  timeoutUs: Micros;
  /** Uniform in [0, 1). */
  random(): number;
}

export interface PutEvents {
  /** The outcome of the entries from `from` until before `to`. */
  settled(request: PutRequest, from: number, to: number, outcome: Outcome, reason: string): void;
  /** These entries go once more; in doubt where an earlier attempt may have stored them. */
  resent(request: PutRequest, from: number, to: number, doubt: boolean): void;
  /** A shard of this lane had no room for so many. */
  throttled(lane: number, shard: string, count: number): void;
}

/** What one lane's entries of an answer came to. */
interface Tally {
  stored: number;
  throttled: number;
  shard: string;
  refused: EntryQueue;
}

/**
 * What becomes of events on their way into a stream: they gather in a request, it is sent, its answer says what was stored. What a shard had
 * no room for waits in its lane, as does what follows (`PacedLane`). A request that fails as a whole goes again as it is, after a pause of
 * all. Knows no socket and no clock: events, answers and time in, requests and outcomes out.
 */
export class PutQueue {
  readonly #settings: PutSettings;
  readonly #events: PutEvents;
  readonly #requests: PutRequests;
  readonly #builder: RequestBuilder;
  readonly #laneOf: (PacedLane | null)[];
  readonly #paced = new Set<PacedLane>();
  /** Ready to go, in their order. */
  readonly #ready: PutRequest[] = [];
  readonly #inFlight = new Set<PutRequest>();
  #outstanding = 0;
  #settledBytes = 0;
  /** Pauses in a row after requests that failed as a whole; while there are any, one request at a time finds out whether they pass. */
  #failures = 0;
  #failedUs: Micros = Number.NEGATIVE_INFINITY;
  #pausedUntilUs: Micros = Number.NEGATIVE_INFINITY;
  lingerUs: Micros;

  constructor(lanes: number, settings: PutSettings, events: PutEvents) {
    const { aggregateBytes } = settings;
    this.#settings = settings;
    this.#events = events;
    this.#requests = new PutRequests(settings);
    this.#laneOf = Array(lanes).fill(null);
    this.#builder = new RequestBuilder(this.#requests, aggregateBytes, {
      waiting: (lane) => this.#laneOf[lane]?.fresh ?? null,
      ready: (request) => this.#ready.push(request),
    });
    this.lingerUs = settings.lingerUs;
  }

  /** Events without an outcome. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** Bytes of data and keys that have no outcome, but for records that still grow. */
  get heldBytes(): number {
    return this.#builder.addedBytes - this.#settledBytes;
  }

  /** Takes an event; false where it alone is larger than a request may be. An aggregated record needs a hash key. */
  append(batch: EventBatch, i: number, lane: number, hashKey: Uint8Array | null, atUs: Micros): boolean {
    if (!this.#builder.append(batch, i, lane, hashKey, atUs)) return false;
    this.#outstanding++;
    return true;
  }

  /** The next request that is to be sent now; null where none is, or enough are under way. */
  next(nowUs: Micros): PutRequest | null {
    const most = this.#failures > 0 ? 1 : this.#settings.maxInFlight;
    if (this.#inFlight.size >= most || nowUs < this.#pausedUntilUs) return null;
    if (this.#failures > 0) this.#expireReady(nowUs);
    if (nowUs - this.#builder.openedUs >= this.lingerUs) this.#builder.shut();
    this.#gather(nowUs);
    const request = this.#ready.shift();
    if (request === undefined) return null;
    this.#inFlight.add(request);
    if (request.paced || request.failures > 0) this.#tellResent(request);
    request.sent(nowUs);
    return request;
  }

  /** Earliest time at which `next` may have one, as far as time alone decides; infinite where it does not. */
  get dueUs(): Micros {
    let due = this.#builder.openedUs + this.lingerUs;
    for (const lane of this.#paced) if (!lane.busy) due = Math.min(due, lane.dueUs);
    if (this.#failures > 0 && this.#outstanding > 0) due = Math.min(due, this.#pausedUntilUs);
    return Math.max(due, this.#pausedUntilUs);
  }

  /** An answer came that says what became of each entry. */
  answered(request: PutRequest, answer: PutRecordsAnswer, nowUs: Micros): void {
    if (!this.#landed(request)) return;
    this.#failures = 0;
    if (answer.failed === 0) this.#settle(request, 0, request.count, Outcome.acked, 'stored');
    if (answer.failed > 0 || request.paced) this.#tellLanes(this.#settleEach(request, answer, nowUs), request, nowUs);
    this.#requests.giveBack(request);
  }

  /** The request as a whole came to nothing. */
  failed(request: PutRequest, failure: CallFailure, reason: string, nowUs: Micros): void {
    if (!this.#landed(request)) return;
    const { retries, timeoutUs, random } = this.#settings;
    const { count } = request;
    if (failure === 'ambiguous') request.doubts.fill(1, 0, count);
    request.failures++;
    request.lastFailure = reason;
    const passes = failure === 'ambiguous' || failure === 'throttled' || failure === 'unsent';
    // Of those that were under way together one is enough.
    if (passes && request.atUs >= this.#failedUs) {
      this.#failures++;
      this.#failedUs = nowUs;
      this.#pausedUntilUs = nowUs + backOffUs(this.#failures, random());
    }
    const isLate = Math.max(nowUs, this.#pausedUntilUs) - request.oldestUs > timeoutUs;
    if (passes && request.failures <= retries && !isLate) {
      const after = this.#ready.findIndex(({ order }) => order > request.order);
      this.#ready.splice(after < 0 ? this.#ready.length : after, 0, request);
      return;
    }
    for (let i = 0; i < count; i++) this.#giveUp(request, i, reason);
    this.#free(request, nowUs);
  }

  /** Settles everything that has no outcome: as rejected what is certainly not stored, else as unknown. */
  abandon(reason: string): void {
    this.#builder.shut();
    const unsent = reason === 'timeout' ? 'expired unsent' : `${reason} unsent`;
    const giveUp = (request: PutRequest, i: number, last: string): void => {
      const doubtful = request.doubts[i] === 1;
      const why = doubtful ? reason : request.attempts[i] === 0 ? unsent : last;
      this.#settle(request, i, i + 1, doubtful ? Outcome.unknown : Outcome.rejected, why);
    };
    for (const request of this.#ready.splice(0)) {
      for (let i = 0; i < request.count; i++) giveUp(request, i, request.lastFailure || 'throttled');
      this.#requests.giveBack(request);
    }
    for (const request of this.#inFlight) {
      if (request.abandoned) continue;
      this.#settle(request, 0, request.count, Outcome.unknown, reason);
      request.abandoned = true;
    }
    for (const lane of this.#paced) {
      for (const queue of [lane.again, lane.fresh])
        queue.expire(Number.POSITIVE_INFINITY, (request, i) => giveUp(request, i, 'throttled'));
      this.#unpace(lane);
    }
  }

  #tellResent(request: PutRequest): void {
    for (let from = 0, to = 0; from < request.count; from = to) {
      const doubt = request.doubts[from] as number;
      const isFirst = request.attempts[from] === 0;
      do to++;
      while (to < request.count && request.doubts[to] === doubt && (request.attempts[to] === 0) === isFirst);
      if (!isFirst) this.#events.resent(request, from, to, doubt === 1);
    }
  }

  /** Whether an answer is still waited for. */
  #landed(request: PutRequest): boolean {
    this.#inFlight.delete(request);
    if (request.abandoned) this.#requests.giveBack(request);
    return !request.abandoned && request.count > 0;
  }

  /** What its lanes have under way is over. */
  #free(request: PutRequest, nowUs: Micros): void {
    if (request.paced) {
      for (let i = 0; i < request.count; i++) {
        const lane = this.#laneOf[request.lanes[i] as number];
        if (!lane) continue;
        lane.busy = false;
        lane.dueUs = Math.max(nowUs, this.#pausedUntilUs);
      }
    }
    this.#requests.giveBack(request);
  }

  /** Settles what has an outcome and keeps the rest for another attempt. */
  #settleEach(request: PutRequest, answer: PutRecordsAnswer, nowUs: Micros): Map<number, Tally> {
    const tallies = new Map<number, Tally>();
    const { count, lanes } = request;
    for (let from = 0, to = 0; from < count; from = to) {
      const outcome = answer.outcome(from);
      do {
        const lane = lanes[to] as number;
        const tally = tallies.get(lane) ?? {
          stored: 0,
          throttled: 0,
          shard: '',
          refused: new EntryQueue(this.#requests),
        };
        tallies.set(lane, tally);
        if (outcome === 'stored') tally.stored++;
        else if (outcome !== 'refused') {
          tally.throttled++;
          tally.shard ||= answer.shard(to);
          if (outcome === 'failed') request.doubts[to] = 1;
          this.#again(request, to, outcome === 'failed' ? 'service failure' : 'throttled', tally.refused, nowUs);
        }
        to++;
      } while (to < count && answer.outcome(to) === outcome);
      if (outcome === 'stored' && answer.failed > 0) this.#settle(request, from, to, Outcome.acked, 'stored');
      else if (outcome === 'refused') for (let i = from; i < to; i++) this.#giveUp(request, i, 'refused');
    }
    return tallies;
  }

  #tellLanes(tallies: ReadonlyMap<number, Tally>, { paced }: PutRequest, nowUs: Micros): void {
    const { random } = this.#settings;
    for (const [lane, { stored, throttled, shard, refused }] of tallies) {
      if (throttled > 0) this.#events.throttled(lane, shard, throttled);
      let its = this.#laneOf[lane] ?? null;
      if (its === null) {
        if (refused.count === 0) continue;
        its = new PacedLane(lane, this.#requests, nowUs, random());
        this.#laneOf[lane] = its;
        this.#paced.add(its);
        its.again.prepend(refused);
      } else if (paced) {
        its.answered(stored, refused, nowUs, random());
        if (its.count === 0) this.#unpace(its);
      } else its.again.append(refused);
    }
  }

  #unpace(lane: PacedLane): void {
    this.#paced.delete(lane);
    this.#laneOf[lane.lane] = null;
  }

  /** Entry `i` waits for its shard, unless it has waited enough. */
  #again(request: PutRequest, i: number, reason: string, queue: EntryQueue, nowUs: Micros): void {
    const { retries, timeoutUs } = this.#settings;
    const isOld = nowUs - (request.bornUs[i] as number) > timeoutUs;
    if (isOld || (request.attempts[i] as number) > retries) this.#giveUp(request, i, reason);
    else queue.add((to) => to.copy(request, i));
  }

  /** One request of the chunks that are due, ahead of what comes now: it is older. */
  #gather(nowUs: Micros): void {
    if (this.#paced.size === 0) return;
    let request: PutRequest | null = null;
    for (const lane of this.#paced) {
      if (lane.busy || lane.dueUs > nowUs) continue;
      for (const queue of [lane.again, lane.fresh]) {
        queue.expire(nowUs - this.#settings.timeoutUs, (expired, i) => this.#giveUp(expired, i, 'throttled'));
      }
      if (lane.count === 0) this.#unpace(lane);
      else {
        request ??= this.#builder.make();
        if (!lane.gather(request)) break;
      }
    }
    if (request === null) return;
    request.paced = true;
    this.#ready.unshift(request);
  }

  /** What is too old to wait for the end of an outage goes. */
  #expireReady(nowUs: Micros): void {
    const sinceUs = nowUs - this.#settings.timeoutUs;
    for (const request of this.#ready.splice(0)) {
      if (request.oldestUs >= sinceUs) this.#ready.push(request);
      else {
        for (let i = 0; i < request.count; i++) this.#giveUp(request, i, request.lastFailure || 'throttled');
        this.#free(request, nowUs);
      }
    }
  }

  /** Nobody knows of what was in doubt once. */
  #giveUp(request: PutRequest, i: number, reason: string): void {
    const doubtful = request.doubts[i] === 1;
    const why = request.attempts[i] === 0 ? 'expired unsent' : reason;
    this.#settle(request, i, i + 1, doubtful ? Outcome.unknown : Outcome.rejected, why);
  }

  #settle(request: PutRequest, from: number, to: number, outcome: Outcome, reason: string): void {
    this.#outstanding -= request.eventsOf(from, to);
    if (from === 0 && to === request.count) this.#settledBytes += request.body.recordBytes;
    else for (let i = from; i < to; i++) this.#settledBytes += request.body.sizeOf(i);
    this.#events.settled(request, from, to, outcome, reason);
  }
}
