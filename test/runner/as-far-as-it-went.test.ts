import { describe, expect, it } from 'vitest';
import { evaluateThreshold, type MeasuredRun } from '../../src/metrics/evaluate-threshold.ts';
import { isThresholdError, parseThreshold } from '../../src/metrics/threshold.ts';
import { asFarAsItWent } from '../../src/runner/as-far-as-it-went.ts';
import { testEvents, testResult } from '../metrics/test-result.ts';
import { testPlan } from '../verify/test-plan.ts';

const whole = { index: 0, count: 1 };
const plan = testPlan([{ devices: 10, slots: 10_000 }]);
/** Ended after 2 of 10 s: of 2 000 events that were due 10 were shed and 100 are unknown. */
const events = testEvents({ intended: 10_000, notSent: 8_010, sent: 1_990, acked: 1_890, unknown: 100 });
/** What was due in the last moment before the stop is not asked for. */
const endedUs = 2_020_000;
const rate = { targetPerSecond: 1_000, achievedPerSecond: 995 };
const base = testResult({ events, rate });
const run: MeasuredRun = {
  ...base,
  fleets: base.fleets.map((fleet) => ({ ...fleet, name: 'fleet0', events, rate })),
  targets: base.targets.map((target) => ({ ...target, name: 'target', events, rate })),
};

function observed(expression: string, cut: MeasuredRun): string {
  const threshold = parseThreshold(expression, ['fleet0', 'target']);
  if (isThresholdError(threshold)) throw new Error(threshold.error);
  return evaluateThreshold(threshold, cut).observed;
}

describe('asFarAsItWent', () => {
  it('takes shares of what was due by then, in every scope', () => {
    const cut = asFarAsItWent(plan, whole, run, endedUs);
    for (const scope of ['', 'fleet0.', 'target.']) {
      expect(observed(`${scope}unknown < 1%`, cut)).toBe('5 % (100 of 2000)');
      expect(observed(`${scope}not_sent < 1%`, cut)).toBe('0.5 % (10 of 2000)');
      expect(observed(`${scope}achieved_rate >= 99%`, cut)).toBe('100.5 % (995/s)');
    }
    expect(observed('unknown < 1%', run)).toBe('1 % (100 of 10000)');
  });

  it('asks for no rate where nobody knows for how long it was sent, and takes what was sent for what was due', () => {
    const cut = asFarAsItWent(plan, whole, run, 0);
    expect(cut.events).toMatchObject({ intended: 1_990, notSent: 0 });
    expect(observed('achieved_rate >= 99%', cut)).toBe('not known');
    const unpaced = { ...plan, clock: { startUs: 0, speed: 'max' as const } };
    expect(asFarAsItWent(unpaced, whole, run, 2_020_000).events.intended).toBe(1_990);
  });

  it('counts the slots of its own shard', () => {
    const half = testEvents({ intended: 5_000, notSent: 4_000, sent: 1_000, acked: 1_000 });
    const cut = asFarAsItWent(plan, { index: 1, count: 2 }, { ...run, events: half }, endedUs);
    expect(cut.events).toMatchObject({ intended: 1_000, notSent: 0 });
  });
});
