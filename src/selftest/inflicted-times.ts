import type { Micros } from '../core/clock.ts';
import type { Load, SelfTestCase } from './cases.ts';
import type { Truth } from './subject.ts';

/**
 * How long the measured events of a case took in truth, by the clock of who answered them: from their coming, where service times are
 * compared, or from when they were due, `startUs` being the monotonic time at which the first was. Events of the first `warmUpUs` are left
 * out. That the k-th of a second's n events is due after k/n seconds is said here once more, in other words than the schedule's.
 */
export function inflictedTimes(
  { compares }: Pick<SelfTestCase, 'compares'>,
  { perSecond }: Pick<Load, 'perSecond'>,
  { answers }: Pick<Truth, 'answers'>,
  startUs: Micros,
  warmUpUs: Micros,
): Micros[] {
  return answers.flatMap(({ slot, cameUs, atUs }) => {
    const dueUs = Math.floor((slot * 1_000_000) / perSecond);
    if (dueUs < warmUpUs) return [];
    return [atUs - (compares === 'service-time' ? cameUs : startUs + dueUs)];
  });
}
