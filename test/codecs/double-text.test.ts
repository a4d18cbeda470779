import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LONGEST_DOUBLE, writeDouble } from '../../src/codecs/double-text.ts';

function text(value: number): string {
  const bytes = new Uint8Array(LONGEST_DOUBLE);
  return new TextDecoder().decode(bytes.subarray(0, writeDouble(new DataView(bytes.buffer), 0, value)));
}

it.each([
  [0, '0.0'],
  [1, '1.0'],
  [-12.5, '-12.5'],
  [1047.5812345678901, '1047.58123456789'],
  [0.001, '0.001'],
  [0.00099, '9.9E-4'],
  [1e-4, '1.0E-4'],
  [-1.25e-7, '-1.25E-7'],
  [9_999_999, '9999999.0'],
  [1e7, '1.0E7'],
  [123_456_789.5, '1.234567895E8'],
  [-2.2250738585072014e-308, '-2.2250738585072014E-308'],
])('writes %d as Java does', (value, expected) => {
  expect(text(value)).toBe(expected);
});

it('is read back as the same double, with a digit on both sides of its point', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const written = text(value);
      expect(written).toMatch(/^-?\d+\.\d+(E-?\d+)?$/);
      expect(Number(written)).toBe(value + 0 === 0 ? Number(written) : value);
    }),
    { numRuns: 2000 },
  );
});
