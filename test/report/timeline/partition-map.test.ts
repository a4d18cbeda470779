import { describe, expect, it } from 'vitest';
import { PartitionMapBuilder } from '../../../src/report/timeline/partition-map.ts';
import { OTHER_PARTITIONS } from '../../../src/wire/partition-counts.ts';

const head = { target: 't', kind: 'shard', counted: 'read' } as const;

describe('partitions over time', () => {
  it('tells idle ones from those that were not there', () => {
    const builder = new PartitionMapBuilder(10);
    builder.add(1e6, [0, 5, 0, 1, 0, 0]);
    builder.add(2e6, [1, 2, 0, 2, 3, 0, OTHER_PARTITIONS, 9, 0]);
    const map = builder.finish(head, null);
    expect(map?.columns).toEqual([1e6, 2e6]);
    expect(map?.rows.map(({ partition, events }) => [partition, events])).toEqual([
      [0, [5, null]],
      [1, [0, 2]],
      [2, [null, 3]],
    ]);
    expect(map?.others).toBe(9);
  });

  it('has at most so many columns, and loses nothing', () => {
    const builder = new PartitionMapBuilder(120);
    for (let second = 1; second <= 86_400; second++) builder.add(second * 1e6, [0, second % 5, 1, 1, 7, 0]);
    const map = builder.finish(head, null);
    expect(map?.columns.length).toBeLessThanOrEqual(120);
    expect(map?.columns.at(-1)).toBe(86_400e6);
    expect(map?.rows.map(({ total }) => total)).toEqual([2 * 86_400, 7 * 86_400]);
    expect(map?.rows[0]?.throttled.reduce((sum, count) => sum + count, 0)).toBe(86_400);
  });

  it('takes what found no room from the sending side, by its times', () => {
    const [read, sent] = [new PartitionMapBuilder(10), new PartitionMapBuilder(10)];
    read.add(1e6, [0, 5, 0]);
    read.add(2e6, [0, 5, 0]);
    sent.add(0.9e6, [0, 6, 0]);
    sent.add(1.9e6, [0, 4, 3, 4, 0, 1]);
    sent.add(2.9e6, [0, 0, 2]);
    const map = read.finish(head, sent);
    expect(map?.rows).toEqual([
      { partition: 0, events: [5, 5], throttled: [0, 5], total: 10 },
      { partition: 4, events: [null, null], throttled: [0, 1], total: 0 },
    ]);
  });

  it('is nothing where nothing came', () => {
    const builder = new PartitionMapBuilder(10);
    builder.add(1e6, [0, 0, 0]);
    expect(builder.finish(head, null)).toBeNull();
  });
});
