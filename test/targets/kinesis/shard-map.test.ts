import { describe, expect, it } from 'vitest';
import { ShardMap } from '../../../src/targets/kinesis/shard-map.ts';
import { hashKeyOf } from '../../../src/wire/kinesis/hash-key.ts';

const SPACE = 2n ** 128n;

function shards(count: number) {
  const bound = (i: number): bigint => (SPACE * BigInt(i)) / BigInt(count);
  return Array.from({ length: count }, (_, i) => ({
    id: `shard-${i}`,
    firstHash: bound(i),
    lastHash: bound(i + 1) - 1n,
    open: true,
    parents: [],
  }));
}

describe('the shards of a stream', () => {
  it('each own their part of the key space, to its last number', () => {
    const map = new ShardMap(shards(7).reverse());
    for (const [i, { firstHash, lastHash, id }] of shards(7).entries()) {
      expect(map.ids[i]).toBe(id);
      expect([map.ofHash(firstHash), map.ofHash(lastHash)]).toEqual([i, i]);
    }
  });

  it('take what is put under a key by its MD5', () => {
    const map = new ShardMap(shards(3));
    const key = Buffer.from('partition-client-0123456789ab');
    expect(map.ofKey(key)).toBe(Number((hashKeyOf(key) * 3n) / SPACE));
  });

  it('leave out those that take nothing any more', () => {
    const [closed, ...open] = shards(2).map((shard, i) => ({ ...shard, open: i > 0 }));
    const map = new ShardMap([
      closed as never,
      ...open,
      { ...(closed as never as object), id: 'child', open: true } as never,
    ]);
    expect(map.ids).toEqual(['child', 'shard-1']);
  });

  it('have places of their own, spread over their parts', () => {
    const map = new ShardMap(shards(3));
    for (let shard = 0; shard < 3; shard++) {
      const places = Array.from({ length: 48 }, (_, seat) => BigInt(Buffer.from(map.placeIn(shard, seat)).toString()));
      expect(places.every((place) => map.ofHash(place) === shard)).toBe(true);
      expect(new Set(places).size).toBe(16);
    }
  });
});
