/** Whether `length` bytes of `a` from `aAt` on equal those of `b` from `bAt` on. */
export function sameBytes(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aAt + i] !== b[bAt + i]) return false;
  return true;
}

/** The same through views, four bytes at a time. */
export function sameWords(a: DataView, aAt: number, b: DataView, bAt: number, length: number): boolean {
  let i = 0;
  for (; i + 4 <= length; i += 4) if (a.getInt32(aAt + i, true) !== b.getInt32(bAt + i, true)) return false;
  for (; i < length; i++) if (a.getUint8(aAt + i) !== b.getUint8(bAt + i)) return false;
  return true;
}

/** How many of `length` bytes differ, counted up to `limit + 1`. */
export function differences(
  a: Uint8Array,
  aAt: number,
  b: Uint8Array,
  bAt: number,
  length: number,
  limit: number,
): number {
  let count = 0;
  for (let i = 0; i < length && count <= limit; i++) if (a[aAt + i] !== b[bAt + i]) count++;
  return count;
}

/** Position of `pattern` in `bytes[start … end)`, -1 if it is not there. */
export function indexOfBytes(bytes: Uint8Array, start: number, end: number, pattern: Uint8Array): number {
  const first = pattern[0];
  for (let at = start; at + pattern.length <= end; at++) {
    if (bytes[at] === first && sameBytes(bytes, at, pattern, 0, pattern.length)) return at;
  }
  return -1;
}
