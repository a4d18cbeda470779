import type { Micros } from '../../core/clock.ts';
import { draw, foldHigh, type StreamKey } from '../../core/random.ts';

/** Nominal 60 Hz with a tolerance of ±1 %, µs. */
const SHORTEST_US = 16_500;
const PERIODS = 334;
/** A handler runs at most this long after its tick; seldom more than half of it. */
const LATENESS_US = 1_500;

/** Greatest distance between a due time and the instant of the tick at or before it, with the tick's lateness. */
export const maxTickDelayUs: Micros = SHORTEST_US + PERIODS - 1 + LATENESS_US;

/**
 * Instant of the last sensor event at or before `dueUs`, an integer. A browser hands out motion events at about 60 Hz from a clock of
 * its own; a page that reports five times a second thus shows gaps of 200, 217 and 233 ms, and never of exactly 200.
 */
export function eventClockTick(key: StreamKey, channel: number, n: number, dueUs: Micros): Micros {
  const device = draw(key.k0, key.k1, 0, channel);
  const periodUs = SHORTEST_US + ((device >>> 16) % PERIODS);
  const phaseUs = (device & 0xffff) % periodUs;
  const tickUs = phaseUs + Math.floor((dueUs - phaseUs) / periodUs) * periodUs;
  const bits = draw(key.k0, foldHigh(key.k1, n), n, channel + 1);
  // A product of two 16-bit numbers: mostly small.
  return tickUs - Math.floor((((bits >>> 16) * LATENESS_US) >>> 16) * (bits & 0xffff) * (1 / 65536));
}
