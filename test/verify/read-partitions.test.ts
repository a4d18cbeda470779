import { expect, it } from 'vitest';
import { createDeliveredBatch } from '../../src/targets/delivered-batch.ts';
import type { Source } from '../../src/targets/target.ts';
import { ReadPartitions } from '../../src/verify/read-partitions.ts';

const batch = (partition: number, count: number) => ({
  ...createDeliveredBatch(0),
  count,
  log: { partition, offsets: null },
});
const source = (open: readonly number[]): Source => ({ partitions: () => [...open] }) as unknown as Source;

it('tells what came of each partition since it was last told', () => {
  const partitions = new ReadPartitions();
  partitions.delivered(batch(2, 5));
  partitions.delivered(createDeliveredBatch(0));
  expect(partitions.take(source([1, 2]))).toEqual({ partitions: [2, 5, 0, 1, 0, 0] });
  partitions.delivered(batch(2, 3));
  expect(partitions.take(source([1]))).toEqual({ partitions: [2, 3, 0, 1, 0, 0] });
});

it('tells nothing of a target without partitions', () => {
  expect(new ReadPartitions().take({} as Source)).toEqual({});
  expect(new ReadPartitions().take(undefined)).toEqual({});
});
