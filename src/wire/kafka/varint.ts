/*
 * Numbers of a record, as Protocol Buffers' sint32 and sint64 have them: zigzag (0, −1, 1, −2 … become 0, 1, 2, 3 …), then 7 bits a
 * byte, the lowest first, the top bit set on all but the last. The callers make sure of room.
 */

/** Most bytes of a varint and of a varlong. */
export const MAX_VARINT = 5;
export const MAX_VARLONG = 10;

/** Bytes of an int32 as a varint. */
export function varintBytes(value: number): number {
  const zigzag = (value << 1) ^ (value >> 31);
  // 7 bits a byte: ⌈bits / 7⌉ for 1 … 32 bits, by a multiplication that is exact in this range.
  return zigzag === 0 ? 1 : ((38 - Math.clz32(zigzag)) * 37) >>> 8;
}

/** Writes an int32 as a varint; returns the position behind it. */
export function writeVarint(out: Uint8Array, at: number, value: number): number {
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  while (zigzag > 0x7f) {
    out[at++] = zigzag | 0x80;
    zigzag >>>= 7;
  }
  out[at++] = zigzag;
  return at;
}

/** Bytes of a safe integer as a varlong. */
export function varlongBytes(value: number): number {
  if (value === (value | 0)) return varintBytes(value);
  let rest = zigzagOf(value);
  let bytes = 1;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** Writes a safe integer of at most 52 bits as a varlong; returns the position behind it. */
export function writeVarlong(out: Uint8Array, at: number, value: number): number {
  if (value === (value | 0)) return writeVarint(out, at, value);
  let rest = zigzagOf(value);
  while (rest >= 0x80) {
    out[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  out[at++] = rest;
  return at;
}

/** Without the bit operators, which have 32 bits. */
function zigzagOf(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** Reads varints and varlongs one after the other, without an object per number: the position behind one is left in `at`. */
export class VarintReader {
  /** Position behind what was read last; −1 after something that is no number or reaches beyond the end. */
  at = 0;

  /** The varint at `at`, before `end`; its bits beyond 32 are refused. */
  varint(bytes: Uint8Array, end: number): number {
    let zigzag = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.at >= end || this.at < 0) break;
      const byte = bytes[this.at++] as number;
      if (shift === 28 && byte > 0x0f) break;
      zigzag |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (zigzag >>> 1) ^ -(zigzag & 1);
    }
    this.at = -1;
    return 0;
  }

  /** The varlong at `at`, before `end`; one that no double holds exactly is refused. */
  varlong(bytes: Uint8Array, end: number): number {
    let zigzag = 0;
    let scale = 1;
    for (let count = 0; count < MAX_VARLONG; count++) {
      if (this.at >= end || this.at < 0) break;
      const byte = bytes[this.at++] as number;
      zigzag += (byte & 0x7f) * scale;
      if (zigzag > Number.MAX_SAFE_INTEGER) break;
      if (byte < 0x80) return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      scale *= 128;
    }
    this.at = -1;
    return 0;
  }
}
