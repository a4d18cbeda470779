import { decode, encode } from 'cborg';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import {
  type LengthForm,
  lengthHead,
  type NumberForm,
  numberBytes,
  numberWidth,
  writeLength,
} from '../../src/codecs/binary.ts';
import { readNumber } from '../../src/codecs/read-number.ts';

const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.integer({ min: -300, max: 300 }),
  fc
    .integer({ min: 0, max: 53 })
    .chain((bits) => fc.constantFrom(2 ** bits - 1, Math.min(2 ** bits, 2 ** 53 - 1), -(2 ** bits) + 1)),
);
const hex = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex');

describe('numbers in binary', () => {
  it.each([
    ['varint', 1, '01'],
    ['varint', 150, '9601'],
    ['varint', -1, 'ffffffffffffffffff01'],
    ['varint', -2, 'feffffffffffffffff01'],
    ['zigzag', 0, '00'],
    ['zigzag', -1, '01'],
    ['zigzag', 1, '02'],
    ['zigzag', -64, '7f'],
    ['zigzag', 64, '8001'],
    ['cbor', 0, '00'],
    ['cbor', 23, '17'],
    ['cbor', 24, '1818'],
    ['cbor', 1000, '1903e8'],
    ['cbor', 1_000_000, '1a000f4240'],
    ['cbor', 1_000_000_000_000, '1b000000e8d4a51000'],
    ['cbor', -1, '20'],
    ['cbor', -100, '3863'],
    ['cbor', -1000, '3903e7'],
    ['float64be', 1.1, '3ff199999999999a'],
    ['float64le', 1.1, '9a9999999999f13f'],
    ['fixed32le', 4_294_967_295, 'ffffffff'],
    ['fixed64le', -2, 'feffffffffffffff'],
  ] as const)('writes %s of %d as its specification does', (form, value, bytes) => {
    expect(hex(numberBytes(form, value))).toBe(bytes);
  });

  it('agrees with other writers on every integer', () => {
    fc.assert(
      fc.property(integer, (value) => {
        expect(numberBytes('cbor', value)).toEqual([...encode(value)]);
        const writer = protobuf.Writer.create();
        expect(numberBytes('varint', value)).toEqual([...writer.int64(value).finish()]);
        expect(numberBytes('zigzag', value)).toEqual([...protobuf.Writer.create().sint64(value).finish()]);
        expect(numberBytes('fixed64le', value)).toEqual([...protobuf.Writer.create().sfixed64(value).finish()]);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads what it wrote, and nothing that was cut off', () => {
    const forms = fc.constantFrom<NumberForm>('varint', 'zigzag', 'cbor', 'fixed64le', 'float64le', 'float64be');
    fc.assert(
      fc.property(integer, forms, (value, form) => {
        if (form === 'varint' && value < 0) return;
        const bytes = Uint8Array.from([7, ...numberBytes(form, value)]);
        expect(readNumber(form, bytes, 1, bytes.length)).toBe(value);
        expect(readNumber(form, bytes, 1, bytes.length - 1)).toBeNaN();
        const { min, max } = numberWidth(form, Math.min(value, 0), Math.max(value, 0));
        expect(bytes.length - 1).toBeGreaterThanOrEqual(min);
        expect(bytes.length - 1).toBeLessThanOrEqual(max);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('lengths', () => {
  const forms: LengthForm[] = ['cbor-text', 'varint', 'zigzag'];

  it.each(forms)('%s: goes into the room kept for it, and gives back what it does not take', (form) => {
    fc.assert(
      fc.property(fc.nat(700), fc.nat(70_000), (length, more) => {
        const reserved = lengthHead(form, length + more).length;
        const bytes = new Uint8Array(3 + reserved + length);
        for (let i = 0; i < length; i++) bytes[3 + reserved + i] = i % 251;
        const end = writeLength(new DataView(bytes.buffer), 3, reserved, bytes.length, form);
        const head = lengthHead(form, length);
        expect([...bytes.subarray(3, 3 + head.length)]).toEqual(head);
        expect(end).toBe(3 + head.length + length);
        for (let i = 0; i < length; i++) if (bytes[3 + head.length + i] !== i % 251) expect(i).toBe('its byte');
      }),
      { numRuns: 300 },
    );
  });

  it('before a text makes it one', () => {
    for (const length of [0, 23, 24, 255, 256, 65_535, 65_536]) {
      const bytes = Uint8Array.from([...lengthHead('cbor-text', length), ...new Uint8Array(length).fill(97)]);
      expect(decode(bytes)).toBe('a'.repeat(length));
    }
  });
});
