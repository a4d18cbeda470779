import { expect, it } from 'vitest';
import { hotPartition } from '../../src/metrics/hot-partition.ts';
import { addToSums, OTHER_PARTITIONS, type PartitionSums } from '../../src/wire/partition-counts.ts';

const sumsOf = (...gains: number[][]): PartitionSums => {
  const sums: PartitionSums = new Map();
  for (const gain of gains) addToSums(sums, gain);
  return sums;
};

it('is the largest over the mean, and idle partitions count', () => {
  expect(hotPartition('partition', sumsOf([0, 10, 0, 1, 40, 0, 2, 10, 0, 3, 0, 0]))).toEqual({
    kind: 'partition',
    count: 4,
    hottest: 1,
    share: 40 / 60,
    hotIndex: 40 / 15,
  });
});

it('is 1 where all got the same, through a reshard as well', () => {
  const load = hotPartition('shard', sumsOf([0, 60, 0, 1, 60, 0], [0, 60, 0, 2, 60, 0, 3, 60, 0]));
  expect(load).toMatchObject({ count: 4, hotIndex: 1 });
});

it('is not that of a shard of which only the last event was seen', () => {
  const load = hotPartition('shard', sumsOf([0, 1, 0, 1, 0, 0], ...Array(50).fill([1, 110, 0, 2, 90, 0])));
  expect(load?.hottest).toBe(1);
  expect(load?.hotIndex).toBeCloseTo(1.1, 2);
});

it('says nothing of what was not counted, nor of partitions that are not told apart', () => {
  expect(hotPartition('shard', new Map())).toBeNull();
  expect(hotPartition('shard', sumsOf([0, 0, 0]))).toBeNull();
  expect(hotPartition('shard', sumsOf([0, 5, 0, 1, 5, 0, OTHER_PARTITIONS, 500, 0]))).toMatchObject({
    count: 2,
    hotIndex: 1,
  });
});
