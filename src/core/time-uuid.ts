/** 100 ns steps from 1582-10-15, where version 1 UUIDs begin, to 1970: high and low word. */
const EPOCH = { high: 0x01b21dd2, low: 0x13814000 };
const TWO_32 = 4294967296;

/** Places of the parts of a version 1 UUID (RFC 9562, 5.1), each a whole number, in the order in which they are written. */
export const UuidPart = { low: 0, mid: 1, high: 2, sequence: 3, node: 4 } as const;
/** Hexadecimal digits of each part. */
export const uuidDigits = [8, 4, 4, 4, 12] as const;

/**
 * Writes the parts of a version 1 UUID of a time in µs since 1970 from `out[at]` on, version, variant and the bit that says that the node
 * is none of hardware included. `n` fills what a microsecond leaves open (one of its ten steps, then the clock sequence), so that 163 840
 * of one time differ.
 */
export function timeUuid(
  timeUs: number,
  n: number,
  node: { high: number; low: number },
  out: Float64Array,
  at: number,
): void {
  const tens = Math.floor(n / 10);
  const highUs = Math.floor(timeUs / TWO_32);
  const low = (timeUs - highUs * TWO_32) * 10 + (n - tens * 10) + EPOCH.low;
  const carry = Math.floor(low / TWO_32);
  const high = highUs * 10 + EPOCH.high + carry;
  out[at + UuidPart.low] = low - carry * TWO_32;
  out[at + UuidPart.mid] = high & 0xffff;
  out[at + UuidPart.high] = 0x1000 | ((high >>> 16) & 0x0fff);
  out[at + UuidPart.sequence] = 0x8000 | (tens - Math.floor(tens / 0x4000) * 0x4000);
  out[at + UuidPart.node] = ((node.high & 0xffff) | 0x0100) * TWO_32 + (node.low >>> 0);
}
