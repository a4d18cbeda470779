import { describe, expect, it } from 'vitest';
import { zstdFrames } from '../../../src/wire/kafka/zstd-frames.ts';

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const RAW = 0;
const RLE = 1;
const COMPRESSED = 2;
/** Flags of the descriptor. */
const SINGLE = 0x20;
const CHECKSUM = 4;

/** A block's header, and the bytes behind it. */
function block(type: number, size: number, bytes: readonly number[], last = true): number[] {
  const header = (size << 3) | (type << 1) | (last ? 1 : 0);
  return [header & 255, (header >>> 8) & 255, header >>> 16, ...bytes];
}
const abc = block(RAW, 3, [97, 98, 99]);
/** A frame of one segment, which tells its size in a byte. */
const single = (size: number, blocks: readonly number[]) => [...MAGIC, SINGLE, size, ...blocks];
/** A frame that does not tell its size. */
const silent = (blocks: readonly number[]) => [...MAGIC, 0, 0x58, ...blocks];
const skipped = (bytes: readonly number[], nibble = 0) => [
  0x50 + nibble,
  0x2a,
  0x4d,
  0x18,
  bytes.length,
  0,
  0,
  0,
  ...bytes,
];
const frames = (bytes: readonly number[]) => zstdFrames(Uint8Array.from(bytes));

describe('Zstandard frames', () => {
  it.each([
    ['a stored block', silent(abc), 3],
    ['one byte again and again', silent(block(RLE, 70_000, [97])), 70_000],
    ['a compressed block, as large as any may become', silent(block(COMPRESSED, 2, [1, 2])), 128 * 1024],
    ['several blocks', silent([...block(RAW, 1, [1], false), ...block(RLE, 5, [1], false), ...abc]), 9],
    ['what it tells in a byte', single(2, abc), 2],
    ['what it tells in two, from 256 on', [...MAGIC, 0x40, 0x58, 1, 0, ...block(COMPRESSED, 1, [0])], 257],
    ['what it tells in four', [...MAGIC, 0x80, 0x58, 1, 0, 1, 0, ...block(COMPRESSED, 1, [0])], 65_537],
    ['what it tells in eight', [...MAGIC, 0xc0, 0x58, 2, 0, 0, 0, 0, 0, 0, 0, ...abc], 2],
  ])('make %s', (_, bytes, size) => {
    expect(frames(bytes)).toEqual([{ start: 0, end: bytes.length, size }]);
  });

  it('are found one behind the other, their checksums theirs, and what holds nothing left out', () => {
    const checked = [...MAGIC, SINGLE | CHECKSUM, 3, ...abc, 9, 9, 9, 9];
    const parts = [skipped([1, 2, 3]), checked, skipped([], 15), single(1, abc)];
    const [first, second, third] = parts.map((part) => part.length) as [number, number, number];
    expect(frames(parts.flat())).toEqual([
      { start: first, end: first + second, size: 3 },
      { start: first + second + third, end: parts.flat().length, size: 1 },
    ]);
    expect(frames([])).toEqual([]);
  });

  it('are counted from where the bytes begin, not their buffer', () => {
    const bytes = single(3, abc);
    const within = Uint8Array.from([1, 2, ...bytes, 3]).subarray(2, 2 + bytes.length);
    expect(zstdFrames(within)).toEqual([{ start: 0, end: bytes.length, size: 3 }]);
  });

  it('may tell as much as their blocks can make, and not a byte more', () => {
    expect(frames(single(3, abc))).toHaveLength(1);
    expect(() => frames(single(4, abc))).toThrow('more than it can');
    // The highest byte of a size of 64 bits is not lost.
    expect(() => frames([...MAGIC, 0xc0, 0x58, 0, 0, 0, 0, 0, 0, 0, 1, ...abc])).toThrow('more than it can');
  });

  it.each([
    ['seven bytes', single(1, []).slice(0, 7), 'cut off'],
    ['seven bytes of a frame that holds nothing', skipped([]).slice(0, 7), 'cut off'],
    ['another beginning', [0x29, ...single(3, abc).slice(1)], 'does not begin'],
    ['a bit that is reserved', [...MAGIC, SINGLE | 8, 3, ...abc], 'no known version'],
    ['a dictionary', [...MAGIC, SINGLE | 1, 7, 3, ...abc], 'needs a dictionary'],
    ['a size that is cut off', [...MAGIC, 0xc0, 0x58, 1, 0], 'cut off'],
    ['no last block', silent(block(RAW, 3, [97, 98, 99], false)), 'cut off'],
    ['a block that is cut off', silent(block(RAW, 4, [97, 98, 99])), 'cut off'],
    ['a checksum that is cut off', [...MAGIC, CHECKSUM, 0x58, ...abc, 9, 9, 9], 'cut off'],
    ['a block of the reserved type', silent(block(3, 3, [97, 98, 99])), 'no known type'],
    ['what is no frame behind one', [...single(3, abc), 1, 2, 3, 4, 5, 6, 7, 8], 'does not begin'],
  ])('are not %s', (_, bytes, why) => {
    expect(() => frames(bytes)).toThrow(
      expect.objectContaining({ code: 'target-refused', message: expect.stringContaining(why) }),
    );
  });

  it('of which the one that holds nothing says that it is longer than all, are none; no number of them hangs', () => {
    expect(frames([0x50, 0x2a, 0x4d, 0x18, 255, 255, 255, 255])).toEqual([]);
    expect(frames(Array.from({ length: 10_000 }, () => skipped([])).flat())).toEqual([]);
  });
});
