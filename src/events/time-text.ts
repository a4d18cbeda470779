import type { NumberForm } from '../codecs/binary.ts';
import type { NumberSource, Op } from '../codecs/layout.ts';
import { powersOfTen } from '../codecs/numbers.ts';
import { readNumber } from '../codecs/read-number.ts';
import type { Micros } from '../core/clock.ts';

/** Reads event times as the time ops write them. */
export interface TimeText {
  /** Width of the step in which the text counts, µs. */
  readonly resolutionUs: Micros;
  /** Event time at `at`, cut to the resolution, µs since 1970; -1 where no time stands. */
  read(bytes: Uint8Array, at: number, end: number): Micros;
}

/** The reader for a time op; null for any other op. */
export function timeTextOf(op: Op): TimeText | null {
  if (op.op === 'time-iso') return { resolutionUs: 1000, read: readIso };
  if (op.op === 'time-utc') return utcText(op.decimals);
  if (op.op === 'time-ms') return { resolutionUs: 1000, read: (bytes, at, end) => readDigits(bytes, at, end, 0, 1000) };
  if (op.op === 'number') return binaryTime(op.source, op.form);
  if (op.op !== 'time-seconds') return null;
  const { decimals } = op;
  let resolutionUs = 1_000_000;
  for (let i = 0; i < decimals; i++) resolutionUs /= 10;
  return { resolutionUs, read: (bytes, at, end) => readDigits(bytes, at, end, decimals, resolutionUs) };
}

/** A time in binary; a double of seconds is rounded to the step it was cut to. */
function binaryTime(source: NumberSource, form: NumberForm): TimeText | null {
  const resolutionUs = resolutionOf(source);
  if (resolutionUs === null || form === 'float32le') return null;
  const perUnit = source.op === 'time-seconds' ? 1_000_000 : resolutionUs;
  return {
    resolutionUs,
    read(bytes, at, end) {
      const value = readNumber(form, bytes, at, end);
      const timeUs = Math.round((value * perUnit) / resolutionUs) * resolutionUs;
      return timeUs >= 0 && timeUs <= Number.MAX_SAFE_INTEGER ? timeUs : -1;
    },
  };
}

function resolutionOf(source: NumberSource): Micros | null {
  if (source.op === 'time-us') return 1;
  if (source.op === 'time-ms') return 1000;
  return source.op === 'time-seconds' ? (powersOfTen[6 - source.decimals] as number) : null;
}

/** An integer, or one with a point before its last `decimals` digits, times `scale`. */
function readDigits(bytes: Uint8Array, at: number, end: number, decimals: number, scale: number): Micros {
  let value = 0;
  let from = at;
  let after = -1;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === 0x2e && after < 0 && decimals > 0) {
      after = 0;
      from++;
      continue;
    }
    const digit = byte - 48;
    if (digit < 0 || digit > 9 || at - from > 17) break;
    value = value * 10 + digit;
    if (after >= 0) after++;
  }
  return at === from || Math.max(after, 0) !== decimals ? -1 : value * scale;
}

/** `YYYY-MM-DD HH:MM:SS`, with a point and `decimals` more digits. */
function utcText(decimals: number): TimeText {
  const resolutionUs = powersOfTen[6 - decimals] as number;
  const length = 19 + (decimals === 0 ? 0 : decimals + 1);
  return {
    resolutionUs,
    read(bytes, at, end) {
      if (at + length > end || bytes[at + 4] !== 0x2d || bytes[at + 10] !== 0x20) return -1;
      const secondUs = readSecond(bytes, at);
      if (decimals === 0 || secondUs < 0) return secondUs;
      if (bytes[at + 19] !== 0x2e) return -1;
      let fraction = 0;
      for (let i = 0; i < decimals; i++) fraction = fraction * 10 + digit(bytes, at + 20 + i);
      return fraction < 0 ? -1 : secondUs + fraction * resolutionUs;
    },
  };
}

/** `YYYY-MM-DDTHH:MM:SS.mmmZ`. */
function readIso(bytes: Uint8Array, at: number, end: number): Micros {
  if (at + 24 > end || bytes[at + 4] !== 0x2d || bytes[at + 10] !== 0x54 || bytes[at + 23] !== 0x5a) return -1;
  const ms = twoDigits(bytes, at + 20) * 10 + digit(bytes, at + 22);
  const secondUs = readSecond(bytes, at);
  return ms < 0 || secondUs < 0 ? -1 : secondUs + ms * 1000;
}

/** Date and time of day down to the second, whatever stands between the two; -1 where a byte is no digit. */
function readSecond(bytes: Uint8Array, at: number): Micros {
  const year = twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2);
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  const hour = twoDigits(bytes, at + 11);
  const minute = twoDigits(bytes, at + 14);
  const second = twoDigits(bytes, at + 17);
  // A byte that is no digit makes its part at least -2^20, which nothing else outweighs.
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || minute < 0 || second < 0) return -1;
  return ((daysBefore(year, month, day) * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000;
}

function digit(bytes: Uint8Array, at: number): number {
  const value = (bytes[at] as number) - 48;
  return value >= 0 && value <= 9 ? value : -0x100000;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  return digit(bytes, at) * 10 + digit(bytes, at + 1);
}

/**
 * Days from 1970-01-01 to a date of the Gregorian calendar. Years begin in March, so that the leap day is the last of its year; month m of
 * them begins on day (153·m + 2) div 5, and year y has y·365 + y div 4 − y div 100 + y div 400 days before it.
 */
function daysBefore(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const m = month > 2 ? month - 3 : month + 9;
  const leapDays = ((y / 4) | 0) - ((y / 100) | 0) + ((y / 400) | 0);
  return y * 365 + leapDays + (((153 * m + 2) / 5) | 0) + day - 1 - 719468;
}
