import { IotloadError } from '../../core/errors.ts';

const MAGIC = 0x184d2204;
/** Flags of the frame descriptor's first byte. */
const Flag = { blockChecksum: 0x10, contentSize: 0x08, contentChecksum: 0x04, dictionary: 0x01 } as const;
/** Of a block's length: it is stored as it is. */
const STORED = 0x8000_0000;
/** Least length of a match. */
const MIN_MATCH = 4;

/**
 * Checks that `bytes` is one whole LZ4 frame and returns how many bytes it makes at most, without making them: the sum of its blocks'
 * maximum, or, where that is beyond `limit`, what their sequences add up to.
 *
 *   frame := magic:u32 flags:u8 blockMax:u8 [contentSize:u64] [dictionary:u32] checksum:u8 block* 0:u32 [checksum:u32]
 *   block := length:u32 (its highest bit: stored) bytes [checksum:u32]
 *
 * All little-endian (LZ4 frame format 1.6).
 * @throws IotloadError `target-refused`
 */
export function lz4Bound(bytes: Uint8Array, limit: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 7 || view.getUint32(0, true) !== MAGIC) throw malformed('it does not begin like one');
  const flags = view.getUint8(4);
  const sizeCode = (view.getUint8(5) >>> 4) & 7;
  if (flags >>> 6 !== 1 || sizeCode < 4) throw malformed('its header is of no known version');
  if ((flags & Flag.dictionary) !== 0) throw malformed('it needs a dictionary');
  const blockMax = 1 << (8 + 2 * sizeCode);
  const blockTail = (flags & Flag.blockChecksum) === 0 ? 0 : 4;
  const blocks = 7 + ((flags & Flag.contentSize) === 0 ? 0 : 8);

  const sum = (sizeOf: (from: number, to: number) => number): number => {
    let total = 0;
    for (let at = blocks; ; ) {
      if (at + 4 > bytes.length) throw malformed('it is cut off');
      const word = view.getUint32(at, true);
      at += 4;
      if (word === 0) {
        if (at + ((flags & Flag.contentChecksum) === 0 ? 0 : 4) !== bytes.length)
          throw malformed('its end is elsewhere');
        return total;
      }
      const length = word & ~STORED;
      if (length > blockMax || at + length + blockTail > bytes.length) throw malformed('a block is too long');
      total += word >= STORED ? length : sizeOf(at, at + length);
      at += length + blockTail;
    }
  };
  const bound = sum(() => blockMax);
  return bound <= limit ? bound : sum((from, to) => Math.min(blockMax, blockSize(bytes, from, to)));
}

/** What the sequences of a compressed block add up to. */
function blockSize(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  let size = 0;
  const extended = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15) {
      let more = 255;
      while (more === 255 && at < to) {
        more = bytes[at++] as number;
        length += more;
      }
    }
    return length;
  };
  while (at < to) {
    const token = bytes[at++] as number;
    const literals = extended(token >>> 4);
    size += literals;
    at += literals;
    if (at >= to) break;
    at += 2;
    size += MIN_MATCH + extended(token & 15);
  }
  return size;
}

function malformed(what: string): IotloadError {
  return new IotloadError('target-refused', `a record batch is no LZ4 frame: ${what}`);
}
