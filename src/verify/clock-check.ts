import type { Micros } from '../core/clock.ts';
import { formatMicros } from '../core/units.ts';
import { compare, latenciesOf, type MeasuredRun, statKey } from '../metrics/evaluate-threshold.ts';
import type { Threshold } from '../metrics/threshold.ts';

/** What end-to-end times rest on. */
export interface ClockEvidence {
  /** How far the clocks of sender and reader may be apart; 0 on one host, null where nobody said. */
  boundUs: Micros | null;
  /** Steps of the wall clocks that these times were told by. */
  jumps: number;
}

/** Sender and reader on one host, both timed by its monotonic clock. */
export const oneClock: ClockEvidence = { boundUs: 0, jumps: 0 };

/** The bound may be this part of what a threshold allows: 1/10. */
const BOUND_PART = 10;
/** Reading a clock costs some microseconds, and the wall clock tells milliseconds; more than this below zero is no noise. */
const NOISE_US = 1_000;

/** Why the clocks were not fit to judge an end-to-end time that was measured; null where they were. */
export function clockDoubt(threshold: Threshold, run: MeasuredRun, { boundUs, jumps }: ClockEvidence): string | null {
  const summary = latenciesOf(threshold, run)?.endToEnd;
  const { stat, operator, value } = threshold;
  if (boundUs === null || summary === undefined || stat === null || value.unit !== 'us') return null;
  const bound = formatMicros(boundUs);
  if (jumps > 0) return 'a wall clock jumped, and times between hosts are told by it';
  if (summary.min !== null && summary.min < -boundUs - NOISE_US) {
    return `an event was seen ${formatMicros(-summary.min)} before it was due: the clocks are further apart than ${bound}`;
  }
  if (boundUs * BOUND_PART > value.amount) {
    return `the clocks may be ${bound} apart, more than a tenth of ${formatMicros(value.amount)}: synchronise them better, then give a smaller --clock-bound`;
  }
  const observed = summary[statKey(stat)];
  if (observed === null) return null;
  const [low, high] = [observed - boundUs, observed + boundUs];
  if (compare(low, operator, value.amount) === compare(high, operator, value.amount)) return null;
  return `the clocks may be ${bound} apart, and that decides it: synchronise them better, then give a smaller --clock-bound`;
}
