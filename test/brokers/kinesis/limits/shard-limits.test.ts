import { expect, it } from 'vitest';
import { ShardLimits } from '../../../../src/brokers/kinesis/limits/shard-limits.ts';

const MIB = 1024 * 1024;

it('admits 1 000 records and 1 MiB a second, and a refused record takes of neither', () => {
  const limits = new ShardLimits();
  limits.arrive(1_000_000);
  expect(limits.admit(MIB + 1)).toBe(false);
  for (let i = 0; i < 999; i++) expect(limits.admit(1)).toBe(true);
  // A byte more than is left, then what is left: the last record.
  expect([limits.admit(MIB - 998), limits.admit(MIB - 999), limits.admit(1)]).toEqual([false, true, false]);
  limits.arrive(1_001_000);
  expect([limits.admit(1), limits.admit(1)]).toEqual([true, false]);
});

it('answers five reads a second, and none while an answer is more than its 2 MiB', () => {
  const limits = new ShardLimits();
  const reads = (nowUs: number, count: number): boolean[] =>
    Array.from({ length: count }, () => limits.admitRead(nowUs));
  expect(reads(1_000_000, 6)).toEqual([true, true, true, true, true, false]);
  expect(reads(1_200_000, 2)).toEqual([true, false]);
  limits.readOut(10 * MIB);
  // 8 MiB of debt at 2 MiB a second.
  expect(reads(5_100_000, 1)).toEqual([false]);
  expect(reads(5_300_000, 1)).toEqual([true]);
});
