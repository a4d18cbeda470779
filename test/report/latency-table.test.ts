import { expect, it } from 'vitest';
import type { ClockSummary, QuantileSummary } from '../../src/metrics/result.ts';
import { latencyTable } from '../../src/report/latency-table.ts';
import { testLatency, testQuantiles } from '../metrics/test-result.ts';

/** The line of end-to-end times and those after the table. */
function lastLines(endToEndBoundUs: number | null | undefined, change: Partial<QuantileSummary> = {}): string[] {
  const clock: ClockSummary | undefined = endToEndBoundUs === undefined ? undefined : { endToEndBoundUs, jumps: [] };
  const latency = testLatency({ endToEnd: testQuantiles(change) });
  return latencyTable({ latency, clock }, (_, text) => text).slice(5);
}

it.each<[string, number | null | undefined, string]>([
  ['on one host', 0, 'end to end        2 ms    4 ms    5 ms       –    9 ms  intended → seen'],
  ['in a document of before', undefined, 'end to end        2 ms    4 ms    5 ms       –    9 ms  intended → seen'],
  ['between hosts', 2_500, 'end to end        2 ms    4 ms    5 ms       –    9 ms  each ± 2.5 ms'],
  [
    'between hosts that nobody compared',
    null,
    'end to end      not known: how far apart are the clocks? give --clock-bound',
  ],
])('tells end-to-end times %s', (_, boundUs, line) => {
  expect(lastLines(boundUs)).toEqual([line]);
});

it('does not ask for a bound where there are no times', () => {
  const none = { count: 0, p50: null, p95: null, p99: null, max: null };
  expect(lastLines(null, none)).toEqual(['end to end           –       –       –       –       –  intended → seen']);
});

it('says how many times were negative or none, within 80 columns', () => {
  const lines = lastLines(0, { count: 51_000_000, min: -12_345, negative: 12_345_678, rejected: 2 });
  expect(lines.slice(1)).toEqual([
    '12,345,678 of 51,000,000 end to end times were negative, least -12.3 ms',
    '2 end to end times were no numbers and are left out',
  ]);
});
