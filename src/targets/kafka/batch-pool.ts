import { PARTITION_PREFIX } from '../../wire/kafka/produce.ts';
import { ProduceBatch } from './produce-batch.ts';

/** Smallest batch that has a buffer made for it. */
const SMALLEST = 16 * 1024;

/**
 * Batches and their buffers, used again and again. Buffers hold batches of powers of two, so that a partition with few events holds little,
 * and one with many does not copy what it has.
 */
export class BatchPool {
  readonly #batches: ProduceBatch[] = [];
  readonly #buffers = new Map<number, Uint8Array[]>();
  #heldBytes = 0;

  /** Bytes of all buffers that are in use. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** An empty batch with room for `bytes`, which never becomes longer than that or `limit`. */
  take(bytes: number, limit: number): ProduceBatch {
    const batch = this.#batches.pop() ?? new ProduceBatch();
    batch.reset(this.#buffer(bytes), Math.max(limit, bytes));
    return batch;
  }

  /** Moves a batch into a buffer twice as long; false where it has the longest that `limit` allows. */
  grow(batch: ProduceBatch, limit: number): boolean {
    const before = batch.buffer.length - PARTITION_PREFIX;
    if (before >= limit) return false;
    this.#free(batch.move(this.#buffer(2 * before), limit));
    return true;
  }

  /** Takes back a batch that nobody looks at any more. */
  release(batch: ProduceBatch): void {
    this.#free(batch.buffer);
    this.#batches.push(batch);
  }

  /** One for a batch of so many bytes. */
  #buffer(bytes: number): Uint8Array {
    let batch = SMALLEST;
    while (batch < bytes) batch *= 2;
    const size = batch + PARTITION_PREFIX;
    this.#heldBytes += size;
    return this.#buffers.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size);
  }

  #free(buffer: Uint8Array): void {
    this.#heldBytes -= buffer.length;
    const free = this.#buffers.get(buffer.length);
    if (free === undefined) this.#buffers.set(buffer.length, [buffer]);
    else free.push(buffer);
  }
}
