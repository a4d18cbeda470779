import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addToSums,
  eachPartition,
  MOST_PARTITIONS,
  mergeSums,
  OTHER_PARTITIONS,
  type PartitionGain,
  type PartitionSums,
  PartitionTally,
} from '../../src/wire/partition-counts.ts';

const sumsOf = (...gains: PartitionGain[]): PartitionSums => {
  const sums: PartitionSums = new Map();
  for (const gain of gains) addToSums(sums, gain);
  return sums;
};

describe('a tally of partitions', () => {
  it('tells what came since it was last asked, of idle partitions too', () => {
    const tally = new PartitionTally();
    tally.add(0, 0, 0);
    tally.add(1, 5, 0);
    tally.add(1, 2, 3);
    expect(tally.take()).toEqual([0, 0, 0, 1, 7, 3]);
    expect(tally.take()).toEqual([0, 0, 0, 1, 0, 0]);
  });

  it('tells a partition that is over once more where it got something, and then no more', () => {
    const tally = new PartitionTally();
    tally.add(3, 4, 0);
    expect(tally.take([7, 8])).toEqual([3, 4, 0, 7, 0, 0, 8, 0, 0]);
    expect(tally.take([7, 8])).toEqual([7, 0, 0, 8, 0, 0]);
  });

  it('loses no event of any number of partitions, and tells apart only so many', () => {
    const count = fc.record({ partition: fc.nat(4 * MOST_PARTITIONS), events: fc.nat(9), throttled: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(count, { maxLength: 3 * MOST_PARTITIONS }), (counts) => {
        const tally = new PartitionTally();
        for (const { partition, events, throttled } of counts) tally.add(partition, events, throttled);
        let [events, throttled, told] = [0, 0, 0];
        eachPartition(tally.take(), (_, some, refused) => {
          events += some;
          throttled += refused;
          told++;
        });
        expect(told).toBeLessThanOrEqual(MOST_PARTITIONS + 1);
        expect(events).toBe(counts.reduce((sum, one) => sum + one.events, 0));
        expect(throttled).toBe(counts.reduce((sum, one) => sum + one.throttled, 0));
      }),
      { numRuns: 30 },
    );
    const tally = new PartitionTally();
    for (let partition = 0; partition < 2 * MOST_PARTITIONS; partition++) tally.add(partition, 1, 0);
    expect(tally.take().slice(-3)).toEqual([OTHER_PARTITIONS, MOST_PARTITIONS, 0]);
  });
});

describe('sums', () => {
  it('an even share is of what was open then: a shard that was split is no colder than its halves', () => {
    const sums = sumsOf([0, 100, 0, 1, 100, 0], [0, 50, 0, 2, 50, 0, 3, 50, 1]);
    expect(sums.get(0)).toEqual({ events: 150, expected: 150, throttled: 0 });
    expect(sums.get(1)).toEqual({ events: 100, expected: 100, throttled: 0 });
    expect(sums.get(3)).toEqual({ events: 50, expected: 50, throttled: 1 });
  });

  it('what is told apart expects nothing of the rest', () => {
    const sums = sumsOf([0, 10, 0, 1, 30, 0, OTHER_PARTITIONS, 500, 0]);
    expect(sums.get(1)).toEqual({ events: 30, expected: 20, throttled: 0 });
    expect(sums.get(OTHER_PARTITIONS)?.events).toBe(500);
  });

  it('those of two shards are added', () => {
    const sums = sumsOf([0, 1, 0, 1, 3, 0]);
    mergeSums(sums, sumsOf([1, 4, 2, 5, 0, 0]));
    expect(sums.get(0)).toEqual({ events: 1, expected: 2, throttled: 0 });
    expect(sums.get(1)).toEqual({ events: 7, expected: 4, throttled: 2 });
    expect(sums.get(5)).toEqual({ events: 0, expected: 2, throttled: 0 });
  });
});

it('expects of each topic its own partitions to get the same', () => {
  const sums: PartitionSums = new Map();
  addToSums(sums, [0, 30, 0, 1, 10, 0, 1_048_576, 4, 0, OTHER_PARTITIONS, 7, 0]);
  expect([...sums].map(([partition, { expected }]) => [partition, expected])).toEqual([
    [0, 20],
    [1, 20],
    [1_048_576, 4],
    [OTHER_PARTITIONS, 7],
  ]);
});
