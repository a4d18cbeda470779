import { decode } from 'cborg';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { avro } from '../../src/codecs/avro/avro.ts';
import { cbor } from '../../src/codecs/cbor.ts';
import type { Codec } from '../../src/codecs/codec.ts';
import { csv } from '../../src/codecs/csv.ts';
import type { FieldNode } from '../../src/codecs/field-tree.ts';
import { json } from '../../src/codecs/json.ts';
import { createContext, Value } from '../../src/codecs/layout.ts';
import type { Vocabulary } from '../../src/codecs/vocabulary.ts';
import { vocabulary, write } from '../contracts/codec.ts';
import { expectSameBytes } from '../same-bytes.ts';

const optional = { optional: true, decimals: 2, min: -100, max: 100 } as const;
const words: Vocabulary = {
  ...vocabulary,
  quantities: [
    { name: 'plain', quantity: optional },
    { name: 'state', quantity: { ...optional, names: ['on', 'a "b"'] } },
    { name: 'seen', quantity: { ...optional, min: 0, max: Number.MAX_SAFE_INTEGER, instant: true } },
    { name: 'open', quantity: { ...optional, flag: true, missing: 'unknown' } },
  ],
};
const fields: FieldNode[] = [
  ['a', '<plain>'],
  ['b', '<plain:exact>'],
  ['c', '<plain:0>'],
  ['d', '<state>'],
  ['e', '<seen>'],
  ['f', 'is <plain>'],
  ['g', '<open>'],
  ['h', 'is <open>'],
].map(([name, value]) => ({ name: name as string, value: value as string }));
const schema = { fields, identity: null, vocabulary: words };

function context(plain: number, state: number, seen: number): ReturnType<typeof createContext> {
  const made = createContext(4, 1);
  made.values.set([plain, state, seen, state], Value.readings);
  return made;
}

const text = (codec: Codec, ...values: [number, number, number]): string =>
  new TextDecoder().decode(write(codec, schema, context(...values), true));

const there: [number, number, number] = [-12.345, 1, 1_672_943_433_402_999];
const missing: [number, number, number] = [Number.NaN, Number.NaN, Number.NaN];

it('writes a reading that is missing as null in JSON', () => {
  expect(text(json, ...there)).toBe(
    '{"a":-12.35,"b":-12.345,"c":-12,"d":"a \\"b\\"","e":"2023-01-05T18:30:33.402Z","f":"is -12.35","g":true,"h":"is true"}',
  );
  expect(text(json, ...missing)).toBe(
    '{"a":null,"b":null,"c":null,"d":null,"e":null,"f":"is ","g":null,"h":"is unknown"}',
  );
});

it('leaves its column empty in CSV, without quotes', () => {
  expect(text(csv, ...there)).toBe('-12.35,-12.345,-12,"a ""b""",2023-01-05T18:30:33.402Z,"is -12.35",true,"is true"');
  expect(text(csv, ...missing)).toBe(',,,,,"is ",,"is unknown"');
});

it('writes null in CBOR', () => {
  const read = (...values: [number, number, number]): unknown => decode(write(cbor, schema, context(...values), true));
  expect(read(...there)).toEqual({
    a: -12.35,
    b: -12.345,
    c: -12,
    d: 'a "b"',
    e: '2023-01-05T18:30:33.402Z',
    f: 'is -12.35',
    g: true,
    h: 'is true',
  });
  expect(read(...missing)).toEqual({ a: null, b: null, c: null, d: null, e: null, f: 'is ', g: null, h: 'is unknown' });
});

it('writes the same bytes with and without generated code', () => {
  const reading = fc.oneof(fc.constant(Number.NaN), fc.double({ min: -200, max: 200 }));
  const state = fc.constantFrom(Number.NaN, 0, 1);
  const seen = fc.oneof(fc.constant(Number.NaN), fc.maxSafeNat());
  fc.assert(
    fc.property(fc.constantFrom(json, csv, cbor), reading, state, seen, (codec, ...values) => {
      expectSameBytes(write(codec, schema, context(...values), true), write(codec, schema, context(...values), false));
    }),
    { numRuns: 300 },
  );
});

it('has no place where a schema wants a number', () => {
  const type = { kind: 'double' };
  const record = { kind: 'record', fields: [{ name: 'a', type }] };
  const wire = { definition: null, type: { root: 'r', named: { r: record } } };
  const problems = avro.schema?.check({ ...schema, fields: [{ name: 'a', value: '<plain>' }], wire });
  expect(problems?.map(({ message }) => message)).toEqual([
    'the reading may be missing, and the schema wants a number here (double)',
  ]);
});
