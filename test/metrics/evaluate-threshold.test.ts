import { describe, expect, it } from 'vitest';
import { evaluateThreshold } from '../../src/metrics/evaluate-threshold.ts';
import { judgeGenerator, tightestLatencyUs } from '../../src/metrics/generator-health.ts';
import type { QuantileSummary, RunResult } from '../../src/metrics/result.ts';
import { isThresholdError, parseThreshold, type Threshold } from '../../src/metrics/threshold.ts';
import { testDelivery, testEvents, testLatency, testQuantiles, testResult } from './test-result.ts';

function threshold(expression: string): Threshold {
  const parsed = parseThreshold(expression, ['meters', 'edge', 'gone']);
  if (isThresholdError(parsed)) throw new Error(parsed.error);
  return parsed;
}

function evaluate(expression: string, change: Partial<RunResult> = {}) {
  return evaluateThreshold(threshold(expression), testResult(change));
}

describe('evaluateThreshold', () => {
  it.each([
    ['response_time p99 < 5ms', false, '5 ms'],
    ['response_time p99 <= 5ms', true, '5 ms'],
    ['meters.end_to_end mean < 2.6ms', true, '2.5 ms'],
    ['edge.service_time max > 8ms', true, '9 ms'],
    ['lost == 0', true, '0'],
    ['acked >= 1001', false, '1000'],
    ['edge.acked == 1k', true, '1000'],
    ['achieved_rate >= 99%', true, '99.5 % (99.5/s)'],
    ['achieved_rate > 99.5/s', false, '99.5/s'],
    ['coverage == 100%', true, '100 %'],
  ])('judges %s', (expression, holds, observed) => {
    expect(evaluate(expression)).toEqual({ observed, holds, reason: '' });
  });

  it.each([
    [[-100_000, 400_000, 900_000], true, '391 KiB/h (-97.7 KiB/h to 879 KiB/h)', ''],
    [[1_048_576, 2_000_000, 3_000_000], false, '1.91 MiB/h (1 MiB/h to 2.86 MiB/h)', ''],
    [[0, 500_000, 1_100_000], null, '488 KiB/h (0 B/h to 1.05 MiB/h)', 'the run is too short for how much it scatters'],
    [[0, 0, 0], true, '0 B/h', ''],
  ] as const)('judges a growth of %j by all of its interval', ([low, perHour, high], holds, observed, reason) => {
    const growth = { rss: { low, perHour, high }, descriptors: null, scheduleLag: null };
    const generator = { ...testResult().generator, growth };
    expect(evaluate('rss_growth < 1MiB/h', { generator })).toEqual({ observed, holds, reason });
    expect(evaluate('descriptor_growth < 1/h', { generator })).toMatchObject({ holds: null, observed: 'not known' });
    expect(evaluate('verifier.rss_growth < 1MiB/h', { generator })).toMatchObject({ holds: null });
    expect(evaluate('verifier.rss_growth < 1MiB/h', { verifier: generator })).toMatchObject({ holds });
  });

  it('a latency of those that were answered says nothing about a quantile that the others reach', () => {
    const events = testEvents({ intended: 1_000, sent: 985, notSent: 15, acked: 980, unknown: 5 });
    expect(evaluate('response_time p95 < 6ms', { events }).holds).toBe(true);
    expect(evaluate('response_time p99 <= 5ms', { events })).toMatchObject({
      holds: null,
      reason: '2 % of the events had no answer, and only the others were timed',
    });
    expect(evaluate('response_time p99 < 5ms', { events }).holds).toBe(false);
    expect(evaluate('schedule_lag p99 < 1h', { events }).holds).toBe(true);
  });

  it('takes shares of the intended, and for delivery of the acknowledged, events', () => {
    const events = testEvents({ intended: 2_000, notSent: 1_000, unknown: 2, acked: 998 });
    expect(evaluate('unknown <= 0.1%', { events })).toMatchObject({ holds: true, observed: '0.1 % (2 of 2000)' });
    expect(evaluate('unknown < 0.1%', { events })).toMatchObject({ holds: false });
    const delivery = testDelivery({ missing: 1 });
    expect(evaluate('missing < 0.1%', { delivery })).toMatchObject({ holds: false, observed: '0.1 % (1 of 1000)' });
    expect(evaluate('missing < 1001ppm', { delivery })).toMatchObject({ holds: true });
  });

  it('counts only the acknowledged share for acked_rate', () => {
    const events = testEvents({ acked: 500, unknown: 500 });
    expect(evaluate('acked_rate > 50/s', { events })).toMatchObject({ holds: false, observed: '49.75/s' });
    expect(evaluate('acked_rate >= 49%', { events })).toMatchObject({ holds: true });
  });

  it.each<[string, Partial<RunResult>, string]>([
    ['response_time p99.9 < 5s', {}, '1000 samples are too few for p99.9'],
    [
      'end_to_end p50 < 5s',
      { latency: testLatency({ endToEnd: testQuantiles({ count: 0, p50: null }) }) },
      'nothing was measured',
    ],
    ['missing == 0', { delivery: testDelivery({ identity: 'not checked' }) }, 'delivery was not checked'],
    ['duplicates == 0', { delivery: testDelivery({ duplicates: null }) }, 'no identity'],
    ['coverage > 99%', { delivery: testDelivery({ coverage: null }) }, 'nothing was acknowledged'],
    ['missing < 1%', { events: testEvents({ acked: 0, noAck: 1_000 }) }, 'nothing was acknowledged'],
    ['achieved_rate > 99%', { rate: { targetPerSecond: 0, achievedPerSecond: 0 } }, 'target rate is 0'],
    ['gone.lost == 0', {}, 'no fleet or target called "gone"'],
  ])('cannot tell %s', (expression, change, reason) => {
    const outcome = evaluate(expression, change);
    expect(outcome).toMatchObject({ holds: null, observed: 'not known' });
    expect(outcome.reason).toContain(reason);
  });

  it('does not charge one of several targets with the latencies of all', () => {
    const [edge] = testResult().targets as [RunResult['targets'][number]];
    const targets = [edge, { ...edge, name: 'lake' }];
    expect(evaluate('edge.response_time p99 < 5s', { targets })).toMatchObject({ holds: null });
    expect(evaluate('edge.achieved_rate >= 1%', { targets })).toMatchObject({ holds: null });
    expect(evaluate('edge.lost == 0', { targets })).toMatchObject({ holds: true });
  });

  it('judges one of several targets by its own latencies and rates', () => {
    const [edge] = testResult().targets as [RunResult['targets'][number]];
    const rate = { targetPerSecond: 50, achievedPerSecond: 40 };
    const slow = { ...edge, latency: testLatency({ responseTime: testQuantiles({ p99: 7_000_000 }) }), rate };
    const targets = [slow, { ...edge, name: 'lake' }];
    expect(evaluate('edge.response_time p99 < 5s', { targets })).toEqual({ observed: '7 s', holds: false, reason: '' });
    expect(evaluate('edge.achieved_rate >= 90%', { targets })).toMatchObject({ observed: '80 % (40/s)', holds: false });
    expect(evaluate('response_time p99 < 5s', { targets })).toMatchObject({ holds: true });
  });
});

