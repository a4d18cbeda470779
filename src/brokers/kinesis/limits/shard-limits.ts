import type { Micros } from '../../../core/clock.ts';
import { TokenBucket } from './token-bucket.ts';

const MIB = 1024 * 1024;
const RECORDS_PER_SECOND = 1000;
const BYTES_PER_SECOND = MIB;
const READS_PER_SECOND = 5;
const READ_BYTES_PER_SECOND = 2 * MIB;

/** What a shard takes and gives: 1 000 records and 1 MiB a second in, 5 answers and 2 MiB a second out. */
export class ShardLimits {
  readonly #records = new TokenBucket(RECORDS_PER_SECOND);
  readonly #bytes = new TokenBucket(BYTES_PER_SECOND);
  readonly #reads = new TokenBucket(READS_PER_SECOND);
  readonly #readBytes = new TokenBucket(READ_BYTES_PER_SECOND);

  /** Takes up a request's instant; before any `admit`. */
  arrive(nowUs: Micros): void {
    this.#records.refill(nowUs);
    this.#bytes.refill(nowUs);
  }

  /** Whether a record of so many bytes, its key among them, is taken. */
  admit(bytes: number): boolean {
    if (!this.#records.has(1) || !this.#bytes.has(bytes)) return false;
    this.#records.take(1);
    this.#bytes.take(bytes);
    return true;
  }

  /** Whether a read is answered. */
  admitRead(nowUs: Micros): boolean {
    this.#reads.refill(nowUs);
    this.#readBytes.refill(nowUs);
    if (!this.#reads.has(1) || !this.#readBytes.has(1)) return false;
    this.#reads.take(1);
    return true;
  }

  /** One answer may hold 10 MiB, and nothing is read for as long as that is more than the limit. */
  readOut(bytes: number): void {
    this.#readBytes.take(bytes);
  }
}
