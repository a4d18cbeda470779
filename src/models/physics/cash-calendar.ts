import type { Micros } from '../../core/clock.ts';
import { cosTurns } from '../../core/trigonometry.ts';

const DAY_US = 86_400_000_000;
/** Hour of the day when the middle of a town takes most. */
const BUSY_HOUR = 13.5;
/** When amounts are largest: before going out. */
const LARGE_HOUR = 19;
/** How much more of the withdrawals the middle takes at that hour than in equal shares, from Monday to Sunday. */
const MIDDLE = [0.6, 0.6, 0.6, 0.6, 0.6, 0.45, 0.25] as const;
/** How far amounts lean to the large end over the day, and by weekday and month. The latter two add up to nothing. */
const LEAN_HOUR = 0.3;
const LEAN_WEEKDAY = [-0.1, -0.1, -0.1, -0.05, 0.15, 0.2, 0] as const;
const LEAN_MONTH = [-0.11, -0.06, -0.03, 0.02, 0.02, 0.03, 0.04, 0.02, -0.04, -0.03, -0.04, 0.18] as const;

/** What hour, weekday and month, in UTC, make of withdrawals. Mutable and reused. */
export interface CashCalendar {
  /** From −1 to 1: how much more than in equal shares the middle of the town takes. Over any day it adds up to nothing. */
  middle: number;
  /** From −1 to 1: how far amounts lean to the large end. Over a year it adds up to nothing. */
  lean: number;
}

export function cashCalendar(tUs: Micros, into: CashCalendar): void {
  const days = Math.floor(tUs / DAY_US);
  const hour = ((tUs - days * DAY_US) / DAY_US) * 24;
  // 1970-01-01 was a Thursday; Monday is 0.
  const weekday = (days + 3) % 7;
  into.middle = (MIDDLE[weekday] as number) * cosTurns((hour - BUSY_HOUR) / 24);
  into.lean =
    LEAN_HOUR * cosTurns((hour - LARGE_HOUR) / 24) +
    (LEAN_WEEKDAY[weekday] as number) +
    (LEAN_MONTH[monthOf(days)] as number);
}

/**
 * Month, 0 to 11, of a day since 1970. Years are counted from March, so that the leap day is the last of its year; day d of it lies in its
 * month (5·d + 2) div 153.
 */
export function monthOf(days: number): number {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const day = shifted - era * 146_097;
  const year = Math.floor((day - Math.floor(day / 1460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365);
  const ofYear = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  return (Math.floor((5 * ofYear + 2) / 153) + 2) % 12;
}