describe('judgeGenerator', () => {
  const evidence = { scheduleLag: testQuantiles({ p99: 20_000 }), tightestLatencyUs: null, due: 1_000, pickedUp: 990 };

  it('tolerates 20 ms of lag, or 5 % of the tightest latency threshold, and 1 % of events not picked up', () => {
    expect(judgeGenerator(evidence)).toEqual({ status: 'healthy', signals: [] });
    expect(judgeGenerator({ ...evidence, scheduleLag: testQuantiles({ p99: 20_001 }) })).toEqual({
      status: 'unhealthy',
      signals: [
        "the generator's schedule lag (p99) was 20 ms, above the 20 ms it may have: lower the rate, or give it more CPU or workers",
      ],
    });
    const lax = { ...evidence, scheduleLag: testQuantiles({ p99: 250_000 }) };
    expect(judgeGenerator({ ...lax, tightestLatencyUs: 5_000_000 }).status).toBe('healthy');
    expect(judgeGenerator({ ...lax, tightestLatencyUs: 4_999_000 }).status).toBe('unhealthy');
    expect(judgeGenerator({ ...evidence, pickedUp: 989 })).toEqual({
      status: 'unhealthy',
      signals: [
        'the generator picked up only 98.9 % of the events that were due: lower the rate, or give it more CPU or workers',
      ],
    });
  });

  it('takes the highest quantile that there is where there is no p99', () => {
    const judged = (change: Partial<QuantileSummary>) =>
      judgeGenerator({ ...evidence, scheduleLag: testQuantiles({ p99: null, max: 90_000, ...change }) });
    expect(judged({ p95: 30_000 }).signals[0]).toContain('(p95) was 30 ms, above the 20 ms');
    expect(judged({ p95: 3_000 }).status).toBe('healthy');
    expect(judged({ p95: null, p90: null, p50: null }).signals[0]).toContain('(maximum) was 90 ms');
    const nothing = { p95: null, p90: null, p50: null, max: null, count: 0 };
    expect(judged(nothing).status).toBe('healthy');
  });

  it('finds the tightest bound on a latency of the target', () => {
    const of = (...expressions: string[]) => tightestLatencyUs(expressions.map(threshold));
    expect(of('response_time p99 < 5s', 'meters.end_to_end max <= 1s', 'schedule_lag p99 < 1ms', 'lost == 0')).toBe(
      1_000_000,
    );
    expect(of('response_time min > 1us', 'lost == 0')).toBe(null);
  });
});
