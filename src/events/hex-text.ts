/** Value of each byte as a lower-case hexadecimal digit; -1 for any other byte. */
export const hexDigitValues = new Int8Array(256).fill(-1);
for (let i = 0; i < 16; i++) hexDigitValues[i.toString(16).charCodeAt(0)] = i;

/** Value of `digits` (0 to 14) lower-case hexadecimal digits at `at`; -1 if any of them is not one. */
export function hexValue(bytes: Uint8Array, at: number, digits: number): number {
  const split = at + (digits > 7 ? digits - 7 : 0);
  const high = shortHexValue(bytes, at, split);
  const low = shortHexValue(bytes, split, at + digits);
  return high < 0 || low < 0 ? -1 : high * 0x10000000 + low;
}

/** Value of the at most seven digits in [from, to). */
function shortHexValue(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  let bad = 0;
  for (let i = from; i < to; i++) {
    const digit = hexDigitValues[bytes[i] as number] as number;
    bad |= digit;
    value = (value << 4) | (digit & 15);
  }
  return bad < 0 ? -1 : value;
}
