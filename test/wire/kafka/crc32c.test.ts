import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Crc32c, crc32cInJs, isCrc32c, loadCrc32c } from '../../../src/wire/kafka/crc32c.ts';

/** Bit by bit, from the polynomial. */
const byBits: Crc32c = (bytes, from, to) => {
  let crc = 0xffffffff;
  for (let at = from; at < to; at++) {
    crc ^= bytes[at] as number;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0x82f63b78;
  }
  return ~crc >>> 0;
};

const digits = new TextEncoder().encode('123456789');

describe('crc32c', () => {
  it.each([
    // RFC 3720, B.4
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    [digits, 0xe3069283],
  ])('has the published values', async (bytes, crc) => {
    expect(crc32cInJs(bytes, 0, bytes.length)).toBe(crc);
    expect((await loadCrc32c())(bytes, 0, bytes.length)).toBe(crc);
  });

  it('is the same in TypeScript, natively and bit by bit, of any part', async () => {
    const native = await loadCrc32c();
    expect(native).not.toBe(crc32cInJs);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), fc.nat(100), (bytes, a, b) => {
        const from = Math.min(a, b, bytes.length);
        const to = Math.min(Math.max(a, b), bytes.length);
        const crc = byBits(bytes, from, to);
        expect(crc32cInJs(bytes, from, to)).toBe(crc);
        expect(native(bytes, from, to)).toBe(crc);
      }),
    );
  });

  it('falls back where the package is missing or computes something else', async () => {
    expect(await loadCrc32c(() => Promise.reject(new Error('no binary')))).toBe(crc32cInJs);
    expect(await loadCrc32c(() => Promise.resolve({ crc32c: () => 0xcbf43926 }))).toBe(crc32cInJs);
    expect(isCrc32c((bytes) => crc32cInJs(bytes, 1, 10))).toBe(false);
  });
});
