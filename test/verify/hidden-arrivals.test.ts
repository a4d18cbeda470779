import { describe, expect, it } from 'vitest';
import { parseThreshold, type Threshold } from '../../src/metrics/threshold.ts';
import { isBendable, mayHide } from '../../src/verify/hidden-arrivals.ts';
import { input } from './test-verdict-input.ts';

const { run } = input({ delivery: { verified: 90, missing: 10, duplicates: 2 } });

describe('isBendable', () => {
  it.each([
    ['missing == 10', true],
    ['missing == 0', true],
    ['missing < 5', true],
    ['missing <= 10', false],
    ['missing > 10', false],
    ['verified >= 91', true],
    ['verified >= 90', false],
    ['verified < 95', true],
    ['duplicates == 0', false],
    ['duplicates == 2', true],
    ['lost == 0', false],
    ['end_to_end p99 < 1ms', true],
    ['end_to_end p99 < 1s', false],
    ['achieved_rate >= 1000000/s', false],
    ['acked == 3', false],
    ['coverage > 2', false],
  ])('%s: %s', (expression, bendable) => {
    expect(isBendable(parseThreshold(expression, []) as Threshold, run)).toBe(bendable);
  });
});

it('nothing hides from a reader without doubts, nor where everything was seen in one session', () => {
  const doubts = ['the reader was busy'];
  const counts = run.delivery;
  expect(mayHide({ finished: true, doubts: [] }, counts)).toBe(false);
  expect(mayHide({ finished: true, doubts }, counts)).toBe(true);
  const all = { ...counts, missing: 0, unseenUnknown: 0, unseenNoAck: 0 };
  expect(mayHide({ finished: true, doubts }, all)).toBe(false);
  expect(mayHide({ finished: true, doubts, gaps: 1 }, all)).toBe(true);
  expect(mayHide({ finished: true, doubts, complete: true }, { ...all, unseenUnknown: 5 })).toBe(false);
});
