import { expect, it } from 'vitest';
import { partitionLine } from '../../src/report/partition-line.ts';

const load = { kind: 'partition', count: 12, hottest: 7, share: 0.0834, hotIndex: 1 } as const;

it('says how far the hottest partition is from an even share, where it is at all', () => {
  expect(partitionLine(load)).toBe('12 partitions; the hottest, 7, got 8.3 % of the events, an even share');
  expect(partitionLine({ ...load, hotIndex: 1.0049 })).toMatch(/events, an even share$/);
  expect(partitionLine({ ...load, hotIndex: 1.005 })).toMatch(/ 1\.0[01] times an even share$/);
  expect(partitionLine({ ...load, kind: 'shard', share: 0.5, hotIndex: 6 })).toBe(
    '12 shards; the hottest, 7, got 50 % of the events, 6.00 times an even share',
  );
});

it('compares one with nothing', () => {
  expect(partitionLine({ ...load, count: 1, hottest: 0, share: 1 })).toBe('one partition, 0');
});
