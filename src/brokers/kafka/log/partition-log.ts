import { BatchField } from '../../../wire/kafka/record-batch.ts';
import { LOG_OVERHEAD } from '../../../wire/kafka/record-batch-header.ts';
import { BLOCK_BYTES, type Block, type BlockStore } from '../../block-store.ts';
import type { SpillFile } from '../../spill-file.ts';
import { int64At, setInt64At } from './int64.ts';
import { ProducerStates } from './producer-states.ts';

/** Of the first block of a partition; each is four times as large as the one before, up to `BLOCK_BYTES`. */
const FIRST_BLOCK_BYTES = 16 * 1024;

/** A run of whole batches as they lie in the log. */
export interface LogSlice {
  bytes: Buffer;
  from: number;
  to: number;
  /** Of the first record behind it. */
  endOffset: number;
  /** Points into memory that has to be unpinned. */
  pinned: Block | null;
}

/** The log of a partition: record batches one behind the other, their offsets without a gap between batches. */
export class PartitionLog {
  readonly producers = new ProducerStates();
  readonly #store: BlockStore;
  readonly #file: SpillFile;
  readonly #blocks: Block[] = [];
  readonly #watchers = new Set<(bytes: number) => void>();
  #nextBlockBytes = FIRST_BLOCK_BYTES;
  #endOffset = 0;
  #dropped = false;
  /** Where the last reader stopped, which is where the next one begins most often. */
  #hint = { offset: -1, block: 0, position: 0 };

  constructor(store: BlockStore, file: SpillFile) {
    this.#store = store;
    this.#file = file;
  }

  /** Of the next record. */
  get endOffset(): number {
    return this.#endOffset;
  }

  /** Of the first record that is still there: nothing is ever cut off. */
  get startOffset(): number {
    return 0;
  }

  /** Its topic is gone. */
  get dropped(): boolean {
    return this.#dropped;
  }

  /** Copies `batch[at … at + length)` behind all others, with this log's offsets, and returns the first of them. */
  append(batch: Uint8Array, at: number, length: number): number {
    const block = this.#blockFor(length);
    const { memory, view } = block as { memory: Buffer; view: DataView };
    const start = block.length;
    memory.set(at === 0 && length === batch.length ? batch : batch.subarray(at, at + length), start);
    const baseOffset = this.#endOffset;
    setInt64At(view, start + BatchField.baseOffset, baseOffset);
    view.setInt32(start + BatchField.leaderEpoch, 0);
    this.#endOffset = baseOffset + view.getInt32(start + BatchField.lastOffsetDelta) + 1;
    block.maxTimestamp = Math.max(block.maxTimestamp, int64At(view, start + BatchField.maxTimestamp));
    block.length = start + length;
    for (const watcher of this.#watchers) watcher(length);
    return baseOffset;
  }

  /** Calls `watcher` with the size of every batch that is appended, and with infinity when the log is gone; returns what ends that. */
  watch(watcher: (bytes: number) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * The batches from the one that holds `offset` on, of `maxBytes` at most, or of one batch if `atLeastOne` and it is larger; up to the end
   * of a block, where another call goes on. null where there is nothing.
   */
  async read(offset: number, maxBytes: number, atLeastOne: boolean): Promise<LogSlice | null> {
    const index = this.#blockOf(offset);
    const block = this.#blocks[index];
    const endOffset = this.#endOffset;
    if (block === undefined || offset >= endOffset) return null;
    const end = block.length;
    const isLast = index === this.#blocks.length - 1;
    const pinned = block.memory === null ? null : block;
    const bytes = await this.#store.pin(block);
    const view = block.view ?? new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const { offset: known, block: where, position } = this.#hint;
    let from = known <= offset && where === index && position < end && known !== -1 ? position : 0;
    while (endOffsetAt(view, from) <= offset) from += batchBytes(view, from);
    let to = end;
    if (end - from > maxBytes) {
      to = from;
      for (let next = from + batchBytes(view, from); next - from <= maxBytes; next += batchBytes(view, next)) to = next;
      if (to === from && atLeastOne) to = from + batchBytes(view, from);
    }
    if (to === from) {
      if (pinned !== null) this.#store.unpin(pinned);
      return null;
    }
    let next = endOffset;
    if (to < end) next = int64At(view, to);
    else if (!isLast) next = (this.#blocks[index + 1] as Block).baseOffset;
    if (to < end || isLast) this.#hint = { offset: next, block: index, position: to };
    return { bytes, from, to, endOffset: next, pinned };
  }

  /** Ends the use of what `read` gave. */
  release({ pinned }: LogSlice): void {
    if (pinned !== null) this.#store.unpin(pinned);
  }

  /** The first batch with a timestamp of at least `timestamp`; null where there is none. */
  async since(timestamp: number): Promise<LogSlice | null> {
    const block = this.#blocks.find(({ maxTimestamp }) => maxTimestamp >= timestamp);
    if (block === undefined) return null;
    const end = block.length;
    const pinned = block.memory === null ? null : block;
    const bytes = await this.#store.pin(block);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let from = 0;
    while (from < end && int64At(view, from + BatchField.maxTimestamp) < timestamp) from += batchBytes(view, from);
    return { bytes, from, to: from + batchBytes(view, from), endOffset: endOffsetAt(view, from), pinned };
  }

  /** Gives back what it holds. */
  drop(): void {
    this.#dropped = true;
    for (const block of this.#blocks) this.#store.drop(block);
    this.#blocks.length = 0;
    for (const watcher of this.#watchers) watcher(Number.POSITIVE_INFINITY);
  }

  #blockFor(length: number): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && !last.sealed && last.memory !== null) {
      if (last.length + length <= last.memory.length) return last;
      last.sealed = true;
    } else if (last !== undefined) {
      // It was written before it was full: there are too many partitions for blocks of that size.
      this.#nextBlockBytes = Math.max(FIRST_BLOCK_BYTES, Math.min(BLOCK_BYTES, 2 * last.length));
    }
    const block = this.#store.open(this.#file, this.#endOffset, Math.max(length, this.#nextBlockBytes));
    this.#nextBlockBytes = Math.min(BLOCK_BYTES, this.#nextBlockBytes * 4);
    this.#blocks.push(block);
    return block;
  }

  /** Index of the last block that begins at `offset` or before. */
  #blockOf(offset: number): number {
    let [low, high] = [0, this.#blocks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#blocks[middle] as Block).baseOffset <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Bytes of the batch that begins at `at`. */
function batchBytes(view: DataView, at: number): number {
  return LOG_OVERHEAD + view.getInt32(at + BatchField.length);
}

function endOffsetAt(view: DataView, at: number): number {
  return int64At(view, at) + view.getInt32(at + BatchField.lastOffsetDelta) + 1;
}
