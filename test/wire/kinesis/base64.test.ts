import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Base64Writer, base64Length } from '../../../src/wire/kinesis/base64.ts';

describe('Base64Writer', () => {
  it('writes what Node writes, and nothing beside it', () => {
    const writer = new Base64Writer();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(7), fc.nat(7), fc.nat(9), (bytes, skip, left, at) => {
        const from = Math.min(skip, bytes.length);
        const to = Math.max(from, bytes.length - left);
        const expected = Buffer.from(bytes.subarray(from, to)).toString('base64');
        expect(base64Length(to - from)).toBe(expected.length);
        const out = Buffer.alloc(at + expected.length + 5, 0xee);
        expect(writer.write(bytes, from, to, out, at)).toBe(at + expected.length);
        expect(out.toString('latin1', at, at + expected.length)).toBe(expected);
        out.fill(0xee, at, at + expected.length);
        expect(out.every((byte) => byte === 0xee)).toBe(true);
      }),
    );
  });

  it('writes every length around the one from which on the native encoder is used', () => {
    const writer = new Base64Writer();
    const bytes = Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 151) & 0xff));
    for (let length = 0; length <= 300; length++) {
      const out = Buffer.alloc(404);
      const end = writer.write(bytes, 0, length, out, 1);
      expect(out.toString('latin1', 1, end)).toBe(bytes.toString('base64', 0, length));
    }
  });

  it('reads and writes within larger buffers', () => {
    const writer = new Base64Writer();
    const source = new Uint8Array(new ArrayBuffer(64), 7, 40).map((_, i) => i);
    const within = new Uint8Array(new ArrayBuffer(64), 7, 40);
    within.set(source);
    const out = Buffer.from(new ArrayBuffer(128), 9, 100);
    const end = writer.write(within, 3, 40, out, 2);
    expect(out.toString('latin1', 2, end)).toBe(Buffer.from(source).toString('base64', 3, 40));
  });
});
