import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xxh32, xxh32OfText } from '../../src/core/xxh32.ts';

function hash(bytes: Uint8Array, seed = 0): number {
  return xxh32(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, seed);
}

describe('xxh32', () => {
  it.each([
    ['', 0x02cc5d05],
    ['a', 0x550d7456],
    ['abc', 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0xe2293b2f],
  ])('of %j is the published value', (text, expected) => {
    expect(xxh32OfText(text, 0) >>> 0).toBe(expected);
  });

  it('depends on the seed, not on where the bytes stand', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i * 7);
    const moved = new Uint8Array(120);
    moved.set(bytes, 13);
    expect(xxh32(new DataView(moved.buffer), 13, 113, 5)).toBe(hash(bytes, 5));
    expect(hash(bytes, 5)).not.toBe(hash(bytes, 6));
  });

  it('notices every change within four neighbouring bytes of a word', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 90 }),
        fc.nat(),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        (bytes, place, change) => {
          const word = (place % bytes.length) & ~3;
          const changed = bytes.slice();
          for (let i = 0; i < 4 && word + i < changed.length; i++) {
            changed[word + i] = (changed[word + i] as number) ^ (change[i] as number);
          }
          const isChanged = changed.some((byte, i) => byte !== bytes[i]);
          // The last bytes, fewer than four, are mixed one by one; a change of one of them is always seen.
          fc.pre(isChanged && (word + 4 <= bytes.length || change.filter((byte) => byte !== 0).length === 1));
          expect(hash(changed)).not.toBe(hash(bytes));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
