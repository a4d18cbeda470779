import { describe, expect, it } from 'vitest';
import { exitOfSelfTest } from '../../src/cli/selftest.ts';
import type { CaseReport } from '../../src/selftest/case-report.ts';
import type { SelfTestReport } from '../../src/selftest/selftest.ts';
import { selfTestText } from '../../src/selftest/selftest-text.ts';

const granularity = { clockStepUs: 1, timers: { count: 900, p50: 110, p99: 1200, p999: 3000, max: 4100 } };
const good: CaseReport = {
  name: 'lose',
  protocol: 'mqtt',
  injected: '100 lost',
  reported: '100 missing',
  expectedVerdict: 'fail',
  verdict: 'fail',
  status: 'ok',
  problems: [],
  seconds: 8,
  dir: null,
};
const bad: CaseReport = {
  ...good,
  name: 'swap',
  verdict: 'pass',
  status: 'wrong',
  problems: ['delivery.reordered: 0 reported, 7 in truth'],
  dir: '/tmp/x/swap',
};

function report(status: SelfTestReport['status'], ...cases: CaseReport[]): SelfTestReport {
  return { schema: 'iotload/selftest/1', status, granularity, cases, seconds: 12.3 };
}

describe('the text of a self-test', () => {
  it('is a table, how coarse this machine is, and one sentence', () => {
    expect(selfTestText(report('ok', good))).toBe(
      `case      verdict  injected → reported
lose  ok  fail     100 lost → 100 missing

this machine: timers fire late by p50 110 us, p99 1.2 ms, max 4.1 ms; the clock steps by 1 us
1 case in 12 s: every figure was the true one
`,
    );
  });

  it('names the protocol where there are several', () => {
    const text = selfTestText(report('wrong', good, { ...bad, protocol: 'kafka' }));
    expect(text).toMatch(/^mqtt lose +ok +fail /m);
    expect(text).toMatch(/^kafka swap +WRONG /m);
    expect(text).toContain('kafka swap:\n  - ');
  });

  it('says what was wrong, that it is our fault, and where the files are', () => {
    const text = selfTestText(report('wrong', good, bad));
    expect(text).toContain('swap  WRONG  pass, not fail');
    expect(text).toContain('swap:\n  - delivery.reordered: 0 reported, 7 in truth\n  its files are in /tmp/x/swap\n');
    expect(text).toContain('a defect in iotload');
  });

  it('prints nothing that could move the cursor', () => {
    expect(selfTestText(report('wrong', { ...bad, problems: ['a\u001b[2J'] }))).not.toContain('\u001b');
  });
});

describe('the exit code', () => {
  it.each([
    ['ok', 0],
    ['wrong', 5],
    ['undecided', 3],
    ['interrupted', 3],
  ] as const)('%s: %d', (status, code) => {
    expect(exitOfSelfTest(report(status, good))).toBe(code);
  });
});
