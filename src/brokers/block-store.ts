import type { SpillFile } from './spill-file.ts';

/** Consecutive batches of a partition, or records of a shard, in memory or in a file. */
export interface Block {
  /** null once it lies in the file only. */
  memory: Buffer | null;
  view: DataView | null;
  /** Bytes used of `memory`; only ever grows. */
  length: number;
  /** Nothing is added any more. */
  sealed: boolean;
  /** Where it lies in the file; -1 for nowhere. */
  position: number;
  readonly file: SpillFile;
  /** Of its first record. */
  readonly baseOffset: number;
  /** Largest timestamp of its records, ms; -1 for none. */
  maxTimestamp: number;
  /** Answers under way that point into `memory`. */
  pins: number;
  /** Its topic or stream is gone. */
  dropped: boolean;
}

/** Bounds of what a broker keeps in memory. */
export interface MemoryBounds {
  /** Bytes of blocks that may stay there; what is older goes to a file. */
  cacheBytes: number;
  /** Bytes beyond that from which on nothing more is taken until some has gone. */
  slackBytes: number;
}

export const defaultBounds: MemoryBounds = { cacheBytes: 64 * 1024 * 1024, slackBytes: 32 * 1024 * 1024 };

/** Most of a block; larger only for a single batch that is. */
export const BLOCK_BYTES = 1024 * 1024;
const SPARE_BUFFERS = 8;
const LOADED_BLOCKS = 16;
const WRITES_AT_ONCE = 4;

/** All blocks of a broker: keeps those that were written last in memory, up to a bound, and the others in files. */
export class BlockStore {
  readonly #bounds: MemoryBounds;
  /** Those that take memory, the oldest first. */
  readonly #resident = new Set<Block>();
  readonly #spare: Buffer[] = [];
  /** Read from a file not long ago, the oldest first. */
  readonly #loaded = new Map<Block, Promise<Buffer>>();
  #residentBytes = 0;
  #writes = 0;
  #waiting: (() => void)[] = [];
  /** A file could not be written, and none has been since. */
  #broken = false;

  constructor(bounds: MemoryBounds = defaultBounds) {
    this.#bounds = bounds;
  }

  get residentBytes(): number {
    return this.#residentBytes;
  }

  /** There is no room, and there will be none: the disk takes nothing. */
  get isFull(): boolean {
    return this.#broken && this.#isBeyond();
  }

  /** Resolves as soon as there is room again, or there will be none; null where nothing is to be waited for. */
  room(): Promise<void> | null {
    if (!this.#isBeyond()) return null;
    this.#evict();
    if (this.#broken || this.#writes === 0) return null;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** A block with room for `capacity` bytes. */
  open(file: SpillFile, baseOffset: number, capacity: number): Block {
    // Before it is there itself: what has just been opened is to be filled, not written.
    this.#evict(capacity);
    const spare = capacity === BLOCK_BYTES ? this.#spare.pop() : undefined;
    const memory = spare ?? Buffer.allocUnsafeSlow(capacity);
    const block: Block = {
      memory,
      view: new DataView(memory.buffer, memory.byteOffset, memory.length),
      length: 0,
      sealed: false,
      position: -1,
      file,
      baseOffset,
      maxTimestamp: -1,
      pins: 0,
      dropped: false,
    };
    this.#resident.add(block);
    this.#residentBytes += memory.length;
    return block;
  }

  /** The bytes of a block, which never change; `unpin` it when they are not needed any more. */
  pin(block: Block): Buffer | Promise<Buffer> {
    if (block.memory === null) return this.#load(block);
    block.pins++;
    return block.memory;
  }

  /** Ends one `pin` that was answered from memory. */
  unpin(block: Block): void {
    block.pins--;
  }

  /** The block's topic or stream is gone, or its records have outlived their retention. */
  drop(block: Block): void {
    block.dropped = true;
    block.sealed = true;
    this.#loaded.delete(block);
    // One that is being written is let go when that is over.
    if (block.position === -1) this.#release(block);
  }

  #isBeyond(): boolean {
    return this.#residentBytes > this.#bounds.cacheBytes + this.#bounds.slackBytes;
  }

  /** Writes what has to go so that `more` bytes find room. */
  #evict(more = 0): void {
    let bytes = this.#residentBytes + more;
    for (const block of this.#resident) {
      if (bytes <= this.#bounds.cacheBytes || this.#writes >= WRITES_AT_ONCE) return;
      bytes -= block.memory?.length ?? 0;
      // Position 0 is a place like any other: what is being written has one as well.
      if (block.position === -1) this.#write(block);
    }
  }

  #write(block: Block): void {
    const { memory, file } = block;
    if (memory === null) return;
    block.sealed = true;
    block.position = file.reserve(block.length);
    this.#writes++;
    file.write(memory, block.length, block.position, (failed) => {
      this.#writes--;
      this.#broken = failed;
      if (failed && !block.dropped) block.position = -1;
      else this.#release(block);
      // Whoever waits may go on, or has to give up.
      if (failed || !this.#isBeyond()) this.#wake();
      if (!failed) this.#evict();
    });
  }

  #release(block: Block): void {
    const { memory } = block;
    if (memory === null) return;
    block.memory = null;
    block.view = null;
    this.#resident.delete(block);
    this.#residentBytes -= memory.length;
    if (block.pins === 0 && memory.length === BLOCK_BYTES && this.#spare.length < SPARE_BUFFERS)
      this.#spare.push(memory);
    if (!this.#isBeyond()) this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #load(block: Block): Promise<Buffer> {
    const known = this.#loaded.get(block);
    const bytes = known ?? block.file.read(block.position, block.length);
    // Behind all others, as the latest.
    this.#loaded.delete(block);
    this.#loaded.set(block, bytes);
    if (known === undefined) bytes.catch(() => this.#loaded.delete(block));
    for (const oldest of this.#loaded.keys()) {
      if (this.#loaded.size <= LOADED_BLOCKS) break;
      this.#loaded.delete(oldest);
    }
    return bytes;
  }
}
