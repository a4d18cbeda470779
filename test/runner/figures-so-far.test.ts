import { describe, expect, it } from 'vitest';
import { evaluateThreshold } from '../../src/metrics/evaluate-threshold.ts';
import { isThresholdError, parseThreshold, type Threshold } from '../../src/metrics/threshold.ts';
import { figuresSoFar, type ScopeSoFar } from '../../src/runner/figures-so-far.ts';
import type { ReaderSoFar } from '../../src/runner/reader-so-far.ts';
import { testQuantiles } from '../metrics/test-result.ts';

function parsed(expression: string): Threshold {
  const threshold = parseThreshold(expression, []);
  if (isThresholdError(threshold)) throw new Error(threshold.error);
  return threshold;
}

/** 1 000 of 10 000 events picked up in the first 10 of 100 s: 900 acked, 10 unknown, 80 under way, 10 waiting. */
const standing: ScopeSoFar = {
  counts: { pickedUp: 1_000, sent: 990, acked: 900, rejected: 0, unknown: 10, noAck: 0, notSent: 0, waiting: 10 },
  held: 0,
  due: 990,
  dueUs: 9_900_000,
  slots: 10_000,
  lengthUs: 100_000_000,
  latency: () => testQuantiles(),
  verify: { read: 0, expect: 'at-least-once', order: true, graceUs: 0 },
  identities: ['fields'],
  reader: { duplicates: 20, reordered: 3, corrupt: 1, foreign: 2, endToEnd: testQuantiles(), doubts: [] },
};

/** Whether what is certain so far breaks the threshold; null where nothing can be said. */
function breaks(expression: string, change: Partial<ScopeSoFar> = {}): boolean | null {
  const threshold = parsed(expression);
  const run = figuresSoFar(threshold, { ...standing, ...change });
  const holds = run === null ? null : evaluateThreshold(threshold, run).holds;
  return holds === null ? null : !holds;
}

const counts = (change: Partial<ScopeSoFar['counts']>): Partial<ScopeSoFar> => ({
  counts: { ...standing.counts, ...change },
});

describe('figuresSoFar', () => {
  it.each<[string, boolean | null]>([
    // Shares are of what was picked up so far.
    ['unknown < 1%', true],
    ['unknown <= 1%', false],
    ['unknown < 10', true],
    ['unknown <= 10', false],
    ['acked >= 98.9%', false],
    ['acked >= 99.1%', true],
    ['sent >= 100%', false],
    ['not_sent <= 0', false],
    // Numbers that grow break no lower bound before the end.
    ['acked >= 10k', null],
    ['intended <= 10', null],
    ['unknown > 0', null],
    // At best 990 of 1000, at worst 900 of 1000.
    ['coverage >= 98.9%', false],
    ['coverage >= 99.1%', true],
    ['coverage <= 91%', false],
    ['coverage <= 89%', true],
    ['response_time p99 < 5ms', true],
    ['response_time p99 <= 5ms', false],
    ['response_time max < 9ms', true],
    ['client_wait min >= 1ms', false],
    ['service_time mean > 2.5ms', true],
    ['schedule_lag p50 < 1ms', true],
    ['response_time p99.9 < 1us', null],
    ['achieved_rate >= 100%', false],
    ['achieved_rate >= 101%', true],
    ['achieved_rate >= 100/s', false],
    ['achieved_rate <= 9/s', true],
    ['achieved_rate <= 10/s', false],
    ['achieved_rate <= 9%', true],
    ['acked_rate >= 98.9%', false],
    ['acked_rate >= 99.1%', true],
    ['acked_rate <= 8/s', true],
    ['acked_rate <= 10/s', false],
  ])('%s: %s', (expression, broken) => {
    expect(breaks(expression)).toBe(broken);
  });

  it.each<[string, boolean | null, boolean | null]>([
    // Shares are of what may have been acknowledged: 980.
    ['duplicates == 0', true, null],
    ['duplicates <= 20', false, null],
    ['duplicates < 2%', true, null],
    ['duplicates < 2.1%', false, null],
    ['reordered < 3', true, null],
    ['corrupt < 1', true, null],
    ['foreign <= 2', false, false],
    ['foreign < 2', true, true],
    // More may come.
    ['duplicates > 100', null, null],
    ['end_to_end p99 < 4ms', true, true],
    ['end_to_end p99 <= 5ms', false, false],
    ['end_to_end p99.9 < 1ms', null, null],
  ])('%s: %s; of events that nobody knows one by one: %s', (expression, broken, unknown) => {
    const bound = expression.replace('==', '<=');
    expect(breaks(bound)).toBe(broken);
    expect(breaks(bound, { identities: ['fields', 'none'] })).toBe(unknown);
    expect(breaks(bound, { reader: null })).toBeNull();
  });

  it('knows no end-to-end time where several have measured', () => {
    const reader = { ...(standing.reader as ReaderSoFar), endToEnd: null };
    expect(breaks('end_to_end p99 < 1us', { reader })).toBeNull();
  });

  it('says nothing before anything was due, nor of rates where nothing is paced', () => {
    const nothing = { pickedUp: 0, sent: 0, acked: 0, unknown: 0, waiting: 0 };
    const early = { ...counts(nothing), due: 0, dueUs: 0 };
    for (const expression of ['unknown < 1%', 'acked >= 99%', 'achieved_rate >= 99%', 'acked_rate >= 5/s'])
      expect(breaks(expression, early), expression).toBeNull();
    for (const expression of ['achieved_rate >= 99%', 'achieved_rate <= 1/s'])
      expect(breaks(expression, { due: null, lengthUs: 0 }), expression).toBeNull();
  });

  it('does not ask for a rate that the schedule has not asked for yet', () => {
    expect(breaks('achieved_rate >= 500/s')).toBeNull();
    expect(breaks('achieved_rate >= 500/s', { due: 5_000, ...counts({ pickedUp: 5_000 }) })).toBe(true);
  });

  it('charges nobody with what the generator did not take up, or holds back by design', () => {
    const late = { due: 2_000, ...counts({ pickedUp: 1_000 }) };
    expect(breaks('achieved_rate >= 99%', late)).toBe(false);
    const waiting = counts({ pickedUp: 1_500, waiting: 510 });
    expect(breaks('achieved_rate >= 99%', { due: 1_500, ...waiting })).toBe(true);
    expect(breaks('achieved_rate >= 99%', { due: 1_500, held: 510, ...waiting })).toBe(false);
  });

  it('takes no advantage of counters that were read a moment apart', () => {
    expect(breaks('acked >= 100%', counts({ pickedUp: 899 }))).toBe(false);
  });
});
