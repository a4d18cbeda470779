import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricKinds } from '../../src/metrics/metric.ts';
import {
  isThresholdError,
  parseThreshold,
  quantileSupported,
  type Threshold,
  thresholdStats,
} from '../../src/metrics/threshold.ts';

const scopes = ['meters', 'edge', 'a.b'];

function parsed(expression: string): Threshold {
  const result = parseThreshold(expression, scopes);
  if (isThresholdError(result)) throw new Error(`${expression}: ${result.error} at ${result.offset}`);
  return result;
}

describe('parseThreshold', () => {
  it.each([
    ['end_to_end p99 < 5s', null, 'end_to_end', 'p99', '<', { unit: 'us', amount: 5_000_000 }],
    ['response_time p99.9<=250ms', null, 'response_time', 'p99.9', '<=', { unit: 'us', amount: 250_000 }],
    ['meters.service_time max < 1m30s', 'meters', 'service_time', 'max', '<', { unit: 'us', amount: 90_000_000 }],
    ['client_wait mean < 1.5ms', null, 'client_wait', 'mean', '<', { unit: 'us', amount: 1_500 }],
    ['meters.achieved_rate >= 99%', 'meters', 'achieved_rate', null, '>=', share(99, 100)],
    ['edge.acked_rate > 5k/s', 'edge', 'acked_rate', null, '>', { unit: 'events/s', amount: 5_000 }],
    ['achieved_rate > 120/min', null, 'achieved_rate', null, '>', { unit: 'events/s', amount: 2 }],
    ['unknown < 0.1%', null, 'unknown', null, '<', share(1, 1000)],
    ['missing <= 50ppm', null, 'missing', null, '<=', share(50, 1_000_000)],
    ['lost == 0', null, 'lost', null, '==', { unit: 'events', amount: 0 }],
    ['acked >= 1.2k', null, 'acked', null, '>=', { unit: 'events', amount: 1_200 }],
    ['a.b.no_ack == 0', 'a.b', 'no_ack', null, '==', { unit: 'events', amount: 0 }],
    ['coverage >= 99.5%', null, 'coverage', null, '>=', share(995, 1000)],
    ['rss_growth < 1MiB/h', null, 'rss_growth', null, '<', { unit: 'bytes/h', amount: 1_048_576 }],
    ['verifier.rss_growth < 48MB/day', 'verifier', 'rss_growth', null, '<', { unit: 'bytes/h', amount: 2_000_000 }],
    ['generator.descriptor_growth <= 2/h', 'generator', 'descriptor_growth', null, '<=', { unit: '1/h', amount: 2 }],
    ['schedule_lag_growth < 10us/min', null, 'schedule_lag_growth', null, '<', { unit: 'us/h', amount: 600 }],
  ])('reads %s', (expression, scope, metric, stat, operator, value) => {
    expect(parsed(expression)).toMatchObject({ expression, scope, metric, stat, operator, value });
  });

  it.each([
    ['', 0, 'compares nothing'],
    ['lost', 4, 'compares nothing'],
    ['lost = 0', 5, 'unknown comparison "="'],
    ['lost != 0', 5, 'unknown comparison "!="'],
    ['< 5s', 0, 'metric is missing'],
    ['  reponse_time p99 < 5s', 2, 'unknown metric "reponse_time"'],
    ['toString == 0', 0, 'unknown metric'],
    ['meter.lost == 0', 0, 'no fleet or target is called "meter"'],
    ['meters.lots == 0', 7, 'unknown metric "lots"'],
    ['response_time < 5s', 13, 'needs a statistic'],
    ['response_time p98 < 5s', 14, 'unknown statistic "p98"'],
    ['lost p99 == 0', 5, 'takes no statistic'],
    ['response_time p99 or < 5s', 18, 'unexpected "or"'],
    ['response_time p99 < 5', 20, 'lacks its unit'],
    ['response_time p99 <', 19, 'value is missing'],
    ['response_time p99 < 5%', 20, 'is not a time'],
    ['response_time p99 < 0.1us', 20, 'whole number of microseconds'],
    ['lost == 1.5', 8, 'not a whole number'],
    ['lost == -1', 8, 'is not a count'],
    ['achieved_rate >= 500', 17, 'lacks its unit'],
    ['coverage >= 99', 12, 'lacks its unit'],
    ['rss_growth < 1MiB', 13, 'lacks the time in which'],
    ['rss_growth < 1/h', 13, 'lacks its unit'],
    ['rss_growth == 0B/h', 11, 'never exactly anything'],
    ['meters.rss_growth < 1MiB/h', 0, 'is of a process of iotload'],
    ['verifier.schedule_lag_growth < 1ms/h', 0, 'is of a process of iotload'],
    ['rss_growth p99 < 1MiB/h', 11, 'takes no statistic'],
  ])('refuses "%s" at offset %i', (expression, offset, message) => {
    const result = parseThreshold(expression, scopes);
    if (!isThresholdError(result)) throw new Error('was accepted');
    expect(result.offset).toBe(offset);
    expect(result.error).toContain(message);
  });

  it('suggests the name that was meant', () => {
    expect(parseThreshold('respons_time p99 < 5s', scopes)).toMatchObject({ hint: 'did you mean "response_time"?' });
    expect(parseThreshold('meter.lost == 0', scopes)).toMatchObject({ hint: 'did you mean "meters"?' });
  });

  it('accepts every metric with its own kind of value', () => {
    const values = {
      latency: 'p99 < 5s',
      'event-count': '== 0',
      'delivery-count': '< 1%',
      ratio: '> 99%',
      rate: '> 1/s',
      'memory-growth': '< 1MiB/h',
      'count-growth': '<= 1/h',
      'time-growth': '< 1ms/h',
    };
    for (const [metric, kind] of Object.entries(metricKinds)) {
      expect(parsed(`${metric} ${values[kind]}`).metric).toBe(metric);
    }
  });

  it('never throws, and points inside the expression', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: fc.constantFrom('lost', ' ', '.', '<', '==', '9', '%', 's', 'p99', 'meters') }),
        ),
        (expression) => {
          const result = parseThreshold(expression, scopes);
          if (isThresholdError(result)) {
            expect(result.offset).toBeGreaterThanOrEqual(0);
            expect(result.offset).toBeLessThanOrEqual(expression.length);
          }
        },
      ),
    );
  });
});

describe('quantileSupported', () => {
  it('asks for ten samples above the quantile', () => {
    const needed = { p50: 20, p90: 100, p95: 200, p99: 1_000, 'p99.9': 10_000, 'p99.99': 100_000 };
    for (const [stat, samples] of Object.entries(needed)) {
      const threshold = parsed(`response_time ${stat} < 1s`);
      expect(quantileSupported(threshold, samples)).toBe(true);
      expect(quantileSupported(threshold, samples - 1)).toBe(false);
    }
    for (const stat of thresholdStats.filter((name) => !name.startsWith('p'))) {
      expect(quantileSupported(parsed(`response_time ${stat} < 1s`), 1)).toBe(true);
    }
    expect(quantileSupported(parsed('lost == 0'), 0)).toBe(true);
  });
});

function share(numerator: number, denominator: number): unknown {
  const ratio = numerator / denominator;
  return expect.toSatisfy((value) => value.unit === 'share' && value.numerator / value.denominator === ratio);
}
