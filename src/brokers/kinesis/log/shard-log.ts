import { BLOCK_BYTES, type Block, type BlockStore } from '../../block-store.ts';
import type { SpillFile } from '../../spill-file.ts';

/** Of the first block of a shard; each is four times as large as the one before, up to `BLOCK_BYTES`. */
const FIRST_BLOCK_BYTES = 16 * 1024;
/** keyLength:u32 dataLength:u32 arrivalMs:f64 key data */
export const RECORD_HEADER = 16;

/** Consecutive records as they lie in a block. */
export interface LogRun {
  bytes: Buffer;
  view: DataView;
  /** Where its first record begins, and its last one ends. */
  from: number;
  to: number;
  /** Place of the first one in the log, from 0, and how many there are. */
  first: number;
  count: number;
  /** Points into memory that has to be unpinned. */
  pinned: Block | null;
}

/**
 * The records of a shard, one behind the other, in the form in which they are answered: key as JSON has it between its quotes, data in
 * base64.
 */
export class ShardLog {
  readonly #store: BlockStore;
  readonly #file: SpillFile;
  readonly #blocks: Block[] = [];
  #nextBlockBytes = FIRST_BLOCK_BYTES;
  #end = 0;
  #start = 0;
  #latestMs = 0;
  #dropped = false;

  constructor(store: BlockStore, file: SpillFile) {
    this.#store = store;
    this.#file = file;
  }

  /** Place behind the last record. */
  get end(): number {
    return this.#end;
  }

  /** Place of the first record that is still there. */
  get start(): number {
    return this.#start;
  }

  /** Arrival of the latest record, ms since 1970; 0 for none. */
  get latestMs(): number {
    return this.#latestMs;
  }

  /** The stream is gone. */
  get dropped(): boolean {
    return this.#dropped;
  }

  /** Puts one behind all others, and returns its place. Arrivals never go back. */
  append(bytes: Uint8Array, keyFrom: number, keyTo: number, dataFrom: number, dataTo: number, ms: number): number {
    const keyLength = keyTo - keyFrom;
    const dataLength = dataTo - dataFrom;
    const length = RECORD_HEADER + keyLength + dataLength;
    const block = this.#blockFor(length);
    const { memory, view } = block as { memory: Buffer; view: DataView };
    const at = block.length;
    if (ms > this.#latestMs) this.#latestMs = ms;
    view.setUint32(at, keyLength);
    view.setUint32(at + 4, dataLength);
    view.setFloat64(at + 8, this.#latestMs);
    memory.set(bytes.subarray(keyFrom, keyTo), at + RECORD_HEADER);
    memory.set(bytes.subarray(dataFrom, dataTo), at + RECORD_HEADER + keyLength);
    block.maxTimestamp = this.#latestMs;
    block.length = at + length;
    return this.#end++;
  }

  /** Lets go of blocks all of whose records came before. */
  trim(beforeMs: number): void {
    for (let block = this.#blocks[0]; block !== undefined && block.maxTimestamp < beforeMs; block = this.#blocks[0]) {
      this.#store.drop(block);
      this.#blocks.shift();
      this.#start = this.#blocks[0]?.baseOffset ?? this.#end;
    }
  }

  /** Place of the first record that came at that time or later; the end where there is none. */
  async placeAt(ms: number): Promise<number> {
    const block = this.#blocks.find(({ maxTimestamp }) => maxTimestamp >= ms);
    if (block === undefined) return this.#end;
    const run = await this.read(block.baseOffset, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    if (run === null) return this.#end;
    let place = run.first;
    for (let at = run.from; at < run.to && run.view.getFloat64(at + 8) < ms; at = nextRecord(run.view, at)) place++;
    this.release(run);
    return place;
  }

  /** Records from `place` on, up to the end of a block, where another call goes on; one at least, also beyond `maxBytes`. null where there is none. */
  async read(place: number, maxCount: number, maxBytes: number): Promise<LogRun | null> {
    const block = this.#blockOf(place);
    if (block === undefined || place >= this.#end) return null;
    const end = block.length;
    const pinned = block.memory === null ? null : block;
    const bytes = await this.#store.pin(block);
    const view = block.view ?? new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let from = 0;
    for (let skipped = block.baseOffset; skipped < place; skipped++) from = nextRecord(view, from);
    let to = nextRecord(view, from);
    let count = 1;
    while (to < end && count < maxCount) {
      const next = nextRecord(view, to);
      if (next - from > maxBytes) break;
      to = next;
      count++;
    }
    return { bytes, view, from, to, first: place, count, pinned };
  }

  /** Ends the use of what `read` gave. */
  release({ pinned }: LogRun): void {
    if (pinned !== null) this.#store.unpin(pinned);
  }

  /** The stream is gone. */
  drop(): void {
    this.#dropped = true;
    for (const block of this.#blocks) this.#store.drop(block);
    this.#blocks.length = 0;
    this.#start = this.#end;
  }

  #blockFor(length: number): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && !last.sealed && last.memory !== null && last.length + length <= last.memory.length)
      return last;
    if (last !== undefined) last.sealed = true;
    const block = this.#store.open(this.#file, this.#end, Math.max(this.#nextBlockBytes, length));
    this.#nextBlockBytes = Math.min(BLOCK_BYTES, this.#nextBlockBytes * 4);
    this.#blocks.push(block);
    return block;
  }

  #blockOf(place: number): Block | undefined {
    let low = 0;
    let high = this.#blocks.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#blocks[middle] as Block).baseOffset <= place) low = middle;
      else high = middle;
    }
    return this.#blocks[low];
  }
}

/** Where the record behind the one at `at` begins. */
export function nextRecord(view: DataView, at: number): number {
  return at + RECORD_HEADER + view.getUint32(at) + view.getUint32(at + 4);
}
