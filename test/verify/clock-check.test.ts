import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/metrics/result.ts';
import { parseThreshold, type Threshold } from '../../src/metrics/threshold.ts';
import { type ClockEvidence, clockDoubt } from '../../src/verify/clock-check.ts';
import { judge } from '../../src/verify/verdict.ts';
import { type Change, input } from './test-verdict-input.ts';

type Status = CheckResult['status'];

describe('end-to-end thresholds between hosts', () => {
  const apart = (boundUs: number | null, jumps = 0): Change => ({ clock: { boundUs, jumps } });

  // Observed: p50 2 ms, p99 5 ms, at least 1 ms.
  it.each<[string, string, Change, Status, string, string]>([
    ['whose clocks nobody bounded', 'end_to_end p99 < 1s', apart(null), 'inconclusive', 'not known', '--clock-bound'],
    [
      'where no such time was taken',
      'end_to_end p99 < 1s',
      { ...apart(null), endToEnd: { count: 0 } },
      'inconclusive',
      'not known',
      'nothing was measured',
    ],
    ['with a bound of a tenth', 'end_to_end p99 < 50ms', apart(5_000), 'pass', '5 ms ± 5 ms', ''],
    [
      'with a bound of more',
      'end_to_end p99 < 50ms',
      apart(5_001),
      'inconclusive',
      '5 ms ± 5 ms',
      'more than a tenth of 50 ms',
    ],
    [
      'with a bound that does not matter, broken',
      'end_to_end p99 < 4ms',
      apart(400),
      'fail',
      '5 ms ± 400 us',
      'observed 5 ms ± 400 us',
    ],
    [
      'with a bound that decides, above',
      'end_to_end p99 < 4.8ms',
      apart(400),
      'inconclusive',
      '5 ms ± 400 us',
      'that decides it',
    ],
    [
      'with a bound that decides, below',
      'end_to_end p99 <= 5.2ms',
      apart(400),
      'inconclusive',
      '5 ms ± 400 us',
      'that decides it',
    ],
    ['whose clock jumped', 'end_to_end p99 < 1s', apart(1, 1), 'inconclusive', '5 ms ± 1 us', 'a wall clock jumped'],
    [
      'that contradict the bound',
      'end_to_end p99 < 1s',
      { ...apart(2_000), endToEnd: { min: -3_001 } },
      'inconclusive',
      '5 ms ± 2 ms',
      'seen 3 ms before it was due: the clocks are further apart than 2 ms',
    ],
    [
      'negative within the bound',
      'end_to_end p99 < 1s',
      { ...apart(2_000), endToEnd: { min: -3_000 } },
      'pass',
      '5 ms ± 2 ms',
      '',
    ],
    [
      'on one host, negative by more than noise',
      'end_to_end p99 < 1s',
      { endToEnd: { min: -1_001 } },
      'inconclusive',
      '5 ms',
      'before it was due',
    ],
    ['on one host', 'end_to_end p99 < 5.1ms', {}, 'pass', '5 ms', ''],
    ['of another time, whatever the clocks', 'response_time p99 < 6ms', apart(null, 3), 'pass', '5 ms', ''],
    ['of a count, whatever the clocks', 'lost == 0', apart(null, 3), 'pass', '0', ''],
  ])('%s: %s', (_, expression, change, status, observed, reason) => {
    const outcome = judge(input({ ...change, thresholds: [expression] }));
    const check = outcome.checks.find(({ name }) => name === expression);
    expect(check).toMatchObject({ status, observed, reason: expect.stringContaining(reason) });
    expect(outcome.checks.find(({ name }) => name === 'delivery')?.status).toBe('pass');
  });
});

describe('clockDoubt', () => {
  const jumped: ClockEvidence = { boundUs: 1, jumps: 1 };
  const doubt = (expression: string, evidence: ClockEvidence, change: Change = {}): string | null =>
    clockDoubt(parseThreshold(expression, []) as Threshold, input(change).run, evidence);

  it('is about times between hosts, whose clocks somebody bounded', () => {
    expect(doubt('end_to_end p99 < 1s', jumped)).toContain('jumped');
    expect(doubt('end_to_end p99 < 1s', { boundUs: null, jumps: 1 })).toBeNull();
    expect(doubt('lost == 0', jumped)).toBeNull();
    expect(doubt('achieved_rate >= 5/s', jumped)).toBeNull();
  });

  it('is none where nothing was observed', () => {
    const nothing = { endToEnd: { count: 0, min: null, p99: null } };
    expect(doubt('end_to_end p99 < 50ms', { boundUs: 5_000, jumps: 0 }, nothing)).toBeNull();
    expect(doubt('end_to_end p99 < 5ms', { boundUs: 500, jumps: 0 })).toContain('decides');
  });
});
