import { draw } from '../core/random.ts';
import { writeAtLeast, writeHex, writeInteger, writeLarge, writePadded } from './digits.ts';

const TWO_31 = 2147483648;

/** 10^decimals for 0 to 9 decimals. */
export const powersOfTen: readonly number[] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/**
 * Writes a number with fixed decimals, rounded half away from zero, never as a negative zero; returns the end. |value| · 10^decimals
 * must be below 2^53.
 */
export function writeDecimal(view: DataView, at: number, value: number, decimals: number, width: number): number {
  const scale = powersOfTen[decimals] as number;
  const scaled = Math.floor((value < 0 ? -value : value) * scale + 0.5);
  if (value < 0 && scaled > 0) view.setUint8(at++, 45);
  const whole = Math.floor(scaled / scale);
  at = writeWhole(view, at, whole, width);
  if (decimals === 0) return at;
  view.setUint8(at, 46);
  return writePadded(view, at + 1, (scaled - whole * scale) | 0, decimals);
}

/** Writes an integer in [0, 2^53), zero-padded to `width` digits; returns the end. */
export function writeWhole(view: DataView, at: number, value: number, width: number): number {
  if (value >= TWO_31) return writeLarge(view, at, value, width);
  return width > 1 ? writeAtLeast(view, at, value | 0, width) : writeInteger(view, at, value | 0);
}

/** Writes a time in µs as seconds, cut to `decimals` (0 to 6); returns the end. */
export function writeSeconds(view: DataView, at: number, timeUs: number, decimals: number): number {
  const scale = powersOfTen[decimals] as number;
  const ticks = Math.floor(timeUs / (powersOfTen[6 - decimals] as number));
  const whole = Math.floor(ticks / scale);
  at = writeWhole(view, at, whole, 0);
  if (decimals === 0) return at;
  view.setUint8(at, 46);
  return writePadded(view, at + 1, (ticks - whole * scale) | 0, decimals);
}

/** Writes the last `digits` hexadecimal digits of an integer in [0, 2^53); returns the end. */
export function writeHexInteger(view: DataView, at: number, value: number, digits: number): number {
  const high = Math.floor(value / 4294967296);
  return writeHexPair(view, at, high | 0, (value - high * 4294967296) | 0, digits);
}

/** Writes the last `digits` (1 to 16) hexadecimal digits of a pair of words; returns the end. */
export function writeHexPair(view: DataView, at: number, high: number, low: number, digits: number): number {
  if (digits <= 8) return writeHex(view, at, low, digits);
  return writeHex(view, writeHex(view, at, high, digits - 8), low, 8);
}

/** Writes `digits` (1 to 16) random hexadecimal digits of draw `n`; returns the end. */
export function writeRandomHex(
  view: DataView,
  at: number,
  words: Int32Array,
  n: number,
  channel: number,
  digits: number,
): number {
  const k0 = words[0] as number;
  const k1 = words[1] as number;
  return writeHexPair(view, at, draw(k0, k1, n, channel + 1), draw(k0, k1, n, channel), digits);
}

/** Writes a random UUID of version 4 for draw `n`; returns the end. */
export function writeUuid(view: DataView, at: number, words: Int32Array, n: number, channel: number): number {
  const k0 = words[0] as number;
  const k1 = words[1] as number;
  const b = draw(k0, k1, n, channel + 1);
  const c = draw(k0, k1, n, channel + 2);
  at = writeHex(view, at, draw(k0, k1, n, channel), 8);
  view.setUint8(at, 45);
  at = writeHex(view, at + 1, b >>> 16, 4);
  view.setUint8(at, 45);
  at = writeHex(view, at + 1, 0x4000 | (b & 0x0fff), 4);
  view.setUint8(at, 45);
  at = writeHex(view, at + 1, 0x8000 | ((c >>> 16) & 0x3fff), 4);
  view.setUint8(at, 45);
  at = writeHex(view, at + 1, c, 4);
  return writeHex(view, at, draw(k0, k1, n, channel + 3), 8);
}
