import type { Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { MAX_PUT_RECORDS, PutRecordsBody } from '../../wire/kinesis/put-records-body.ts';

/** A request and whose events it carries, used again and again. Entry i is event `slots[i]` of fleet `fleets[i]`, from lane `lanes[i]`. */
export class PutRequest {
  readonly body: PutRecordsBody;
  readonly fleets = new Int32Array(MAX_PUT_RECORDS);
  readonly lanes = new Int32Array(MAX_PUT_RECORDS);
  readonly slots = new Float64Array(MAX_PUT_RECORDS);
  /** When each came to the sink, and when it was sent first. */
  readonly bornUs = new Float64Array(MAX_PUT_RECORDS);
  readonly sentAtUs = new Float64Array(MAX_PUT_RECORDS);
  /** How often each was sent. */
  readonly attempts = new Uint8Array(MAX_PUT_RECORDS);
  /** 1: an attempt before this one may have stored it. */
  readonly doubts = new Uint8Array(MAX_PUT_RECORDS);
  /** Failures of the request as a whole, one after the other. */
  failures = 0;
  /** Earliest time at which it may go. */
  dueUs: Micros = 0;
  /** Nobody waits for its answer any more. */
  abandoned = false;

  constructor(stream: string, maxBytes: number) {
    this.body = new PutRecordsBody({ name: stream }, maxBytes);
  }

  get count(): number {
    return this.body.count;
  }

  reset(): void {
    this.body.reset();
    this.failures = 0;
    this.dueUs = 0;
    this.abandoned = false;
  }

  /** Takes event `i` of a batch; false where it has no room. */
  append(batch: EventBatch, i: number, lane: number, hashKey: Uint8Array | null, atUs: Micros): boolean {
    const at = this.body.count;
    if (!this.body.append(batch, i, hashKey)) return false;
    this.fleets[at] = batch.fleet;
    this.lanes[at] = lane;
    this.slots[at] = batch.slots[i] as number;
    this.bornUs[at] = atUs;
    this.sentAtUs[at] = -1;
    this.attempts[at] = 0;
    this.doubts[at] = 0;
    return true;
  }

  /** Takes entry `i` of another request with its past; false where it has no room. */
  copy(other: PutRequest, i: number): boolean {
    const at = this.body.count;
    if (!this.body.copy(other.body, i)) return false;
    for (const column of ['fleets', 'lanes', 'slots', 'bornUs', 'sentAtUs', 'attempts', 'doubts'] as const)
      this[column][at] = other[column][i] as number;
    return true;
  }

  /** It is sent now. */
  sent(atUs: Micros): void {
    for (let i = 0; i < this.count; i++) {
      if (this.sentAtUs[i] === -1) this.sentAtUs[i] = atUs;
      this.attempts[i] = Math.min(255, (this.attempts[i] as number) + 1);
    }
  }
}
