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

it('tells every second what came of each partition', () => {
  const partitions = new ReadPartitions(60e6);
  partitions.delivered(batch(2, 5));
  partitions.delivered(createDeliveredBatch(0));
  expect(partitions.take(source([1, 2]), 1e6, false)).toEqual({ partitions: [2, 5, 0, 1, 0, 0] });
  expect(partitions.take(source([1, 2]), 1.4e6, false)).toEqual({});
  partitions.delivered(batch(2, 3));
  expect(partitions.take(source([1]), 2e6, false)).toEqual({ partitions: [2, 3, 0, 1, 0, 0] });
});

it('tells it 3600 times in a day, and at the end', () => {
  const partitions = new ReadPartitions(86_400e6);
  let [told, events] = [0, 0];
  for (let second = 1; second <= 86_400; second++) {
    partitions.delivered(batch(0, 1));
    const { partitions: gain } = partitions.take(source([0]), second * 1e6, second === 86_400);
    if (gain === undefined) continue;
    told++;
    events += gain[1] as number;
  }
  expect(told).toBeGreaterThan(3_590);
  expect(told).toBeLessThanOrEqual(3_601);
  expect(events).toBe(86_400);
});

it('tells nothing of a target without partitions', () => {
  expect(new ReadPartitions(1e6).take({} as Source, 1e6, true)).toEqual({});
  expect(new ReadPartitions(1e6).take(undefined, 1e6, true)).toEqual({});
});
