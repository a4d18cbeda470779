/** Members per block. */
const BLOCK = 65_536;
const WORDS = BLOCK / 32;
/** Spare bitmaps a set keeps for its next blocks. */
const MAX_SPARE = 4;

interface OpenBlock {
  readonly words: Uint32Array;
  count: number;
}
/** A block with every member present needs no bitmap. */
const COMPLETE = 'complete';
type Block = OpenBlock | typeof COMPLETE;

/**
 * A set of non-negative safe integers, made for numbers that come almost in order: bitmaps in blocks of 65 536, of which a complete
 * one shrinks to a marker. So the memory is 8 KiB per block with holes, however many members there are.
 */
export class SlotSet {
  readonly #blocks = new Map<number, Block>();
  readonly #spare: Uint32Array[] = [];
  #count = 0;
  /** The open block used last; numbers that come in order find it without a look-up. */
  #lastKey = -1;
  #last: OpenBlock | undefined;

  get count(): number {
    return this.#count;
  }

  /** Bitmaps held, 8 KiB each. */
  get openBlocks(): number {
    let open = 0;
    for (const block of this.#blocks.values()) if (block !== COMPLETE) open++;
    return open;
  }

  /** Adds a member; false when it was one already. */
  add(slot: number): boolean {
    const key = slot < 0x1_0000_0000 ? slot >>> 16 : Math.floor(slot / BLOCK);
    let block = this.#last;
    if (key !== this.#lastKey || block === undefined) {
      block = this.#open(key);
      if (block === undefined) return false;
    }
    const index = (slot & 0xffff) >>> 5;
    const word = block.words[index] as number;
    const changed = word | (1 << (slot & 31));
    // Both sides as int32: a stored word is unsigned, the result of `|` is not.
    if (changed === (word | 0)) return false;
    block.words[index] = changed;
    this.#count++;
    if (++block.count === BLOCK) this.#complete(key, block);
    return true;
  }

  has(slot: number): boolean {
    const block = this.#blocks.get(Math.floor(slot / BLOCK));
    if (block === undefined) return false;
    if (block === COMPLETE) return true;
    return ((block.words[(slot & 0xffff) >>> 5] as number) & (1 << (slot & 31))) !== 0;
  }

  /** Adds `from … to−1`; returns how many of them are new. */
  addInterval(from: number, to: number): number {
    const before = this.#count;
    let slot = from;
    while (slot < to) {
      const key = Math.floor(slot / BLOCK);
      const first = key * BLOCK;
      const end = Math.min(to, first + BLOCK);
      const block = this.#open(key);
      if (block !== undefined) this.#fill(key, block, slot - first, end - first);
      slot = end;
    }
    return this.#count - before;
  }

  /** Adds every member of another set. */
  addAll(other: SlotSet): void {
    other.forEachInterval((from, to) => this.addInterval(from, to));
  }

  /** Visits the members as maximal intervals `from … to−1` in ascending order. */
  forEachInterval(visit: (from: number, to: number) => void): void {
    let from = -1;
    let to = -1;
    const extend = (start: number, end: number): void => {
      if (start === to) {
        to = end;
        return;
      }
      if (to > from) visit(from, to);
      from = start;
      to = end;
    };
    for (const key of this.#keys()) {
      const block = this.#blocks.get(key) as Block;
      const base = key * BLOCK;
      if (block === COMPLETE) extend(base, base + BLOCK);
      else forEachRun(block.words, (start, end) => extend(base + start, base + end));
    }
    if (to > from) visit(from, to);
  }

  /** The first `limit` members in ascending order. */
  first(limit: number): number[] {
    const members: number[] = [];
    for (const key of this.#keys()) {
      if (members.length >= limit) break;
      const block = this.#blocks.get(key) as Block;
      for (let i = 0; i < BLOCK && members.length < limit; i++) {
        if (block === COMPLETE || ((block.words[i >>> 5] as number) & (1 << (i & 31))) !== 0) {
          members.push(key * BLOCK + i);
        }
      }
    }
    return members;
  }

  /** Removes every member and keeps some bitmaps for reuse. */
  clear(): void {
    for (const block of this.#blocks.values()) if (block !== COMPLETE) this.#recycle(block.words);
    this.#blocks.clear();
    this.#count = 0;
    this.#lastKey = -1;
    this.#last = undefined;
  }

  /** The members of `a` that `b` has too. */
  static intersection(a: SlotSet, b: SlotSet): SlotSet {
    return SlotSet.#combine(a, b, (x, y) => x & y);
  }

  /** The members of `a` that `b` lacks. */
  static difference(a: SlotSet, b: SlotSet): SlotSet {
    return SlotSet.#combine(a, b, (x, y) => x & ~y);
  }

  /** How many members of `a` `b` lacks, without making a set of them. */
  static differenceCount(a: SlotSet, b: SlotSet): number {
    let count = 0;
    for (const [key, left] of a.#blocks) {
      const right = b.#blocks.get(key);
      if (right === COMPLETE) continue;
      if (right === undefined) count += left === COMPLETE ? BLOCK : left.count;
      else if (left === COMPLETE) count += BLOCK - right.count;
      else count += bitsOnlyIn(left.words, right.words);
    }
    return count;
  }

  /** Applies a word operation for which 0 on the left gives 0. */
  static #combine(a: SlotSet, b: SlotSet, operation: (x: number, y: number) => number): SlotSet {
    const result = new SlotSet();
    let words = new Uint32Array(WORDS);
    for (const [key, left] of a.#blocks) {
      const right = b.#blocks.get(key);
      let count = 0;
      for (let i = 0; i < WORDS; i++) {
        const word = operation(wordOf(left, i), right === undefined ? 0 : wordOf(right, i));
        words[i] = word;
        count += bitsIn(word);
      }
      if (count === 0) continue;
      result.#count += count;
      if (count === BLOCK) {
        result.#blocks.set(key, COMPLETE);
        continue;
      }
      result.#blocks.set(key, { words, count });
      words = new Uint32Array(WORDS);
    }
    return result;
  }

  #keys(): number[] {
    return [...this.#blocks.keys()].sort((a, b) => a - b);
  }

  /** The open block `key`, made when it does not exist; undefined when it is complete. */
  #open(key: number): OpenBlock | undefined {
    let block = this.#blocks.get(key);
    if (block === COMPLETE) return undefined;
    if (block === undefined) {
      block = { words: this.#spare.pop() ?? new Uint32Array(WORDS), count: 0 };
      this.#blocks.set(key, block);
    }
    this.#lastKey = key;
    this.#last = block;
    return block;
  }

  #fill(key: number, block: OpenBlock, from: number, to: number): void {
    const { words } = block;
    for (let start = from; start < to; start = (start | 31) + 1) {
      const index = start >>> 5;
      const end = Math.min(to, (start | 31) + 1);
      const mask = (0xffff_ffff >>> (32 - (end - start))) << (start & 31);
      const added = bitsIn(mask & ~(words[index] as number));
      words[index] = (words[index] as number) | mask;
      block.count += added;
      this.#count += added;
    }
    if (block.count === BLOCK) this.#complete(key, block);
  }

