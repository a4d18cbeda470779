import { describe, expect, it } from 'vitest';
import { ownLateness } from '../../src/metrics/own-lateness.ts';
import type { LatencySummary } from '../../src/metrics/result.ts';
import { parseThreshold, type Threshold } from '../../src/metrics/threshold.ts';
import { testLatency, testQuantiles, testResult } from './test-result.ts';

function lateness(expression: string, change: Partial<LatencySummary>): string | null {
  const latency = testLatency({ scheduleLag: testQuantiles({ p99: 15_000, p999: 80_000, max: 300_000 }), ...change });
  const fleet = {
    ...(testResult().fleets[0] as ReturnType<typeof testResult>['fleets'][number]),
    latency: testLatency(),
  };
  return ownLateness(parseThreshold(expression, ['meters']) as Threshold, testResult({ latency, fleets: [fleet] }));
}

const slow = { responseTime: testQuantiles({ p99: 110_000, p999: 160_000, max: 900_000 }) };
const said = 'the generator itself was 80 ms late (schedule lag p99.9): lower the rate, or give it more CPU or workers';

describe('ownLateness', () => {
  it.each<[string, string, Partial<LatencySummary>, string | null]>([
    ['what the lag explains', 'response_time p99.9 < 100ms', slow, said],
    ['what it explains only in part', 'response_time p99.9 < 70ms', slow, null],
    ['a lag that is tolerated', 'response_time p99 < 100ms', slow, null],
    ['a lag below 5 % of the bound', 'end_to_end p99.9 < 2s', { endToEnd: testQuantiles({ p999: 2_050_000 }) }, null],
    [
      'acknowledgements read late',
      'service_time p99.9 <= 50ms',
      { serviceTime: testQuantiles({ p999: 130_000 }) },
      said,
    ],
    ['the lag itself', 'schedule_lag p99.9 < 50ms', {}, null],
    ['a lower bound', 'response_time p99.9 > 1s', slow, null],
    ['too few samples', 'response_time p99.9 < 100ms', { responseTime: testQuantiles({ p999: null }) }, null],
    ['a fleet whose events were in time', 'meters.response_time p99 < 1ms', slow, null],
    ['a fleet by that name that is none', 'lost == 0', slow, null],
  ])('weighs %s', (_, expression, change, expected) => {
    expect(lateness(expression, change)).toBe(expected);
  });
});
