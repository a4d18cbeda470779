import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Codec, PayloadSchema } from '../../src/codecs/codec.ts';
import type { FieldNode, FieldValue } from '../../src/codecs/field-tree.ts';
import { identityOps } from '../../src/codecs/identity.ts';
import { createContext, type EventContext, Value } from '../../src/codecs/layout.ts';
import type { Vocabulary } from '../../src/codecs/vocabulary.ts';
import { compileWriter, writerSlack } from '../../src/codecs/writer.ts';
import { expectSameBytes } from '../same-bytes.ts';

/** More than a handful: long ones, an empty one, such as need an escape. */
const moods = Array.from({ length: 21 }, (_, i) => (i === 20 ? 'so, "so"' : '-é-'.repeat(i % 7)));

/** Readings of every shape: signed, whole, large, tiny, enumerated, a yes or no. */
export const vocabulary: Vocabulary = {
  fleet: 'fleet "é" 1',
  run: 'run-a',
  devices: 1_000_000,
  deviceId: [
    { op: 'literal', text: 'dev"ice-' },
    { op: 'hex-words', word: 2, digits: 12 },
  ],
  params: { gain: 1.5, mode: 'quick\n"one"', on: true },
  quantities: [
    { name: 'temperature', quantity: { decimals: 2, min: -40, max: 85 } },
    { name: 'count', quantity: { decimals: 0, min: 0, max: 4e9 } },
    { name: 'tiny', quantity: { decimals: 6, min: -0.001, max: 0.001 } },
    { name: 'wide', quantity: { decimals: 3, min: -1e9, max: 1e9 } },
    { name: 'state', quantity: { decimals: 0, min: 0, max: 2, names: ['idle', 'b"usy', 'größer'] } },
    { name: 'open', quantity: { decimals: 0, min: 0, max: 1, flag: true } },
    { name: 'mood', quantity: { decimals: 0, min: 0, max: 20, names: moods } },
  ],
};

/** Placeholders in all their forms, and text around them. */
const pieces = [
  ...[
    '<device>',
    '<index>',
    '<index:06>',
    '<ordinal>',
    '<fleet>',
    '<run>',
    '<sequence>',
    '<sequence:012>',
    '<uuid>',
    '<hex:1>',
  ],
  ...['<hex:8>', '<hex:13>', '<hex:16>', '<time.iso>', '<time.ms>', '<time.s>', '<time.s:3>', '<time.s:6>'],
  ...[
    '<temperature>',
    '<temperature:0>',
    '<temperature:1>',
    '<temperature:4>',
    '<temperature:04>',
    '<temperature:exact>',
    '<count>',
    '<tiny>',
  ],
  ...['<time.utc>', '<time.utc:3>', '<count:x8>', '<open>', '<mood>'],
  ...['<tiny:9>', '<wide>', '<wide:5>', '<wide:012>', '<state>', '<gain>', '<gain:3>', '<mode>', '<on>'],
];

const text = fc
  .oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('', '"', '\\', '\u0000', '\u2028', '${x}', '`', '*/', '");process.exit(1);("', 'x'.repeat(100)),
  )
  .map((value) => value.replaceAll('<', '<<'));

const plain = fc.oneof(
  fc.constantFrom(...pieces),
  fc.array(fc.oneof(text, fc.constantFrom(...pieces)), { maxLength: 5 }).map((parts) => parts.join('')),
  fc.constantFrom(0, -0, 1.5, 1e300, true, false, null),
);

const name = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('0', '10', '2', '__proto__'));

/** Fields of any depth, in any order, with names that objects would move. */
const { fields: fieldsOf } = fc.letrec<{ fields: FieldNode[]; value: FieldValue }>((tie) => ({
  fields: fc.uniqueArray(fc.record({ name, value: tie('value') }), { maxLength: 8, selector: (field) => field.name }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    plain,
    tie('fields').map((members) => ({ members })),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => ({ items })),
  ),
}));

export const schemaOf = fieldsOf.map((fields): PayloadSchema => ({ fields, identity: null, vocabulary }));

const reading = fc.oneof(
  fc.double(),
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.constantFrom(-0, 0.005, -0.005, -0.0049999, 84.999, 85, -40, 1e9, 0.0000005, 4294967295.5, Number.NaN),
);

/** Contexts with every value a model could hand over, and some it must not. */
export const contextOf = fc
  .record({
    slot: fc.maxSafeNat(),
    seat: fc.nat(999_999),
    sequence: fc.oneof(fc.nat(20_000), fc.maxSafeNat()),
    timeUs: fc.maxSafeNat(),
    readings: fc.array(reading, { minLength: 4, maxLength: 4 }),
    state: fc.nat(2),
    open: fc.nat(1),
    mood: fc.nat(20),
    words: fc.array(fc.integer({ min: -0x80000000, max: 0x7fffffff }), { minLength: 4, maxLength: 4 }),
  })
  .map(({ slot, seat, sequence, timeUs, readings, state, open, mood, words }): EventContext => {
    const context = createContext(7, 1);
    context.values.set([slot, seat, sequence, timeUs, timeUs, ...readings, state, open, mood]);
    context.words.set(words);
    return context;
  });

