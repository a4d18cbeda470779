import { describe, expect, it } from 'vitest';
import type { CheckResult, RunResult, Verdict } from '../../src/metrics/result.ts';
import { cases, type SelfTestCase } from '../../src/selftest/cases.ts';
import { judgeCase } from '../../src/selftest/judge-case.ts';

const named = (name: string): SelfTestCase => cases.find((one) => one.name === name) as SelfTestCase;

function outcome(verdict: Verdict, statuses: Record<string, CheckResult['status']>, reasons: string[] = []): RunResult {
  const checks = Object.entries(statuses).map(([name, status]) => ({
    name,
    expression: name,
    status,
    observed: '',
    reason: 'because',
  }));
  return { verdict, checks, reasons } as unknown as RunResult;
}

describe('judgeCase', () => {
  it('has nothing against the verdict that a case has to have, for the right reason', () => {
    expect(judgeCase(named('clean'), outcome('pass', { delivery: 'pass', order: 'pass' })).problems).toEqual([]);
    expect(judgeCase(named('swap'), outcome('fail', { delivery: 'pass', order: 'fail' })).problems).toEqual([]);
  });

  it('is not content with the right verdict for a wrong reason, or without any', () => {
    const wrong = judgeCase(named('swap'), outcome('fail', { delivery: 'fail', order: 'pass' }));
    expect(wrong.problems).toEqual([
      'check delivery: fail (because), not pass',
      'check order: pass (because), not fail',
    ]);
    expect(wrong.tooSlow).toBe(false);
    expect(judgeCase(named('clean'), outcome('pass', {})).problems).toEqual(['nothing was checked']);
  });

  it('tells a run that could not tell from one that told wrongly', () => {
    const slow = judgeCase(named('lose'), outcome('inconclusive', { delivery: 'inconclusive', order: 'pass' }));
    expect([slow.problems.length, slow.tooSlow]).toEqual([2, true]);
    const false_ = judgeCase(named('lose'), outcome('pass', { delivery: 'pass', order: 'pass' }));
    expect([false_.problems.length, false_.tooSlow]).toEqual([2, false]);
    expect(judgeCase(named('clean'), outcome('error', { delivery: 'inconclusive', order: 'pass' })).tooSlow).toBe(
      false,
    );
  });

  it('wants the generator to be named where it was the limit', () => {
    const threshold = 'response_time p50 < 5ms';
    const checks = { delivery: 'pass', order: 'pass', [threshold]: 'inconclusive' } as const;
    const starved = named('generator-starved');
    expect(judgeCase(starved, outcome('inconclusive', checks, ['the generator was the limit'])).problems).toEqual([]);
    expect(judgeCase(starved, outcome('inconclusive', checks, ['it was slow'])).problems).toHaveLength(1);
    // That it held although nobody could know is a false pass, not slowness.
    expect(judgeCase(starved, outcome('pass', { ...checks, [threshold]: 'pass' })).tooSlow).toBe(false);
  });
});
