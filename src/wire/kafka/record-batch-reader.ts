import { type CompressionCodec, type CompressionName, compressionNames } from './compression.ts';
import type { Crc32c } from './crc32c.ts';
import { BatchField, MAGIC } from './record-batch.ts';
import { createBatchHeader, LOG_OVERHEAD, readBatchHeader } from './record-batch-header.ts';
import { createRecordPlaces, RecordCursor, type RecordPlaces } from './record-cursor.ts';

/** Most bytes that one batch may make when it is decompressed. */
const MAX_DECOMPRESSED = 128 * 1024 * 1024;

/** Holes that are kept apart, of what one call to `open` gives. */
const MAX_HOLES = 1_000;

/** A transaction that was aborted, as a Fetch response names it. */
export interface AbortedTransaction {
  producerId: number;
  firstOffset: number;
}

/**
 * Why reading has stopped.
 *
 * - `more`: the places hold what there was room for; read on.
 * - `end`: everything was read, but for a batch that is cut off at the end.
 * - `codec`: `codec` has to be loaded first; read on then.
 * - `checksum`: the batch is not what its checksum was made of.
 * - `records`: the batch's records cannot be read.
 * - `old`: it is a message of before Kafka 0.11.
 * - `malformed`: nobody can say where the next batch begins.
 *
 * After `checksum`, `records` and `old`, `skip` goes on behind the batch; after `checksum`, `read` goes on with it all the same.
 */
export type ReadStop = 'more' | 'end' | 'codec' | 'checksum' | 'records' | 'old' | 'malformed';

/** Kind of a control record that ends a transaction without it. */
const ABORT = 0;

/**
 * Reads the record batches of one partition, as a Fetch response has them, into places. No byte outside is read, nothing is allocated but
 * what a batch decompresses to, within a bound, and each call to `read` goes on by at least a record or stops for good.
 */
export class RecordBatchReader {
  readonly #crc32c: Crc32c;
  readonly #codecs: ReadonlyMap<CompressionName, CompressionCodec>;
  readonly #cursor = new RecordCursor();
  readonly #batch = createBatchHeader();
  readonly #following = createBatchHeader();
  readonly #control = createRecordPlaces(1);
  readonly #abortedIds = new Set<number>();
  #aborted: readonly AbortedTransaction[] = [];
  #nextAborted = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #recordBytes = this.#bytes;
  #at = 0;
  #to = 0;
  #inBatch = false;
  /** The batch's checksum is wrong. */
  #altered = false;
  #position = 0;
  /** The position when the batch was met. */
  #entered = 0;
  #holes: [number, number][] = [];
  #epochs: [number, number][] = [];
  #leftOut = 0;
  #codec: CompressionName = 'none';

  /** `codecs` may grow while it is in use. */
  constructor(crc32c: Crc32c, codecs: ReadonlyMap<CompressionName, CompressionCodec>) {
    this.#crc32c = crc32c;
    this.#codecs = codecs;
  }

  /** Offset of the next record that nobody has been given. */
  get position(): number {
    return this.#position;
  }

  /**
   * Offsets from the first position on that have no record any more, each hole by its first offset and the one behind its last: compaction
   * takes records out.
   */
  get holes(): readonly (readonly [from: number, to: number])[] {
    return this.#holes;
  }

  /** Records since `open` that are no events: marks of the broker's, and those of transactions that were aborted. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Of which leader's term the batches read since `open` are, in their order: each term with the offset from which on. */
  get epochs(): readonly (readonly [epoch: number, from: number])[] {
    return this.#epochs;
  }

  /** What is to be loaded. */
  get codec(): CompressionName {
    return this.#codec;
  }

  /** First and last offset of the batch at which reading has stopped. */
  get batch(): { readonly baseOffset: number; readonly lastOffset: number } {
    return this.#batch;
  }

