/** Major types of RFC 8949: the upper three bits of an item's first byte. */
export const Major = { whole: 0, negative: 1, bytes: 2, text: 3, list: 4, map: 5, tag: 6, simple: 7 } as const;

/** A list or a map of unknown length begins with one of these and ends with a break. */
export const OPEN_LIST = 0x9f;
export const OPEN_MAP = 0xbf;
export const BREAK = 0xff;

/** In front of a time. RFC 8949 counts it in seconds, AWS in milliseconds. */
export const TIME_TAG = 1;
/** Items within items, at most. */
export const MOST_DEPTH = 64;

const TWO_TO_32 = 0x1_0000_0000;

/** Bytes of the head of an item of that length or value, a whole number below 2^53. */
export function headLength(value: number): number {
  if (value < 24) return 1;
  if (value < 0x100) return 2;
  if (value < 0x10000) return 3;
  return value < TWO_TO_32 ? 5 : 9;
}

/** Writes the head of an item at `at`; returns the position behind it. */
export function putHead(out: Uint8Array, at: number, major: number, value: number): number {
  const length = headLength(value);
  const type = major << 5;
  if (length === 1) {
    out[at] = type | value;
    return at + 1;
  }
  // 24 … 27 stand for 1, 2, 4 and 8 bytes that follow.
  out[at] = type | (length === 2 ? 24 : length === 3 ? 25 : length === 5 ? 26 : 27);
  let rest = value;
  for (let i = length - 1; i > 0; i--) {
    out[at + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return at + length;
}

/** The head of an item by itself. */
export function headOf(major: number, value: number): Buffer {
  const bytes = Buffer.alloc(headLength(value));
  putHead(bytes, 0, major, value);
  return bytes;
}