  #complete(key: number, block: OpenBlock): void {
    this.#blocks.set(key, COMPLETE);
    this.#recycle(block.words);
    this.#lastKey = -1;
    this.#last = undefined;
  }

  #recycle(words: Uint32Array): void {
    if (this.#spare.length < MAX_SPARE) this.#spare.push(words.fill(0));
  }
}

function wordOf(block: Block, index: number): number {
  return block === COMPLETE ? -1 : (block.words[index] as number);
}

function bitsOnlyIn(words: Uint32Array, others: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < WORDS; i++) {
    const only = (words[i] as number) & ~(others[i] as number);
    if (only !== 0) count += bitsIn(only);
  }
  return count;
}

/** Number of 1 bits of a 32-bit word. */
function bitsIn(word: number): number {
  word -= (word >>> 1) & 0x5555_5555;
  word = (word & 0x3333_3333) + ((word >>> 2) & 0x3333_3333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** Visits the runs of 1 bits; runs that meet at a word's edge come as two that touch. */
function forEachRun(words: Uint32Array, visit: (start: number, end: number) => void): void {
  for (let index = 0; index < WORDS; index++) {
    let word = words[index] as number;
    let at = index * 32;
    while (word !== 0) {
      const zeros = 31 - Math.clz32(word & -word);
      word >>>= zeros;
      at += zeros;
      const ones = ~word === 0 ? 32 : 31 - Math.clz32(~word & (word + 1));
      visit(at, at + ones);
      if (ones === 32) break;
      word >>>= ones;
      at += ones;
    }
  }
}
