import type { Micros } from '../../core/clock.ts';

const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[-+]\d\d:?\d\d)?$/;
const count = /^(\d{1,16})(?:\.(\d{1,9}))?$/;

/** What a column of numbers counts, by the digits of a time in our century: seconds, milliseconds, microseconds. */
const perCount = (whole: string): number => (whole.length <= 11 ? 1_000_000 : whole.length <= 14 ? 1_000 : 1);

/**
 * A time as recorded, in µs, exactly as far as it is written: an ISO instant (UTC where it says no offset), or a number since 1970 in seconds,
 * milliseconds or microseconds. null where it is none.
 */
export function recordedTimeUs(text: string): Micros | null {
  const instant = iso.exec(text);
  if (instant !== null) {
    const [, date, time, fraction = '', offset = 'Z'] = instant;
    const ms = Date.parse(`${date}T${time}${offset}`);
    return Number.isFinite(ms) ? ms * 1_000 + Number(fraction.slice(0, 6).padEnd(6, '0')) : null;
  }
  const number = count.exec(text);
  if (number === null) return null;
  const [, whole = '', fraction = ''] = number;
  const unit = perCount(whole);
  const digits = unit === 1_000_000 ? 6 : unit === 1_000 ? 3 : 0;
  const us = Number(whole) * unit + (digits === 0 ? 0 : Number(fraction.slice(0, digits).padEnd(digits, '0')));
  return Number.isSafeInteger(us) ? us : null;
}
