import { describe, expect, it } from 'vitest';
import { lz4Bound } from '../../../src/wire/kafka/lz4-frame.ts';

const STORED = 0x8000_0000;

/** A block: its length, or what else is said of it, and its bytes. */
const block = (bytes: readonly number[], word = bytes.length) => [...u32(word), ...bytes];
/** A frame of 64 KiB blocks at most, whose checksums nobody looks at here. */
const frame = (blocks: readonly number[], flags = 0x60, sizes = 0x40, rest: readonly number[] = []) =>
  Uint8Array.from([...u32(0x184d2204), flags, sizes, ...rest, 0, ...blocks, ...u32(0)]);
const u32 = (value: number) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
const KIB64 = 64 * 1024;
const bound = (bytes: Uint8Array) => lz4Bound(bytes, 0);

describe('the bound of an LZ4 frame', () => {
  it('is a whole block for each, where that is no more than the limit', () => {
    const two = frame([...block([0x10, 65]), ...block([66], STORED + 1)]);
    expect(lz4Bound(two, KIB64 + 1)).toBe(KIB64 + 1);
    expect(lz4Bound(two, KIB64)).toBe(2);
  });

  it.each([
    ['nothing', frame([]), 0],
    ['three literals', frame(block([0x30, 1, 2, 3])), 3],
    ['a literal, the shortest match, and a literal', frame(block([0x10, 1, 1, 0, 0x10, 2])), 1 + 4 + 1],
    ['a match as long as fits in the token', frame(block([0x1e, 1, 1, 0, 0x10, 2])), 1 + 18 + 1],
    ['a match that goes on behind it', frame(block([0x1f, 1, 1, 0, 0, 0x10, 2])), 1 + 19 + 1],
    ['a match that goes on twice', frame(block([0x1f, 1, 1, 0, 255, 7, 0x10, 2])), 1 + 19 + 262 + 1],
    ['fifteen literals', frame(block([0xf0, 0, ...Array(15).fill(7)])), 15],
    ['literals that fill more than a byte of length', frame(block([0xf0, 255, 1, ...Array(271).fill(7)])), 271],
    [
      'no more than a block holds, whatever its sequences say',
      frame(block([0x1f, 1, 1, 0, ...Array(300).fill(255)])),
      KIB64,
    ],
    ['a stored block as it is', frame(block([0x1f, 255, 255], STORED + 3)), 3],
    ['two blocks', frame([...block([0x20, 1, 2]), ...block([0x30, 1, 2, 3])]), 5],
  ])('counts %s', (_, bytes, size) => {
    expect(bound(bytes)).toBe(size);
  });

  it.each([
    [0x40, KIB64],
    [0x50, 256 * 1024],
    [0x60, 1024 * 1024],
    [0x70, 4 * 1024 * 1024],
  ])('takes %i for blocks of at most %i bytes', (sizes, most) => {
    expect(lz4Bound(frame(block([0x10, 1]), 0x60, sizes), most)).toBe(most);
  });

  it('passes over what its flags say is there: a size, a checksum behind each block, and one at the end', () => {
    const blocks = [...block([0x10, 1]), 9, 9, 9, 9, ...block([0x20, 1, 2]), 9, 9, 9, 9];
    const whole = Uint8Array.from([...frame(blocks, 0x7c, 0x40, Array(8).fill(255)), 9, 9, 9, 9]);
    expect(bound(whole)).toBe(3);
    expect(() => bound(whole.subarray(0, -4))).toThrow('its end is elsewhere');
  });

  it('counts from where the bytes begin, not their buffer', () => {
    const bytes = frame(block([0x30, 1, 2, 3]));
    expect(bound(Uint8Array.from([1, 2, 3, ...bytes, 4]).subarray(3, 3 + bytes.length))).toBe(3);
  });

  it.each([
    ['six bytes', frame([]).subarray(0, 6), 'does not begin'],
    ['another beginning', Uint8Array.from([5, ...frame([]).subarray(1)]), 'does not begin'],
    ['version 2', frame([], 0xa0), 'no known version'],
    ['blocks of 16 KiB', frame([], 0x60, 0x30), 'no known version'],
    ['a dictionary', frame([], 0x61, 0x40, [1, 0, 0, 0]), 'needs a dictionary'],
    ['no end', frame(block([0x10, 1])).subarray(0, -4), 'cut off'],
    ['half an end', frame(block([0x10, 1])).subarray(0, -1), 'cut off'],
    ['a byte behind the end', Uint8Array.from([...frame([]), 0]), 'its end is elsewhere'],
    ['a block that goes on behind the bytes', frame(block([0x10, 1], 7)), 'too long'],
    ['a block larger than its frame allows', frame(block(Array(KIB64 + 1).fill(0), STORED + KIB64 + 1)), 'too long'],
    ['a block whose checksum is cut off', frame(block([0x10, 1, 0, 0]), 0x70).subarray(0, -4), 'too long'],
  ])('refuses %s', (_, bytes, why) => {
    expect(() => bound(bytes)).toThrow(
      expect.objectContaining({ code: 'target-refused', message: expect.stringContaining(why) }),
    );
  });

  it('takes a block as large as its frame allows', () => {
    expect(bound(frame(block(Array(KIB64).fill(0), STORED + KIB64)))).toBe(KIB64);
  });
});