  /** Begins with `bytes[from … to)`; records before `position` are not asked for. `aborted`, by first offset, are those whose records are left out. */
  open(
    bytes: Uint8Array,
    from: number,
    to: number,
    position: number,
    aborted: readonly AbortedTransaction[] = [],
  ): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.#at = from;
    this.#to = to;
    this.#position = this.#entered = position;
    this.#holes = [];
    this.#epochs = [];
    this.#leftOut = 0;
    this.#inBatch = false;
    this.#altered = false;
    this.#aborted = aborted;
    this.#nextAborted = 0;
    this.#abortedIds.clear();
  }

  /** Lets go of the bytes. */
  close(): void {
    this.#bytes = this.#recordBytes = new Uint8Array(0);
    this.#view = new DataView(this.#bytes.buffer);
    this.#cursor.close();
    this.#at = this.#to = 0;
    this.#inBatch = false;
  }

  /** Appends to `into`, which is to be emptied when this returns `more`. */
  read(into: RecordPlaces): ReadStop {
    for (;;) {
      if (!this.#inBatch) {
        const stop = this.#enter();
        if (stop === 'passed') continue;
        if (stop !== 'entered') return stop;
      }
      if (into.count > 0 && into.bytes !== this.#recordBytes) return 'more';
      into.bytes = this.#recordBytes;
      const good = this.#cursor.read(into, this.#position);
      if (!this.#altered) this.#position = Math.max(this.#position, this.#cursor.position);
      if (!good) return 'records';
      if (this.#cursor.left > 0) return 'more';
      if (!this.#altered) this.#miss(this.#cursor.holes(this.#entered));
      this.skip();
    }
  }

  /** Goes on behind the batch at which reading has stopped. */
  skip(): void {
    const { end, baseOffset, lastOffset } = this.#batch;
    if (!this.#altered && baseOffset > this.#entered) this.#miss([this.#entered, baseOffset]);
    this.#position = Math.max(this.#position, this.#altered ? this.#offsetBehind() : lastOffset + 1);
    this.#at = end;
    this.#inBatch = false;
    this.#altered = false;
    this.#entered = this.#position;
  }

  #miss(holes: readonly number[]): void {
    for (let i = 0; i < holes.length && this.#holes.length < MAX_HOLES; i += 2) {
      this.#holes.push([holes[i] as number, holes[i + 1] as number]);
    }
  }

  #enter(): ReadStop | 'entered' | 'passed' {
    const batch = this.#batch;
    const found = readBatchHeader(this.#view, this.#at, this.#to, batch);
    if (found === 'cut') return 'end';
    if (found === 'malformed') return 'malformed';
    if (batch.magic !== MAGIC) return 'old';
    if (!this.#altered && this.#crc32c(this.#bytes, batch.crcStart, batch.end) !== batch.crc) {
      this.#altered = true;
      return 'checksum';
    }
    const { leaderEpoch, baseOffset } = batch;
    if (!this.#altered && leaderEpoch !== this.#epochs.at(-1)?.[0]) {
      this.#epochs.push([leaderEpoch, Math.max(baseOffset, this.#position)]);
    }
    const known = batch.lastOffset < this.#position;
    if (known || this.#isLeftOut()) {
      if (!known) this.#leftOut += batch.count;
      this.skip();
      return 'passed';
    }
    const start = this.#at + BatchField.records;
    if (batch.compression === 0) return this.#begin(this.#bytes, start, batch.end);
    const name = compressionNames[batch.compression];
    if (name === undefined) return 'records';
    const codec = this.#codecs.get(name);
    if (codec === undefined) {
      this.#codec = name;
      return 'codec';
    }
    let records: Uint8Array;
    try {
      records = codec.decompress(this.#bytes.subarray(start, batch.end), MAX_DECOMPRESSED);
    } catch {
      // What is damaged or a bomb: the batch's records cannot be read, whichever it is.
      return 'records';
    }
    return this.#begin(records, 0, records.length);
  }

  /** Where to go on behind a batch whose last offset may be altered: no other batch may be leapt over. */
  #offsetBehind(): number {
    const { end, baseOffset, lastOffset } = this.#batch;
    const least = Math.min(lastOffset, baseOffset + end - this.#at) + 1;
    if (this.#to - end < LOG_OVERHEAD) return least;
    return readBatchHeader(this.#view, end, this.#to, this.#following) === 'malformed'
      ? least
      : Math.min(lastOffset + 1, this.#following.baseOffset);
  }

  #begin(bytes: Uint8Array, from: number, to: number): 'entered' {
    const { count, baseOffset, lastOffset } = this.#batch;
    this.#recordBytes = bytes;
    this.#cursor.open(bytes, from, to, count, baseOffset, lastOffset);
    this.#inBatch = true;
    return 'entered';
  }

  /** Whether the batch holds no events: it is a mark of the broker's, or of a transaction that was aborted. */
  #isLeftOut(): boolean {
    const { lastOffset, producerId, transactional } = this.#batch;
    for (; this.#nextAborted < this.#aborted.length; this.#nextAborted++) {
      const { firstOffset, producerId: id } = this.#aborted[this.#nextAborted] as AbortedTransaction;
      if (firstOffset > lastOffset) break;
      this.#abortedIds.add(id);
    }
    if (this.#batch.control) {
      if (this.#isAbort()) this.#abortedIds.delete(producerId);
      return true;
    }
    return transactional && this.#abortedIds.has(producerId);
  }

  /** Whether the control record, which is never compressed, ends its transaction without it. Its key: version:i16 kind:i16. */
  #isAbort(): boolean {
    const { end, count, baseOffset, lastOffset, compression } = this.#batch;
    if (count !== 1 || compression !== 0) return false;
    this.#cursor.open(this.#bytes, this.#at + BatchField.records, end, 1, baseOffset, lastOffset);
    const { keyStarts, keyEnds } = this.#control;
    this.#control.count = 0;
    if (!this.#cursor.read(this.#control, 0) || this.#control.count !== 1) return false;
    const key = keyStarts[0] as number;
    return (keyEnds[0] as number) - key >= 4 && this.#view.getInt16(key + 2) === ABORT;
  }
}
