import { expect, it } from 'vitest';
import type { HopResult } from '../../src/metrics/result.ts';
import { hopLines, partitionLines } from '../../src/report/hop-lines.ts';
import { stored } from './hostile.ts';

const hop: HopResult = {
  from: 'edge',
  to: 'lake',
  proof: 'identity',
  entered: 10_000,
  arrived: 9_999,
  lost: 1,
  duplicates: 2,
  corrupt: 0,
  notes: [],
};

it('a hop is one line, and what cannot be proved stands below it', () => {
  expect(hopLines([hop])).toEqual(['  hop       edge → lake: 10,000 in, 9,999 out; lost 1, duplicates 2, corrupt 0']);
  const counted = {
    ...hop,
    lost: null,
    duplicates: null,
    corrupt: null,
    notes: [`which ones\u001b[31m is not known, ${'x '.repeat(40)}`],
  };
  const lines = hopLines([counted]);
  expect(lines[0]).toBe('  hop       edge → lake: 10,000 in, 9,999 out; lost –, duplicates –, corrupt –');
  expect(lines[1]).toMatch(/^ {12}which ones.*is not known, x/);
  expect(lines.every((line) => line.length <= 80)).toBe(true);
});

it('says of several partitions how evenly they were loaded', () => {
  const partitions = { kind: 'shard', count: 4, hottest: 2, share: 0.4, hotIndex: 1.6 } as const;
  const result = stored('clean');
  const [target] = result.targets as [(typeof result.targets)[number]];
  expect(partitionLines({ ...result, targets: [{ ...target, partitions }] })).toEqual([
    '  balance   4 shards; the hottest, 2, got 40 % of the events, 1.60 times an even',
    '            share',
  ]);
  expect(partitionLines({ ...result, targets: [{ ...target, partitions: { ...partitions, count: 1 } }] })).toEqual([]);
  expect(partitionLines(result)).toEqual([]);
});
