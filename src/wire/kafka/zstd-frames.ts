import { IotloadError } from '../../core/errors.ts';

const MAGIC = 0xfd2fb528;
/** The highest 28 bits of what begins a frame that holds nothing. */
const SKIPPABLE = 0x0184d2a5;
/** Most bytes that a block makes. */
const BLOCK_MAX = 128 * 1024;
/** Bytes of a frame's content size by the two highest bits of its descriptor; one more for a single segment. */
const SIZE_BYTES = [0, 2, 4, 8] as const;

/** A frame that stands at `bytes[start … end)` and makes `size` bytes at most. */
export interface ZstdFrame {
  start: number;
  end: number;
  size: number;
}

/**
 * Finds the frames of which `bytes` consists, those that hold nothing left out, without decoding them.
 *
 *   frame  := magic:u32 descriptor:u8 [window:u8] [contentSize:u8…u64] block+ [checksum:u32]
 *   block  := header:u24 (last:1 type:2 size:21) bytes
 *
 * All little-endian (RFC 8878 §3.1).
 * @throws IotloadError `target-refused`
 */
export function zstdFrames(bytes: Uint8Array): ZstdFrame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: ZstdFrame[] = [];
  for (let start = 0; start < bytes.length; ) {
    if (start + 8 > bytes.length) throw malformed('it is cut off');
    const magic = view.getUint32(start, true);
    if (magic >>> 4 === SKIPPABLE) {
      start += 8 + view.getUint32(start + 4, true);
      continue;
    }
    if (magic !== MAGIC) throw malformed('it does not begin like one');
    const frame = frameAt(bytes, view, start);
    frames.push(frame);
    start = frame.end;
  }
  return frames;
}

function frameAt(bytes: Uint8Array, view: DataView, start: number): ZstdFrame {
  const descriptor = view.getUint8(start + 4);
  const single = (descriptor & 0x20) !== 0;
  if ((descriptor & 8) !== 0) throw malformed('its header is of no known version');
  if ((descriptor & 3) !== 0) throw malformed('it needs a dictionary');
  const sizeCode = descriptor >>> 6;
  const sizeBytes = sizeCode === 0 && single ? 1 : (SIZE_BYTES[sizeCode] as number);
  const sizeAt = start + 5 + (single ? 0 : 1);
  if (sizeAt + sizeBytes > bytes.length) throw malformed('it is cut off');
  const told = contentSize(view, sizeAt, sizeBytes);
  let at = sizeAt + sizeBytes;
  let most = 0;
  for (let last = false; !last; ) {
    if (at + 3 > bytes.length) throw malformed('it is cut off');
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    at += 3;
    last = (header & 1) !== 0;
    const type = (header >>> 1) & 3;
    const size = header >>> 3;
    if (type === 3) throw malformed('a block is of no known type');
    most += type === 2 ? BLOCK_MAX : size;
    at += type === 1 ? 1 : size;
  }
  if ((descriptor & 4) !== 0) at += 4;
  if (at > bytes.length) throw malformed('it is cut off');
  // A decoder would take room for what is told before it finds that there is less.
  if (told !== null && told > most) throw malformed('it says that it holds more than it can');
  return { start, end: at, size: told ?? most };
}

function contentSize(view: DataView, at: number, bytes: number): number | null {
  switch (bytes) {
    case 0:
      return null;
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    default:
      return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
  }
}

function malformed(what: string): IotloadError {
  return new IotloadError('target-refused', `a record batch is no Zstandard frame: ${what}`);
}
