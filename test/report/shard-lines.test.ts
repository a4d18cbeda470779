import { expect, it } from 'vitest';
import type { ShardSummary } from '../../src/metrics/result.ts';
import { shardTable } from '../../src/report/html/shard-table.ts';
import { shardLines } from '../../src/report/shard-lines.ts';
import { testEvents, testResult } from '../metrics/test-result.ts';

const shard = (index: number, more: Partial<ShardSummary> = {}): ShardSummary => ({
  shard: `${index}/12`,
  host: `node-${index}`,
  attempts: 1,
  ended: 'completed',
  startedAt: '2026-01-31T12:00:00.000Z',
  startSkewUs: 0,
  clockBoundUs: 2_000,
  events: testEvents({ sent: 1_000 }),
  generator: 'healthy',
  ...more,
});
const many = Array.from({ length: 12 }, (_, index) => shard(index));
const odd = { ended: 'worker-died', attempts: 3, generator: 'unhealthy', startSkewUs: 12_000 } as const;

it('says how shards fit together, and of each what is not usual, those first', () => {
  const lines = shardLines([...many.slice(0, 10), shard(10, odd), shard(11, { host: 'a\u001b[31m'.repeat(20) })]);
  expect(lines[0]).toBe('  shards    12, ready up to 12 ms late; clocks within 2 ms');
  expect(lines[1]).toBe('            10/12  node-10, worker died, 3 attempts, generator unhealthy, 12 ms…');
  expect(lines[2]).toBe('            0/12   node-0, 1,000 sent');
  expect(lines.at(-1)).toBe('            and 4 more in summary.json');
  expect(lines).toHaveLength(10);
  expect(lines.every((line) => line.length <= 80 && !line.includes('\u001b'))).toBe(true);
});

it.each<[string, Partial<ShardSummary>, string]>([
  ['one host', { clockBoundUs: 0 }, 'ready in time; on one clock'],
  ['clocks of which nobody knows', { clockBoundUs: null }, 'ready in time; nobody said how far their clocks are apart'],
  ['starts of which nobody knows', { startSkewUs: null }, 'ready in time, 1 did not say when; clocks within 2 ms'],
])('knows %s', (_, more, said) => {
  expect(shardLines([shard(0, more)])[0]).toBe(`  shards    1, ${said}`);
});

it('is nothing of a result that was not merged', () => {
  expect(shardLines(undefined)).toEqual([]);
  expect(shardTable(testResult())).toBe('');
});

it('is a table of the page, in which a host’s name is text', () => {
  const table = shardTable(
    testResult({ shards: [shard(0), shard(1, { host: '<img src=x>', startSkewUs: null }), shard(2, { host: null })] }),
  );
  expect(table).toContain('3 of them: ready in time, 1 did not say when; clocks within 2 ms.');
  expect(table).toContain('<td>&lt;img src=x&gt;</td>');
  expect(table).not.toContain('<img');
  expect(table.match(/<tr>/g)).toHaveLength(4);
  expect(table.match(/<th/g)?.length).toBe(1 + 11);
});
