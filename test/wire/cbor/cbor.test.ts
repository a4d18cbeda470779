import { decode, encode } from 'cborg';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CborCursor } from '../../../src/wire/cbor/cursor.ts';
import { decodeCbor } from '../../../src/wire/cbor/decode.ts';
import { encodeCbor } from '../../../src/wire/cbor/encode.ts';
import { headLength, Major, putHead } from '../../../src/wire/cbor/head.ts';

const bytesOf = (hex: string): Buffer => Buffer.from(hex, 'hex');
const name = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => text !== '__proto__');
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).filter((number) => !Object.is(number, -0)),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(null, true, false),
    fc.array(tie('any'), { maxLength: 30 }),
    fc.dictionary(name, tie('any'), { noNullPrototype: true, maxKeys: 30 }),
  ),
})).any;

it('is understood by others, and understands them', () => {
  const cursor = new CborCursor();
  fc.assert(
    fc.property(value, (any) => {
      const ours = encodeCbor(any);
      expect(decode(ours)).toEqual(any);
      const others = new Uint8Array(encode(any));
      expect(decodeCbor(others)).toEqual(any);
      for (const bytes of [ours, others]) {
        cursor.begin(bytes);
        expect(cursor.skip() && cursor.isAtEnd).toBe(true);
      }
    }),
  );
});

// Appendix A of RFC 8949.
it.each<[string, unknown]>([
  ['00', 0],
  ['17', 23],
  ['1818', 24],
  ['1903e8', 1000],
  ['1a000f4240', 1_000_000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['20', -1],
  ['3903e7', -1000],
  ['f90000', 0],
  ['f90001', 1 / 0x100_0000],
  ['f90400', 1 / 0x4000],
  ['f93c00', 1],
  ['f97bff', 65504],
  ['f9c400', -4],
  ['f97c00', Number.POSITIVE_INFINITY],
  ['f9fc00', Number.NEGATIVE_INFINITY],
  ['f97e00', Number.NaN],
  ['fa47c35000', 100_000],
  ['fb3ff199999999999a', 1.1],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['f7', null],
  ['c11a514b67b0', 1_363_896_240],
  ['4401020304', Uint8Array.of(1, 2, 3, 4)],
  ['62c3bc', 'ü'],
  ['5f42010243030405ff', Uint8Array.of(1, 2, 3, 4, 5)],
  ['7f657374726561646d696e67ff', 'streaming'],
  ['9fff', []],
  ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
  ['83018202039f0405ff', [1, [2, 3], [4, 5]]],
  ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
  ['bf6346756ef563416d7421ff', { Fun: true, Amt: -2 }],
])('reads %s', (hex, meant) => {
  expect(decodeCbor(bytesOf(hex))).toEqual(
    typeof meant === 'object' && meant instanceof Uint8Array ? Buffer.from(meant) : meant,
  );
  const cursor = new CborCursor();
  cursor.begin(bytesOf(hex));
  expect(cursor.skip() && cursor.isAtEnd).toBe(true);
});

it.each([
  ['nothing', ''],
  ['half a head', '19ff'],
  ['half a text', '6361'],
  ['half a list', '8201'],
  ['a list without its break', '9f01'],
  ['a map with a name and no value', 'bf6161ff'],
  ['a break alone', 'ff'],
  ['a reserved head', '1c'],
  ['a whole number without end', '1f'],
  ['a tag without end', 'dfff'],
  ['chunks of another kind', '5f6161ff'],
  ['open chunks', '5f5f4100ffff'],
  ['lists in lists in lists', '81'.repeat(100)],
])('takes %s for none', (_, hex) => {
  expect(() => decodeCbor(bytesOf(hex))).toThrow(SyntaxError);
  const cursor = new CborCursor();
  cursor.begin(bytesOf(hex));
  expect(cursor.skip()).toBe(false);
});

it.each([
  ['two values', '0000'],
  ['a name that is a number', 'a10101'],
  ['a text that is no UTF-8', '61ff'],
  ['a simple value that nobody knows', 'e0'],
])('has no value for %s', (_, hex) => {
  expect(() => decodeCbor(bytesOf(hex))).toThrow(SyntaxError);
});

it('hands what is tagged to whoever knows the tag', () => {
  const seconds = (tag: number, ms: unknown): unknown => (tag === 1 ? Number(ms) / 1000 : ms);
  expect(decodeCbor(bytesOf('82c11903e8c21903e8'), seconds)).toEqual([1, 1000]);
});

it('writes a time as AWS does, in milliseconds, and leaves out what is not defined', () => {
  expect(encodeCbor({ at: new Date(1000), none: undefined }).toString('hex')).toBe('a1626174c11903e8');
});

it('writes heads as short as can be', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (number) => {
      const whole = Math.abs(number);
      const out = new Uint8Array(9);
      expect(putHead(out, 0, Major.whole, whole)).toBe(headLength(whole));
      expect(out.subarray(0, headLength(whole))).toEqual(encode(whole));
    }),
  );
});
