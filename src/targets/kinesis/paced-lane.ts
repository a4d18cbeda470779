import type { Micros } from '../../core/clock.ts';
import { MAX_PUT_RECORDS } from '../../wire/kinesis/put-records-body.ts';
import { backOffUs } from './back-off.ts';
import { EntryQueue } from './entry-queue.ts';
import type { PutRequest, PutRequests } from './put-request.ts';

/** Entries of the first chunk, and the fewest while a shard takes any. */
const FIRST_CHUNK = 64;
const FEWEST = 16;
const GROWTH = 1.5;

/**
 * A shard that has no room for all that is sent to it. What it refused and what comes meanwhile wait here, and one chunk of them is under
 * way at a time: stored whole, the next one is half as large again and goes at once; refused in part, the next one is as large as what was
 * stored and goes after a pause. So little is sent in vain, and the shard is never without work for long.
 */
export class PacedLane {
  readonly lane: number;
  /** What was refused, ahead of what was never sent. */
  readonly again: EntryQueue;
  readonly fresh: EntryQueue;
  /** A chunk is under way. */
  busy = false;
  /** The next chunk goes then. */
  dueUs: Micros;
  #chunk = FIRST_CHUNK;
  #failures = 1;

  constructor(lane: number, requests: PutRequests, nowUs: Micros, random: number) {
    this.lane = lane;
    this.again = new EntryQueue(requests);
    this.fresh = new EntryQueue(requests);
    this.dueUs = nowUs + backOffUs(1, random);
  }

  /** Entries that wait. */
  get count(): number {
    return this.again.count + this.fresh.count;
  }

  /** Adds the next chunk to a request, as far as there is room; whether something was added. */
  gather(request: PutRequest): boolean {
    let moved = this.again.moveInto(request, this.#chunk);
    if (this.again.count === 0) moved += this.fresh.moveInto(request, this.#chunk - moved);
    this.busy = moved > 0;
    return this.busy;
  }

  /** So many of a chunk were stored, and so many refused, which come first again. */
  answered(stored: number, refused: EntryQueue, nowUs: Micros, random: number): void {
    this.busy = false;
    if (refused.count === 0) {
      this.#failures = 0;
      this.#chunk = Math.min(MAX_PUT_RECORDS, Math.ceil(this.#chunk * GROWTH));
      this.dueUs = nowUs;
      return;
    }
    this.#failures = stored > 0 ? 1 : this.#failures + 1;
    this.#chunk = Math.max(FEWEST, stored);
    this.dueUs = nowUs + backOffUs(this.#failures, random);
    this.again.prepend(refused);
  }
}
