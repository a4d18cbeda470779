import type { Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import type { CompressionCodec } from '../../wire/kafka/compression.ts';
import type { Crc32c } from '../../wire/kafka/crc32c.ts';
import { PARTITION_PREFIX } from '../../wire/kafka/produce.ts';
import { RecordBatchWriter } from '../../wire/kafka/record-batch-writer.ts';
import type { ProducerIdentity } from './cluster.ts';

/** Events that a new batch has columns for; more come when they are needed. */
const FIRST_EVENTS = 256;

/** Events of one partition that travel together, from the first of them to their common outcome. Reused. */
export class ProduceBatch {
  readonly #writer = new RecordBatchWriter(PARTITION_PREFIX);
  #slots = new Float64Array(FIRST_EVENTS);
  #sentAtUs = new Float64Array(FIRST_EVENTS);
  /** Where each run of events of one fleet begins, and whose it is. */
  readonly #runFrom: number[] = [];
  readonly #runFleet: number[] = [];
  #sealedLength = 0;
  #stamped: ProducerIdentity | null | undefined;
  /** What it writes into, of a size that the pool knows. */
  buffer: Uint8Array = new Uint8Array(0);
  /** When its first event was given to the sink; the delivery timeout counts from there. */
  firstAtUs: Micros = 0;
  /** Place among the batches of its partition, and the stretch of places that the parts of it may take. */
  order = 0;
  span = 1;
  /** Under which it is sent, also again, until its outcome is known; null without idempotence and before the first attempt. */
  identity: ProducerIdentity | null = null;
  sequence = 0;
  /** How often it was handed to a connection. */
  attempts = 0;
  /** An attempt may have stored it. */
  ambiguous = false;
  /** Why the last attempt failed, in words; empty before that. */
  lastFailure = '';
  /** Its outcome is told; it is still in flight. */
  settled = false;
  /** Told its outcome instead of the sink's owner: nobody's slots are in it. */
  onOutcome: ((stored: boolean, reason: string) => void) | null = null;

  /** Begins anew in a buffer, of which at most `limit` bytes are the batch. */
  reset(buffer: Uint8Array, limit: number): void {
    this.buffer = buffer;
    this.#writer.reset(within(buffer, limit));
    this.#runFrom.length = 0;
    this.#runFleet.length = 0;
    this.#sealedLength = 0;
    this.#stamped = undefined;
    this.span = 1;
    this.identity = null;
    this.attempts = 0;
    this.ambiguous = false;
    this.lastFailure = '';
    this.settled = false;
    this.onOutcome = null;
  }

  /** Goes on in a longer buffer; returns the one before. */
  move(buffer: Uint8Array, limit: number): Uint8Array {
    const before = this.buffer;
    this.buffer = buffer;
    this.#writer.move(within(buffer, limit));
    return before;
  }

  get count(): number {
    return this.#writer.count;
  }

  /** Bytes of the batch as it is before compression. */
  get length(): number {
    return this.#sealedLength || this.#writer.length;
  }

  get slots(): Float64Array {
    return this.#slots;
  }

  get sentAtUs(): Float64Array {
    return this.#sentAtUs;
  }

  /** Milliseconds. */
  get baseTimestamp(): number {
    return this.#writer.baseTimestamp;
  }

  /** Appends event `i`; false, and nothing has changed, where it has no room. */
  append(batch: EventBatch, i: number, atUs: Micros, timestamp: number): boolean {
    if (!this.#writer.append(batch, i, timestamp)) return false;
    const place = this.#writer.count - 1;
    if (place === 0) this.firstAtUs = atUs;
    if (place === this.#slots.length) this.#widen();
    this.#slots[place] = batch.slots[i] as number;
    this.#sentAtUs[place] = atUs;
    if (this.#runFleet.length === 0 || this.#runFleet[this.#runFleet.length - 1] !== batch.fleet) {
      this.#runFrom.push(place);
      this.#runFleet.push(batch.fleet);
    }
    return true;
  }

  /** Calls `run` with each run of events of one fleet: `slots[from … to)`. */
  eachRun(run: (fleet: number, from: number, to: number) => void): void {
    for (let i = 0; i < this.#runFleet.length; i++) {
      run(this.#runFleet[i] as number, this.#runFrom[i] as number, this.#runFrom[i + 1] ?? this.count);
    }
  }

  /** Makes it ready to be sent as what it is now; once. */
  seal(codec: CompressionCodec | null): void {
    if (this.#sealedLength > 0) return;
    this.#sealedLength = this.#writer.length;
    this.#writer.seal(codec);
  }

  /** What follows the head of a request: the partition's number, the batch's length, the batch. Sealed before; valid until it is reset. */
  piece(partition: number, crc: Crc32c): Uint8Array {
    const writer = this.#writer;
    if (this.#stamped !== this.identity) {
      const { identity } = this;
      if (identity === null) writer.stamp(-1n, -1, -1, crc);
      else writer.stamp(identity.id, identity.epoch, this.sequence, crc);
      this.#stamped = identity;
      writer.view.setInt32(0, partition);
      writer.view.setInt32(4, writer.length);
    }
    return writer.bytes.subarray(0, PARTITION_PREFIX + writer.length);
  }

  #widen(): void {
    const slots = new Float64Array(2 * this.#slots.length);
    const sentAtUs = new Float64Array(slots.length);
    slots.set(this.#slots);
    sentAtUs.set(this.#sentAtUs);
    this.#slots = slots;
    this.#sentAtUs = sentAtUs;
  }
}

function within(buffer: Uint8Array, limit: number): Uint8Array {
  return buffer.subarray(0, Math.min(buffer.length, PARTITION_PREFIX + limit));
}
