import { describe, expect, it } from 'vitest';
import type { CheckResult, RunResult, Verdict } from '../../src/metrics/result.ts';
import { cases, type SelfTestCase } from '../../src/selftest/cases.ts';
import { judgeCase, judgeTimes, statusOf } from '../../src/selftest/judge-case.ts';

const named = (name: string): SelfTestCase => cases.find((one) => one.name === name) as SelfTestCase;

function outcome(verdict: Verdict, statuses: Record<string, CheckResult['status']>, reasons: string[] = []): RunResult {
  const checks = Object.entries(statuses).map(([name, status]) => ({
    name,
    expression: name,
    status,
    observed: '',
    reason: 'because',
  }));
  return { verdict, checks, reasons, events: { intended: 9 }, delivery: { verified: 8 } } as unknown as RunResult;
}

const texts = (...args: Parameters<typeof judgeCase>): string[] => judgeCase(...args).map(({ text }) => text);
const status = (...args: Parameters<typeof judgeCase>): string => statusOf(judgeCase(...args));

describe('judgeCase', () => {
  it('has nothing against the verdict that a case has to have, for the right reason', () => {
    expect(judgeCase(named('clean'), outcome('pass', { delivery: 'pass', order: 'pass' }))).toEqual([]);
    expect(status(named('swap'), outcome('fail', { delivery: 'pass', order: 'fail' }))).toBe('ok');
  });

  it('is not content with the right verdict for a wrong reason, or without any', () => {
    const wrong = outcome('fail', { delivery: 'fail', order: 'pass' });
    expect(texts(named('swap'), wrong)).toEqual([
      'check delivery: fail (because), not pass',
      'check order: pass (because), not fail',
    ]);
    expect(status(named('swap'), wrong)).toBe('wrong');
    expect(texts(named('clean'), outcome('pass', {}))).toEqual(['nothing was checked']);
    expect(status(named('clean'), outcome('pass', {}))).toBe('wrong');
  });

  it('tells a run that could not tell from one that told wrongly', () => {
    const slow = outcome('inconclusive', { delivery: 'inconclusive', order: 'pass' });
    expect([texts(named('lose'), slow).length, status(named('lose'), slow)]).toEqual([2, 'undecided']);
    expect(status(named('lose'), outcome('pass', { delivery: 'pass', order: 'pass' }))).toBe('wrong');
    expect(status(named('clean'), outcome('error', { delivery: 'inconclusive', order: 'pass' }))).toBe('wrong');
    expect(status(named('clean'), outcome('fail', { delivery: 'inconclusive', order: 'fail' }))).toBe('wrong');
  });

  it('cannot tell what had to follow where some harm was done to no event', () => {
    const pass = outcome('pass', { delivery: 'pass', order: 'pass' });
    expect(status(named('everything'), pass)).toBe('wrong');
    expect(status(named('everything'), pass, ['lose', 'swap'])).toBe('undecided');
    expect(texts(named('everything'), pass, ['lose', 'swap'])[0]).toMatch(/^no event suffered lose, swap: /);
    expect(status(named('everything'), outcome('error', { delivery: 'pass', order: 'pass' }), ['lose'])).toBe('wrong');
  });

  it('wants the generator to be named where it was the limit', () => {
    const threshold = 'response_time p50 < 5ms';
    const checks = { delivery: 'pass', order: 'pass', [threshold]: 'inconclusive' } as const;
    const starved = named('generator-starved');
    expect(texts(starved, outcome('inconclusive', checks, ['the generator was the limit']))).toEqual([]);
    expect(status(starved, outcome('inconclusive', checks, ['it was slow']))).toBe('wrong');
    // That it held although nobody could know is a false pass, not slowness.
    expect(status(starved, outcome('pass', { ...checks, [threshold]: 'pass' }))).toBe('wrong');
  });
});

describe('a verifier that was killed', () => {
  const killed = named('verifier-killed');
  const pass = outcome('pass', { delivery: 'pass', order: 'pass' });

  it('leaves it open, or came back and saw everything; never does it fail or pass falsely', () => {
    expect(status(killed, outcome('inconclusive', { delivery: 'inconclusive', order: 'inconclusive' }))).toBe('ok');
    expect(status(killed, pass)).toBe('wrong');
    expect(status(killed, { ...pass, delivery: { ...pass.delivery, verified: 9 } })).toBe('ok');
    expect(status(killed, outcome('fail', { delivery: 'fail', order: 'pass' }))).toBe('wrong');
  });
});

describe('judgeTimes', () => {
  const generator = (status: 'healthy' | 'unhealthy') => ({
    generator: { status, cpuSeconds: 0, peakRssBytes: 0, signals: [] },
  });
  const timers = (p99: number) => ({ clockStepUs: 1, timers: { count: 1, p50: 0, p99, p999: p99, max: p99 } });

  it('excuses a difference only where the run itself, or the machine’s timers, say that it may be', () => {
    const judged = (health: 'healthy' | 'unhealthy', p99: number): string =>
      statusOf(judgeTimes(['off'], generator(health), timers(p99)));
    expect([judged('healthy', 1000), judged('unhealthy', 1000), judged('healthy', 4000)]).toEqual([
      'wrong',
      'undecided',
      'undecided',
    ]);
    expect(statusOf(judgeTimes([], generator('unhealthy'), timers(6000)))).toBe('ok');
    // An excuse for a time excuses no count.
    const both = [...judgeTimes(['off'], generator('unhealthy'), timers(0)), { text: 'count', excused: false }];
    expect(statusOf(both)).toBe('wrong');
  });
});