/** One event, with its bytes checked to stay where they belong. */
export function write(codec: Codec, schema: PayloadSchema, context: EventContext, generated: boolean): Uint8Array {
  const writer = compileWriter(codec.layout(schema).ops, generated);
  const guard = 16;
  const bytes = new Uint8Array(guard + writer.maxBytes + writerSlack + guard).fill(0xaa);
  const end = writer.write(context, new DataView(bytes.buffer), guard);
  expect(end - guard).toBeLessThanOrEqual(writer.maxBytes);
  for (let i = 0; i < guard; i++) {
    if (bytes[i] !== 0xaa || bytes[bytes.length - 1 - i] !== 0xaa) expect(i).toBe('an untouched byte');
  }
  return bytes.slice(guard, end);
}

/** What the contract has to know of a codec. */
export interface CodecTraits {
  /** Fields as the codec may get them, with the schema that they fit; absent where it takes any. */
  fitted?(schema: PayloadSchema): PayloadSchema;
  /** Bytes that an empty filler takes; null where there is none. */
  emptyFiller: number | null;
}

/** What every codec promises. */
export function describeCodec(codec: Codec, { fitted = (schema) => schema, emptyFiller }: CodecTraits): void {
  const schemaOf = fieldsOf.map((fields): PayloadSchema => fitted({ fields, identity: null, vocabulary }));
  describe(`codec ${codec.name}`, () => {
    it('documents itself', () => {
      expect(codec.doc).toMatch(/^[A-Z].*\.$/);
    });

    it('writes the same bytes with and without generated code, and never beyond its bound', () => {
      fc.assert(
        fc.property(schemaOf, contextOf, (schema, context) => {
          expectSameBytes(write(codec, schema, context, true), write(codec, schema, context, false));
        }),
        { numRuns: 400 },
      );
    });

    if (emptyFiller !== null) {
      it('fills shorter payloads up to a length, and leaves longer ones', () => {
        const id = identityOps('run-a', 3);
        const padded = fc.record({ schema: schemaOf, padTo: fc.nat(1200), identity: fc.constantFrom(null, id) });
        fc.assert(
          fc.property(padded, contextOf, ({ schema, padTo, identity }, context) => {
            const plain = write(codec, { ...schema, identity }, context, true).length;
            const bare = write(codec, { ...schema, identity, padTo: 0 }, context, true).length;
            expect(bare - plain).toBeLessThanOrEqual(emptyFiller);
            const bytes = write(codec, { ...schema, identity, padTo }, context, true);
            expectSameBytes(bytes, write(codec, { ...schema, identity, padTo }, context, false));
            expect(bytes.length).toBe(Math.max(bare, padTo));
          }),
          { numRuns: 200 },
        );
      });
    }

    it('says where device and time stand', () => {
      const fields = ['<x>', 'a<time.ms>', '<device>', '<time.iso>'].map((value, i) => ({ name: `f${i}`, value }));
      const layout = codec.layout(fitted({ fields: fields.slice(1), identity: null, vocabulary }));
      expect(layout.ops.slice(layout.time?.from, layout.time?.to).map(({ op }) => op)).toEqual(['time-ms']);
      expect(layout.ops.slice(layout.device?.from, layout.device?.to)).toHaveLength(2);
      const bare = codec.layout(fitted({ fields: [], identity: null, vocabulary }));
      expect([bare.device, bare.time]).toEqual([null, null]);
    });

    it('refuses an unknown placeholder by name and says what there is', () => {
      const fields = [{ name: 'a', value: '<temperatur>' }];
      const known = fitted({ fields: [{ name: 'a', value: 'text' }], identity: null, vocabulary });
      expect(() => codec.layout({ ...known, fields })).toThrow(
        expect.objectContaining({
          code: 'bad-scenario',
          value: '<temperatur>',
          hint: expect.stringContaining('temperature'),
        }),
      );
    });

    it('does not depend on what it wrote before', () => {
      const fields = [{ name: 'at', value: '<time.iso>' }];
      const writer = compileWriter(codec.layout(fitted({ fields, identity: null, vocabulary })).ops);
      const view = new DataView(new ArrayBuffer(200));
      const context = createContext(5, 1);
      const at = (timeUs: number): string => {
        context.values[Value.timeUs] = timeUs;
        return new TextDecoder().decode(new Uint8Array(view.buffer, 0, writer.write(context, view, 0)));
      };
      const times = [0, 1_999_999, 2_000_000, 1_000_000, 3e15, 2_000_000, 0, 1_000_000, 1e12, 1e12 + 1e6, 1e12 - 1e6];
      for (const timeUs of times) expect(at(timeUs)).toContain(new Date(timeUs / 1000).toISOString());
    });
  });
}
