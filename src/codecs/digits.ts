/**
 * Digits as ASCII, ready to be stored little-endian: entry i of `twoDigits` is two bytes, of `threeDigits` three (the fourth is zero and
 * gets overwritten), of `fourDigits` four.
 */
export const twoDigits = new Uint16Array(100);
export const threeDigits = new Uint32Array(1000);
export const fourDigits = new Uint32Array(10_000);
/** Two lower-case hexadecimal digits of each byte. */
export const hexDigits = new Uint16Array(256);

function digit(value: number, divisor: number): number {
  return 48 + (Math.floor(value / divisor) % 10);
}

for (let i = 0; i < 10_000; i++) {
  fourDigits[i] = digit(i, 1000) + digit(i, 100) * 0x100 + digit(i, 10) * 0x10000 + digit(i, 1) * 0x1000000;
  if (i < 1000) threeDigits[i] = digit(i, 100) + digit(i, 10) * 0x100 + digit(i, 1) * 0x10000;
  if (i < 100) twoDigits[i] = digit(i, 10) + digit(i, 1) * 0x100;
}
for (let i = 0; i < 256; i++) {
  const text = i.toString(16).padStart(2, '0');
  hexDigits[i] = text.charCodeAt(0) + text.charCodeAt(1) * 0x100;
}

/** Writes an integer in [0, 2^31) without leading zeros; returns the end. May touch three bytes beyond it. */
export function writeInteger(view: DataView, at: number, value: number): number {
  if (value < 10) {
    view.setUint8(at, 48 + value);
    return at + 1;
  }
  if (value < 100) {
    view.setUint16(at, twoDigits[value] as number, true);
    return at + 2;
  }
  if (value < 1000) {
    view.setUint32(at, threeDigits[value] as number, true);
    return at + 3;
  }
  if (value < 10_000) {
    view.setUint32(at, fourDigits[value] as number, true);
    return at + 4;
  }
  const high = (value / 10_000) | 0;
  at = writeInteger(view, at, high);
  view.setUint32(at, fourDigits[value - high * 10_000] as number, true);
  return at + 4;
}

/** Writes an integer in [0, 2^31) as exactly `width` digits (its last ones); returns the end. */
export function writePadded(view: DataView, at: number, value: number, width: number): number {
  let place = at + width;
  while (place - 4 >= at) {
    const high = (value / 10_000) | 0;
    place -= 4;
    view.setUint32(place, fourDigits[value - high * 10_000] as number, true);
    value = high;
  }
  while (place > at) {
    const high = (value / 10) | 0;
    place--;
    view.setUint8(place, 48 + value - high * 10);
    value = high;
  }
  return at + width;
}

/** Writes an integer in [0, 2^53], zero-padded to `width` digits; returns the end. */
export function writeLarge(view: DataView, at: number, value: number, width: number): number {
  const high = Math.floor(value / 1e8);
  const low = (value - high * 1e8) | 0;
  if (high === 0)
    return width > 8 ? writePadded(view, writeZeros(view, at, width - 8), low, 8) : writeAtLeast(view, at, low, width);
  at = writeAtLeast(view, at, high | 0, width - 8);
  return writePadded(view, at, low, 8);
}

/** Writes an integer in [0, 2^31), zero-padded to `width` digits or as long as it needs; returns the end. */
export function writeAtLeast(view: DataView, at: number, value: number, width: number): number {
  let digits = 1;
  for (let rest = (value / 10) | 0; rest > 0; rest = (rest / 10) | 0) digits++;
  if (digits < width) at = writeZeros(view, at, width - digits);
  return writePadded(view, at, value, digits);
}

function writeZeros(view: DataView, at: number, count: number): number {
  for (let i = 0; i < count; i++) view.setUint8(at + i, 48);
  return at + count;
}

/** Writes the last `digits` (1 to 8) hexadecimal digits of a 32-bit word; returns the end. */
export function writeHex(view: DataView, at: number, word: number, digits: number): number {
  let shift = digits * 4;
  if ((digits & 1) === 1) {
    shift -= 4;
    view.setUint8(at++, (hexDigits[(word >>> shift) & 15] as number) >>> 8);
  }
  while (shift > 0) {
    shift -= 8;
    view.setUint16(at, hexDigits[(word >>> shift) & 255] as number, true);
    at += 2;
  }
  return at;
}
