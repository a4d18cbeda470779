import type { Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { Outcome } from '../../core/outcome.ts';
import type { CompressionCodec } from '../../wire/kafka/compression.ts';
import { ErrorCode, errorWords, kafkaError } from '../../wire/kafka/error-codes.ts';
import { loneRecordBytes } from '../../wire/kafka/record-batch-writer.ts';
import type { BatchPool } from './batch-pool.ts';
import type { ProducerIdentity } from './cluster.ts';
import type { ProduceBatch } from './produce-batch.ts';
import { ProducerNumbers } from './producer-numbers.ts';
import { retryPauseMs } from './retry-pause.ts';

/** What all partitions of a sink have in common. */
export interface QueueSettings {
  /** Longest wait of an event for others; 0 while the sink is flushed. */
  lingerUs: Micros;
  /** Delivery timeout, from the first event of a batch on. */
  timeoutUs: Micros;
  batchBytes: number;
  acks: -1 | 0 | 1;
  idempotent: boolean;
  /** null: not compressed. */
  codec: CompressionCodec | null;
  pool: BatchPool;
  /** Uniform in [0, 1). */
  random(): number;
}

/** What a partition tells, and asks for. */
export interface QueueEvents {
  /** The outcome of every event of a batch. */
  settled(queue: PartitionQueue, batch: ProduceBatch, outcome: Outcome, reason: string): void;
  /** A batch whose outcome is open goes out once more. */
  resent(batch: ProduceBatch): void;
  /** It holds more or fewer bytes than before. */
  held(queue: PartitionQueue): void;
  /** Nothing is sent until `lead` is called, because who leads it may have changed. */
  wantsLeader(queue: PartitionQueue): void;
  /** Nothing is sent until `identify` is called. */
  wantsIdentity(queue: PartitionQueue): void;
  /** The broker takes only shorter batches. */
  shortened(): void;
  /** An event as it was sent before, alone in a batch that is valid until the next call; null where it cannot be made again. */
  remake(fleet: number, slot: number): EventBatch | null;
}

/**
 * One partition without a socket: events in, batches out in their order, answers in, outcomes out. Every batch has its outcome told once.
 *
 * When an attempt fails, nothing more is sent until everything in flight is answered or lost; then the same batches go out again, in their
 * order and, with idempotence, under the same identity and sequence numbers, so that the broker stores each once.
 */
export class PartitionQueue {
  readonly partition: number;
  readonly #settings: QueueSettings;
  readonly #events: QueueEvents;
  /** Takes events. */
  #open: ProduceBatch | null = null;
  /** Full, or to be sent again; in their order, before the open one. */
  readonly #waiting: ProduceBatch[] = [];
  readonly #flying: ProduceBatch[] = [];
  #order = 0;
  /** Longest batch; what the broker found too long made it shorter. */
  #limit: number;
  /** Size that the last batch came to. */
  #usual = 0;
  #heldBytes = 0;
  /** null without idempotence. */
  readonly #numbers: ProducerNumbers | null;
  #led = false;
  /** Nothing is sent while something is in flight. */
  #draining = false;
  #retryAtUs: Micros = 0;
  #failures = 0;

  constructor(partition: number, settings: QueueSettings, events: QueueEvents) {
    this.partition = partition;
    this.#settings = settings;
    this.#events = events;
    this.#limit = settings.batchBytes;
    this.#numbers = settings.idempotent ? new ProducerNumbers() : null;
  }

  /** Bytes of the buffers that it holds. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Batches without an outcome. */
  get outstanding(): number {
    const unsettled = this.#flying.reduce((sum, { settled }) => sum + (settled ? 0 : 1), 0);
    return this.#waiting.length + unsettled + (this.#open === null ? 0 : 1);
  }

  /** A leader is known, as far as anybody knows. */
  get led(): boolean {
    return this.#led;
  }

  /** Takes event `i` of a batch. */
  append(batch: EventBatch, i: number, atUs: Micros, timestamp: number): void {
    const open = this.#open;
    if (open !== null) {
      if (open.append(batch, i, atUs, timestamp)) return;
      while (this.#grow(open)) if (open.append(batch, i, atUs, timestamp)) return;
      this.#waiting.push(open);
    }
    const next = this.#take(loneRecordBytes(batch, i));
    next.append(batch, i, atUs, timestamp);
    this.#open = next;
  }

  /** Takes an event that is alone in its batch and nobody's slot. */
  appendAlone(batch: EventBatch, atUs: Micros, timestamp: number, onOutcome: ProduceBatch['onOutcome']): void {
    if (this.#open !== null) this.#waiting.push(this.#open);
    this.#open = null;
    const alone = this.#take(loneRecordBytes(batch, 0));
    alone.append(batch, 0, atUs, timestamp);
    alone.onOutcome = onOutcome;
    this.#waiting.push(alone);
  }

  /** When `take` will give a batch unless something happens before; Infinity where it will not. */
  dueUs(): Micros {
    const head = this.#waiting[0] ?? this.#open;
    if (head === null || !this.#led || !this.#mayFly(head)) return Number.POSITIVE_INFINITY;
    const fullUs = head === this.#open ? head.firstAtUs + this.#settings.lingerUs : 0;
    return Math.max(this.#retryAtUs, fullUs);
  }

  /** The batch that is to be sent now, which is in flight from then on; null where there is none. One that would be due within `aheadUs` is. */
  take(nowUs: Micros, aheadUs: Micros): ProduceBatch | null {
    const dueUs = this.dueUs();
    if (dueUs > nowUs && (dueUs > nowUs + aheadUs || this.#retryAtUs > nowUs)) return null;
    const batch = (this.#waiting.shift() ?? this.#open) as ProduceBatch;
    if (batch === this.#open) this.#open = null;
    batch.seal(this.#settings.codec);
    this.#numbers?.number(batch);
    this.#flying.push(batch);
    if (batch.attempts++ > 0) this.#events.resent(batch);
    return batch;
  }

  /** The broker's answer about a batch in flight. */
  answered(batch: ProduceBatch, code: number, nowUs: Micros): void {
    this.#land(batch);
    if (batch.settled) {
      this.#drop(batch);
      return;
    }
    const kind = kafkaError(code).class;
    if (kind === 'none' || (kind === 'duplicate' && batch.ambiguous)) {
      this.#failures = 0;
      this.#numbers?.stored(batch);
      this.#settle(batch, Outcome.acked, this.#settings.acks === 1 ? 'acks-1' : 'acks-all');
      return;
    }
    batch.lastFailure = errorWords(code);
    if (kind === 'retry') this.#again(batch, nowUs);
    else if (kind === 'ambiguous') this.#doubt(batch, nowUs);
    else if (kind === 'too-large' && batch.count > 1 && !batch.ambiguous) this.#split(batch);
    else if (kind === 'identity') this.#unidentified(batch, code, nowUs);
    // A number that was never sent before cannot be one that the broker has seen.
    else this.#fail(batch, kind === 'duplicate' ? Outcome.unknown : Outcome.rejected, batch.lastFailure);
  }

  /** A batch in flight will not be answered. `handed`: at least a part of it may have left this machine. */
  lost(batch: ProduceBatch, reason: string, handed: boolean, nowUs: Micros): void {
    this.#land(batch);
    if (batch.settled) {
      this.#drop(batch);
      return;
    }
    batch.lastFailure = reason;
    if (handed) this.#doubt(batch, nowUs);
    else this.#again(batch, nowUs);
  }

  /** With acks: 0, a batch was handed to the system, which is all that can be known. */
  written(batch: ProduceBatch): void {
    this.#land(batch);
    if (batch.settled) this.#drop(batch);
    else this.#settle(batch, Outcome.noAck, 'written');
  }

  /** Who leads it is known anew; what is in flight elsewhere is awaited. */
  lead(): void {
    this.#led = true;
    if (this.#flying.length > 0) this.#draining = true;
  }

  /** Nobody leads it, or nobody knows who. */
  unlead(): void {
    this.#led = false;
  }

  /** An identity that this partition has not had before. */
  identify(identity: ProducerIdentity): void {
    this.#numbers?.identify(identity);
  }

  /** Gives up what is older than the delivery timeout. */
  expire(nowUs: Micros): void {
    const sinceUs = nowUs - this.#settings.timeoutUs;
    for (const batch of this.#flying) {
      if (batch.firstAtUs <= sinceUs && !batch.settled) this.#abandon(batch, 'timeout');
    }
    this.#expireWaiting(sinceUs, 'timeout', 'expired unsent');
  }

  /** Gives up everything, as `reason`. What is in flight stays so until it is answered or lost. */
  abandon(reason: string): void {
    for (const batch of this.#flying) if (!batch.settled) this.#abandon(batch, reason);
    this.#expireWaiting(Number.POSITIVE_INFINITY, reason, `${reason} unsent`);
  }

  #expireWaiting(sinceUs: Micros, reason: string, unsent: string): void {
    for (;;) {
      const batch = this.#waiting[0] ?? this.#open;
      if (batch === null || batch.firstAtUs > sinceUs) return;
      if (this.#waiting.length > 0) this.#waiting.shift();
      else this.#open = null;
      if (batch.ambiguous) this.#fail(batch, Outcome.unknown, reason);
      else this.#fail(batch, Outcome.rejected, batch.attempts === 0 ? unsent : batch.lastFailure);
    }
  }

  /** Whether its identity and what is in flight let a batch go. */
  #mayFly(batch: ProduceBatch): boolean {
    const last = this.#flying[this.#flying.length - 1];
    if (last !== undefined && this.#draining) return false;
    const numbers = this.#numbers;
    if (numbers === null) return true;
    if (numbers.wants(batch)) this.#events.wantsIdentity(this);
    return numbers.mayFollow(batch, last);
  }

  #land(batch: ProduceBatch): void {
    this.#flying.splice(this.#flying.indexOf(batch), 1);
    if (this.#flying.length === 0) this.#draining = false;
  }

  /** It was not stored, and may be the next time. */
  #again(batch: ProduceBatch, nowUs: Micros): void {
    this.#putBack(batch);
    this.#pause(nowUs);
  }

  #putBack(batch: ProduceBatch): void {
    let place = this.#waiting.length;
    while (place > 0 && (this.#waiting[place - 1] as ProduceBatch).order > batch.order) place--;
    this.#waiting.splice(place, 0, batch);
  }

  /** It may be stored. */
  #doubt(batch: ProduceBatch, nowUs: Micros): void {
    if (!this.#settings.idempotent) {
      this.#fail(batch, Outcome.unknown, batch.lastFailure);
      this.#pause(nowUs);
      return;
    }
    batch.ambiguous = true;
    this.#again(batch, nowUs);
  }

  /** The broker misses what came before, or does not know who produces. */
  #unidentified(batch: ProduceBatch, code: number, nowUs: Micros): void {
    const { identity, order } = batch;
    const isBefore = (other: ProduceBatch): boolean => other.identity === identity && other.order < order;
    const gap = code === ErrorCode.outOfOrderSequence && (this.#waiting.some(isBefore) || this.#flying.some(isBefore));
    if (identity === null || (batch.ambiguous && !gap)) {
      this.#fail(batch, identity === null ? Outcome.rejected : Outcome.unknown, batch.lastFailure);
      return;
    }
    if (!gap) this.#forget(identity);
    this.#again(batch, nowUs);
  }

  /** Sends nothing for a while, until all that is in flight is back and the leader is known. */
  #pause(nowUs: Micros): void {
    this.#draining = this.#flying.length > 0;
    // Those that were in flight together fail together: one failure.
    if (this.#led) this.#retryAtUs = nowUs + 1000 * retryPauseMs(this.#failures++, this.#settings.random());
    this.#led = false;
    this.#events.wantsLeader(this);
  }

  /** A final outcome that is no success. What was numbered after it would be refused, so the next ones have another identity. */
  #fail(batch: ProduceBatch, outcome: Outcome, reason: string): void {
    const { identity, ambiguous } = batch;
    if (identity !== null) this.#forget(identity);
    this.#settle(batch, ambiguous ? Outcome.unknown : outcome, reason);
  }

  /** Gives up a batch in flight. */
  #abandon(batch: ProduceBatch, reason: string): void {
    if (batch.identity !== null) this.#forget(batch.identity);
    batch.settled = true;
    this.#draining = true;
    this.#tell(batch, Outcome.unknown, reason);
  }

  #forget(identity: ProducerIdentity): void {
    if (this.#numbers?.forget(identity)) this.#draining = this.#flying.length > 0;
  }

  /** Both halves take the place of a batch that was too large and is not in flight. */
  #split(batch: ProduceBatch): void {
    const half = batch.count >> 1;
    this.#limit = Math.max(1, Math.min(this.#limit, batch.length >> 1));
    const first = this.#part(batch, 0, half, batch.order);
    const second = first === null ? null : this.#part(batch, half, batch.count, batch.order + batch.span / 2);
    if (first === null || second === null) {
      if (first !== null) this.#drop(first);
      this.#fail(batch, Outcome.rejected, batch.lastFailure);
      return;
    }
    this.#events.shortened();
    if (batch.identity !== null) this.#forget(batch.identity);
    this.#drop(batch);
    this.#putBack(first);
    this.#putBack(second);
  }

  /** Events `from … to` of a batch once more; null where they cannot be made again. */
  #part(batch: ProduceBatch, from: number, to: number, order: number): ProduceBatch | null {
    const part = this.#take(batch.length);
    part.order = order;
    part.span = batch.span / 2;
    let whole = true;
    batch.eachRun((fleet, runFrom, runTo) => {
      for (let place = Math.max(from, runFrom); whole && place < Math.min(to, runTo); place++) {
        const again = this.#events.remake(fleet, batch.slots[place] as number);
        whole = again !== null && part.append(again, 0, batch.sentAtUs[place] as number, batch.baseTimestamp);
      }
    });
    if (whole) return part;
    this.#drop(part);
    return null;
  }

  #take(bytes: number): ProduceBatch {
    const batch = this.#settings.pool.take(Math.max(bytes, Math.min(this.#usual, this.#limit)), this.#limit);
    batch.order = this.#order++;
    this.#hold(batch.buffer.length);
    return batch;
  }

  #grow(batch: ProduceBatch): boolean {
    const before = batch.buffer.length;
    if (!this.#settings.pool.grow(batch, this.#limit)) return false;
    this.#hold(batch.buffer.length - before);
    return true;
  }

  #settle(batch: ProduceBatch, outcome: Outcome, reason: string): void {
    this.#usual = batch.length;
    this.#tell(batch, outcome, reason);
    this.#drop(batch);
  }

  #tell(batch: ProduceBatch, outcome: Outcome, reason: string): void {
    if (batch.onOutcome === null) this.#events.settled(this, batch, outcome, reason);
    else batch.onOutcome(outcome === Outcome.acked || outcome === Outcome.noAck, reason);
  }

  #drop(batch: ProduceBatch): void {
    this.#hold(-batch.buffer.length);
    this.#settings.pool.release(batch);
  }

  #hold(bytes: number): void {
    this.#heldBytes += bytes;
    this.#events.held(this);
  }
}
