import { describe, expect, it } from 'vitest';
import { compressBlocks, uncompressBlocks } from '../../../src/wire/kafka/snappy-blocks.ts';

const HEADER = '82534e41505059000000000100000001';
const BLOCK = 32 * 1024;

/** Stands in for Snappy: the length as a varint, and the bytes as they are. */
function wrap(block: Uint8Array): Uint8Array {
  const size: number[] = [];
  let rest = block.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) size.push((rest % 128) | 128);
  return Uint8Array.from([...size, rest, ...block]);
}
function unwrap(block: Uint8Array): Uint8Array {
  return block.subarray(block.findIndex((byte) => byte < 128) + 1);
}
const framed = (...parts: string[]) => Buffer.from([HEADER, ...parts].join(''), 'hex');
const uncompress = (bytes: Uint8Array, limit = 1000) => Buffer.from(uncompressBlocks(bytes, limit, unwrap)).toString();
const never = () => {
  throw new Error('decompressed');
};

describe('the Snappy stream of the Java client', () => {
  it('has a header, and each block behind its length', () => {
    expect(Buffer.from(compressBlocks(Buffer.from('abc'), wrap)).toString('hex')).toBe(`${HEADER}0000000403616263`);
    expect(Buffer.from(compressBlocks(new Uint8Array(0), wrap)).toString('hex')).toBe(HEADER);
  });

  it.each([
    [BLOCK, [BLOCK]],
    [BLOCK + 1, [BLOCK, 1]],
    [2 * BLOCK, [BLOCK, BLOCK]],
  ])('divides %i bytes into blocks of 32 KiB', (length, blocks) => {
    const bytes = Uint8Array.from({ length }, (_, i) => i % 251);
    const met: number[] = [];
    const whole = compressBlocks(bytes, (block) => {
      met.push(block.length);
      return wrap(block);
    });
    expect(met).toEqual(blocks);
    expect(Buffer.compare(uncompressBlocks(whole, length, unwrap), bytes)).toBe(0);
  });

  it('is read, whatever its versions are, as is one plain block', () => {
    expect(uncompress(framed('00000004', '03616263', '00000003', '026465'))).toBe('abcde');
    const newer = framed('00000004', '03616263');
    newer[11] = 2;
    expect(uncompress(newer)).toBe('abc');
    expect(uncompress(Buffer.from('03616263', 'hex'))).toBe('abc');
    expect(uncompress(framed())).toBe('');
    const within = Buffer.concat([Buffer.alloc(3), framed('00000004', '03616263')]).subarray(3);
    expect(uncompress(within)).toBe('abc');
  });

  it('a plain block that begins almost like a stream is none', () => {
    const almost = framed('00000004', '03616263');
    almost[7] = 1;
    expect(uncompressBlocks(almost, 2 ** 14, unwrap)).toHaveLength(almost.length - 2);
    expect(uncompressBlocks(framed().subarray(0, 15), 2 ** 14, unwrap)).toHaveLength(13);
  });

  it('is refused for what its blocks say together, before any of them is decompressed', () => {
    const two = framed('00000004', '03616263', '00000003', '026465');
    expect(uncompress(two, 5)).toBe('abcde');
    expect(() => uncompressBlocks(two, 4, never)).toThrow('more than 4 bytes');
    expect(() => uncompressBlocks(Buffer.from('03616263', 'hex'), 2, never)).toThrow('more than 2 bytes');
    // Five bytes of length, above 2³²: no shift turns it into something small.
    expect(() => uncompressBlocks(Buffer.from('808080807f', 'hex'), 2 ** 31, never)).toThrow('more than 2147483648');
  });

  it.each([
    ['half a length', framed('000000'), 'cut off'],
    ['a block that goes on behind the bytes', framed('00000005', '03616263'), 'too long'],
    ['a length above 2³¹', framed('ffffffff', '03616263'), 'too long'],
    ['an empty block', framed('00000000'), 'how long it is'],
    ['nothing', Buffer.alloc(0), 'how long it is'],
    ['a block whose length does not end', framed('00000002', '8080', '00000001', '00'), 'how long it is'],
    ['a length of six bytes', Buffer.from('808080808000', 'hex'), 'how long it is'],
  ])('is not %s', (_, bytes, why) => {
    expect(() => uncompressBlocks(bytes, 1000, never)).toThrow(
      expect.objectContaining({ code: 'target-refused', message: expect.stringContaining(why) }),
    );
  });
});
