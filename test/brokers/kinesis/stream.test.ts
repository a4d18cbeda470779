import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlockStore } from '../../../src/brokers/block-store.ts';
import { Stream } from '../../../src/brokers/kinesis/stream.ts';
import { HASH_KEY_SPACE, hashKeyOf } from '../../../src/wire/kinesis/hash-key.ts';
import { propertyRuns } from '../../property-runs.ts';

const streamOf = (shards: number) => new Stream('s', 'PROVISIONED', shards, 0, 0, new BlockStore());

it('shares all keys among its open shards evenly, whatever number it had before', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), (counts) => {
      const [first, ...others] = counts as [number, ...number[]];
      const stream = streamOf(first);
      for (const count of others) stream.resize(count, 1);
      const count = BigInt(counts.at(-1) as number);
      expect(stream.open.map(({ range }) => range)).toEqual(
        Array.from({ length: Number(count) }, (_, i) => ({
          first: (HASH_KEY_SPACE * BigInt(i)) / count,
          last: (HASH_KEY_SPACE * BigInt(i + 1)) / count - 1n,
        })),
      );
      for (const shard of stream.shards) {
        expect(shard.parents.length).toBeLessThanOrEqual(2);
        expect(shard.closedMs === null).toBe(stream.open.includes(shard));
        if (shard.closedMs !== null) expect(shard.children.length).toBeGreaterThan(0);
      }
    }),
    propertyRuns(100),
  );
});

it('doubles by one split each', () => {
  const stream = streamOf(3);
  stream.resize(6, 1);
  expect(stream.shards).toHaveLength(9);
  expect(stream.shards.slice(3).every(({ parents }) => parents.length === 1)).toBe(true);
});

it('finds the shard of a key, also after it was split', () => {
  const stream = streamOf(2);
  const key = Buffer.from('device-1');
  const find = () => stream.shardOfKey(key, 0, key.length);
  const before = find();
  expect(before.range.first <= hashKeyOf(key) && hashKeyOf(key) <= before.range.last).toBe(true);
  stream.split(before, hashKeyOf(key), 1);
  expect(find().parents).toEqual([before]);
  expect(find().range.first).toBe(hashKeyOf(key));
});
