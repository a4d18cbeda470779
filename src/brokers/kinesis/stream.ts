import { HASH_KEY_SPACE, hashKeyOf } from '../../wire/kinesis/hash-key.ts';
import type { BlockStore } from '../block-store.ts';
import { SpillFile } from '../spill-file.ts';
import { type HashKeyRange, Shard } from './shard.ts';

export type StreamMode = 'PROVISIONED' | 'ON_DEMAND';

/** Keys whose shard is remembered; forgotten together. */
const MOST_ROUTES = 65_536;

/** A stream and its shards. */
export class Stream {
  readonly name: string;
  readonly createdMs: number;
  /** Every one there ever was, by number. */
  readonly shards: Shard[] = [];
  mode: StreamMode;
  retentionHours = 24;
  /** Key of its encryption; null for none. */
  keyId: string | null = null;
  /** It is not at rest before, ms. */
  busyUntilMs: number;
  /** What keeps it from being at rest. */
  transition: 'CREATING' | 'UPDATING' | 'DELETING' = 'CREATING';
  /** In ascending order of their hash keys. */
  #open: Shard[] = [];
  readonly #routes = new Map<string, Shard>();
  readonly #place: { store: BlockStore; file: SpillFile };

  constructor(name: string, mode: StreamMode, shardCount: number, nowMs: number, readyMs: number, store: BlockStore) {
    this.name = name;
    this.mode = mode;
    this.createdMs = nowMs;
    this.busyUntilMs = readyMs;
    this.#place = { store, file: new SpillFile() };
    for (const range of evenRanges(shardCount)) this.#add(range, [], nowMs);
    this.#open = [...this.shards];
  }

  get open(): readonly Shard[] {
    return this.#open;
  }

  /** The shard of a record by its key, its bytes as JSON has them without escapes. */
  shardOfKey(bytes: Buffer, from: number, to: number): Shard {
    const text = bytes.toString('latin1', from, to);
    return this.#routes.get(text) ?? this.#remember(text, this.shardOfHash(hashKeyOf(bytes.subarray(from, to))));
  }

  shardOfHash(hash: bigint): Shard {
    let low = 0;
    let high = this.#open.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#open[middle] as Shard).range.first <= hash) low = middle;
      else high = middle;
    }
    return this.#open[low] as Shard;
  }

  /** Ends a shard; two others have its keys below `at` and from there on. */
  split(shard: Shard, at: bigint, nowMs: number): void {
    const { first, last } = shard.range;
    const lower = this.#add({ first, last: at - 1n }, [shard], nowMs);
    const upper = this.#add({ first: at, last }, [shard], nowMs);
    this.#replace([shard], [lower, upper], nowMs);
  }

  /** Ends two neighbours; one shard has the keys of both. */
  merge(one: Shard, other: Shard, nowMs: number): void {
    const [lower, upper] = one.range.first < other.range.first ? [one, other] : [other, one];
    const range = { first: lower.range.first, last: upper.range.last };
    this.#replace([lower, upper], [this.#add(range, [one, other], nowMs)], nowMs);
  }

  /** Splits and merges until `count` shards share the keys evenly. */
  resize(count: number, nowMs: number): void {
    const ranges = evenRanges(count);
    for (const { first } of ranges) {
      const shard = this.shardOfHash(first);
      if (shard.range.first !== first) this.split(shard, first, nowMs);
    }
    for (const { first, last } of ranges) {
      for (let shard = this.shardOfHash(first); shard.range.last !== last; shard = this.shardOfHash(first))
        this.merge(shard, this.shardOfHash(shard.range.last + 1n), nowMs);
    }
  }

  /** Lets go of what it holds. */
  drop(): void {
    for (const { log } of this.shards) log.drop();
    this.#place.file.close();
  }

  #add(range: HashKeyRange, parents: readonly Shard[], nowMs: number): Shard {
    const shard = new Shard(this.shards.length, range, parents, nowMs, this.#place);
    this.shards.push(shard);
    return shard;
  }

  #replace(old: readonly Shard[], young: readonly Shard[], nowMs: number): void {
    for (const shard of old) shard.closedMs = nowMs;
    this.#open.splice(this.#open.indexOf(old[0] as Shard), old.length, ...young);
    this.#routes.clear();
  }

  #remember(text: string, shard: Shard): Shard {
    if (this.#routes.size >= MOST_ROUTES) this.#routes.clear();
    this.#routes.set(text, shard);
    return shard;
  }
}

function evenRanges(count: number): HashKeyRange[] {
  const bounds = Array.from({ length: count + 1 }, (_, i) => (HASH_KEY_SPACE * BigInt(i)) / BigInt(count));
  return bounds.slice(1).map((end, i) => ({ first: bounds[i] as bigint, last: end - 1n }));
}
