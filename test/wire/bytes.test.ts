import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../src/wire/byte-reader.ts';
import { ByteWriter } from '../../src/wire/byte-writer.ts';

const item = fc.oneof(
  fc.record({ kind: fc.constant('varint' as const), value: fc.maxSafeNat() }),
  fc.record({ kind: fc.constant('float64' as const), value: fc.double() }),
  fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'grapheme', maxLength: 200 }) }),
  fc.record({ kind: fc.constant('byte' as const), value: fc.nat(255) }),
);

describe('ByteWriter and ByteReader', () => {
  it('are each other’s inverse', () => {
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const writer = new ByteWriter(1);
        for (const { kind, value } of items) writer[kind](value as never);
        const reader = new ByteReader(writer.take());
        for (const { kind, value } of items) expect(reader[kind]()).toEqual(value);
        expect(reader.done).toBe(true);
        expect(writer.take().length).toBe(0);
      }),
    );
  });

  it.each([0, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER])('keeps %d', (value) => {
    const writer = new ByteWriter();
    writer.varint(value);
    expect(new ByteReader(writer.take()).varint()).toBe(value);
  });

  it('refuses what was never written', () => {
    const corrupt = expect.objectContaining({ code: 'file-corrupt' });
    expect(() => new ByteReader(Uint8Array.of()).byte()).toThrow(corrupt);
    expect(() => new ByteReader(Uint8Array.of(0x80)).varint()).toThrow(corrupt);
    expect(() => new ByteReader(new Uint8Array(9).fill(0xff)).varint()).toThrow(corrupt);
    expect(() => new ByteReader(new Uint8Array(7)).float64()).toThrow(corrupt);
    expect(() => new ByteReader(Uint8Array.of(3, 65)).text()).toThrow(corrupt);
    expect(() => new ByteReader(Uint8Array.of(1, 0xff)).text()).toThrow(corrupt);
    expect(() => new ByteReader(Uint8Array.of(1, 123)).json()).toThrow(corrupt);
  });
});
