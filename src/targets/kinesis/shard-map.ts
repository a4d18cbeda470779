import { hashKeyOf } from '../../wire/kinesis/hash-key.ts';
import type { ShardInfo } from './calls.ts';
import { shardNumber } from './shard-number.ts';

/** Places in a shard over which `hash_key: even` spreads its seats, so that a shard that is split later keeps its halves alike. */
const PLACES = 16;

/** The open shards of a stream, by where their parts of the key space begin. */
export class ShardMap {
  readonly ids: readonly string[];
  /** The numbers in their ids; -1 where there is none. */
  readonly numbers: readonly number[];
  readonly #firsts: readonly bigint[];
  readonly #places: readonly (readonly Uint8Array[])[];

  constructor(shards: readonly ShardInfo[]) {
    const open = shards.filter((shard) => shard.open).sort((a, b) => (a.firstHash < b.firstHash ? -1 : 1));
    this.ids = open.map(({ id }) => id);
    this.numbers = this.ids.map(shardNumber);
    this.#firsts = open.map(({ firstHash }) => firstHash);
    this.#places = open.map(({ firstHash, lastHash }) =>
      Array.from({ length: PLACES }, (_, i) =>
        Buffer.from(`${firstHash + ((lastHash - firstHash) * BigInt(2 * i + 1)) / BigInt(2 * PLACES)}`),
      ),
    );
  }

  get count(): number {
    return this.ids.length;
  }

  /** Number of the shard that a partition key (UTF-8) leads to. */
  ofKey(key: Uint8Array): number {
    return this.ofHash(hashKeyOf(key));
  }

  /** Number of the shard that a hash key belongs to. */
  ofHash(hash: bigint): number {
    let [low, high] = [0, this.#firsts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#firsts[middle] as bigint) <= hash) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** A hash key within a shard, in decimal digits: one of a few for all seats. */
  placeIn(shard: number, seat: number): Uint8Array {
    const places = this.#places[shard] as readonly Uint8Array[];
    return places[Math.floor(seat / this.count) % PLACES] as Uint8Array;
  }
}
