import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PayloadSchema } from '../../src/codecs/codec.ts';
import type { FieldNode, FieldValue } from '../../src/codecs/field-tree.ts';
import { identityOps } from '../../src/codecs/identity.ts';
import { json } from '../../src/codecs/json.ts';
import { createContext, type EventContext, Value } from '../../src/codecs/layout.ts';
import { xxh32OfText } from '../../src/core/xxh32.ts';
import { contextOf, schemaOf, vocabulary, write } from '../contracts/codec.ts';

function contextWith(changes: Partial<Record<keyof typeof Value, number>>, readings: number[] = []): EventContext {
  const context = createContext(7, 1);
  for (const [name, value] of Object.entries(changes)) context.values[Value[name as keyof typeof Value]] = value;
  context.values.set(readings, Value.readings);
  context.words.set([1, 2, 0x12ab, 0x34cd56ef]);
  return context;
}

function textOf(
  fields: PayloadSchema['fields'],
  context = contextWith({}),
  identity: PayloadSchema['identity'] = null,
): string {
  return new TextDecoder().decode(write(json, { fields, identity, vocabulary }, context, true));
}

/** The value of one field. */
function one(value: string, context = contextWith({})): string {
  return textOf([{ name: 'a', value }], context).slice('{"a":'.length, -1);
}

/** Stands for a value that placeholders decide; no generated text holds it. */
const mark = '\u{10ffff}'.repeat(30);

describe('json', () => {
  it('writes the original seismograph event byte for byte', () => {
    const fields = [
      { name: 'magnitude', value: '<temperature:0>' },
      { name: 'time', value: '<time.iso>' },
      { name: 'device', value: 'client-<hex:12>' },
    ];
    const context = contextWith({ timeUs: Date.UTC(2023, 4, 24, 18, 56, 56, 800) * 1000 }, [7.2]);
    expect(textOf(fields, context)).toMatch(
      /^\{"magnitude":7,"time":"2023-05-24T18:56:56\.800Z","device":"client-[0-9a-f]{12}"\}$/,
    );
    expect(textOf(fields, context)).toHaveLength(80);
  });

  it('is always JSON, with the members in order and every text as it was', () => {
    fc.assert(
      fc.property(schemaOf, contextOf, (schema, context) => {
        const text = new TextDecoder('utf-8', { fatal: true }).decode(write(json, schema, context, true));
        const members = (tree: FieldNode[]): string =>
          tree.map(({ name, value }) => `${JSON.stringify(name)}:${expected(value)}`).join(',');
        const expected = (value: FieldValue): string => {
          if (typeof value === 'object' && value !== null)
            return 'members' in value ? `{${members([...value.members])}}` : `[${value.items.map(expected).join(',')}]`;
          if (typeof value !== 'string') return JSON.stringify(value);
          return value.replaceAll('<<', '').includes('<') ? mark : JSON.stringify(value.replaceAll('<<', '<'));
        };
        JSON.parse(text);
        const pieces = `{${members([...schema.fields])}}`.split(mark);
        let at = 0;
        for (const piece of pieces) {
          at = text.indexOf(piece, at);
          expect(at).toBeGreaterThanOrEqual(0);
          at += piece.length;
        }
      }),
      { numRuns: 400 },
    );
  });

  it('nests maps and lists, in order of writing', () => {
    const fields: FieldNode[] = [
      {
        name: 'b',
        value: {
          members: [
            { name: '10', value: '<index>' },
            { name: '2', value: 'no. <index>' },
          ],
        },
      },
      { name: 'a', value: { items: ['<state>', null, { members: [] }, { items: [] }, { items: [true, -0] }] } },
    ];
    expect(textOf(fields, contextWith({ device: 7 }))).toBe(
      '{"b":{"10":7,"2":"no. 7"},"a":["idle",null,{},[],[true,0]]}',
    );
  });

  it('rounds half away from zero, cuts to the bounds and knows no negative zero', () => {
    const temperature = (value: number, format = ''): string => one(`<temperature${format}>`, contextWith({}, [value]));
    expect(temperature(21.005)).toBe('21.01');
    expect(temperature(-0.004)).toBe('0.00');
    expect(temperature(-0.005)).toBe('-0.01');
    expect(temperature(-39.996)).toBe('-40.00');
    expect(temperature(1000)).toBe('85.00');
    expect(temperature(Number.NaN)).toBe('-40.00');
    expect(temperature(-0.5, ':0')).toBe('-1');
    expect(temperature(9.5, ':0')).toBe('10');
    expect(temperature(-7, ':04')).toBe('"-0007"');
  });

  it('agrees with exact decimal rounding for any reading', () => {
    fc.assert(
      fc.property(fc.integer({ min: -4_000_000, max: 8_500_000 }), (units) => {
        // Multiples of 1/100000 that are no ties at two decimals.
        fc.pre(Math.abs(units % 1000) !== 500);
        const expected = (Math.sign(units) * Math.floor(Math.abs(units) / 1000 + 0.5)) / 100;
        expect(Number(one('<temperature>', contextWith({}, [units / 100_000])))).toBe(expected + 0);
      }),
    );
  });

  it('keeps the type of a lone placeholder, and writes text within text', () => {
    const context = contextWith({ device: 42, sequence: 7, timeUs: 1_700_000_000_123_456 }, [1.5, 0, 0, 0, 1]);
    expect(one('<index>', context)).toBe('42');
    expect(one('no. <index>', context)).toBe('"no. 42"');
    expect(one('<index:06>', context)).toBe('"000042"');
    expect(one('<sequence>', context)).toBe('7');
    expect(one('<time.ms>', context)).toBe('1700000000123');
    expect(one('<time.s>', context)).toBe('1700000000');
    expect(one('<time.s:6>', context)).toBe('1700000000.123456');
    expect(one('<time.iso>', context)).toBe('"2023-11-14T22:13:20.123Z"');
    expect(one('<state>', context)).toBe('"b\\"usy"');
    expect(one('<gain>', context)).toBe('1.5');
    expect(one('<gain:3> dB', context)).toBe('"1.500 dB"');
    expect(one('<mode>', context)).toBe('"quick\\n\\"one\\""');
    expect(one('<device>', context)).toBe('"dev\\"ice-12ab34cd56ef"');
    expect(one('<fleet>/<run>', context)).toBe('"fleet \\"é\\" 1/run-a"');
    expect(one('a<<b', context)).toBe('"a<b"');
  });

  it('writes a yes or no as such', () => {
    const [yes, no] = [1, 0].map((open) => contextWith({}, [0, 0, 0, 0, 0, open])) as [EventContext, EventContext];
    expect(['<open>', 'is <open>'].map((text) => one(text, yes))).toEqual(['true', '"is true"']);
    expect(one('<open>', no)).toBe('false');
  });

  it('writes dates with a blank, cut to the decimals asked for', () => {
    const context = contextWith({ timeUs: Date.UTC(2018, 10, 23, 11, 57, 45) * 1000 + 999_999 });
    expect(one('<time.utc> +0000', context)).toBe('"2018-11-23 11:57:45 +0000"');
    expect(one('<time.utc:3>', context)).toBe('"2018-11-23 11:57:45.999"');
    expect(one('<time.utc:6>', context)).toBe('"2018-11-23 11:57:45.999999"');
  });

  it('puts a blank behind commas and colons where that is asked', () => {
    const fields: FieldNode[] = [
      { name: 'msg', value: '<temperature:01>' },
      { name: 'more', value: { members: [{ name: 'a', value: { items: [1, 2] } }] } },
    ];
    const text = (schema: Partial<PayloadSchema>): string =>
      new TextDecoder().decode(
        write(json, { fields, identity: null, vocabulary, spaced: true, ...schema }, contextWith({}, [23]), true),
      );
    expect(text({ fields: fields.slice(0, 1) })).toBe('{"msg": "23"}');
    expect(text({})).toBe('{"msg": "23", "more": {"a": [1, 2]}}');
    expect(text({ identity: identityOps('run-a', 3) })).toMatch(/^\{"msg": "23", .*, "_id": "[0-9a-f-]{50}"\}$/);
    expect(text({ fields: [], padTo: 40, identity: identityOps('r', 0) })).toMatch(/^\{"_id": "[0-9a-f-]{50}"\}$/);
    expect(text({ fields: [], padTo: 90, identity: identityOps('r', 0) })).toMatch(
      /^\{"_pad": "[\w-]+", "_id": "[0-9a-f-]{50}"\}$/,
    );
  });

  it('writes whole numbers from 0 as hexadecimal digits, cut to the last ones', () => {
    const context = contextWith({}, [0, 0xdeadbeef]);
    expect(['<count:x8>', '<count:x10>', 'c-<count:x4>'].map((text) => one(text, context))).toEqual([
      '"deadbeef"',
      '"00deadbeef"',
      '"c-beef"',
    ]);
    expect(() => one('<temperature:x8>', context)).toThrow('may be negative');
  });

  it('draws other random digits for each event, field and seat', () => {
    const fields = ['<hex:16>', '<hex:16>', '<uuid>'].map((value, i) => ({ name: `f${i}`, value }));
    const texts = [0, 1, 2].map(
      (sequence) => JSON.parse(textOf(fields, contextWith({ sequence }))) as Record<string, string>,
    );
    const digits = texts.flatMap((event) => [event['f0'], event['f1'], event['f2']?.replaceAll('-', '').slice(0, 16)]);
    expect(new Set(digits).size).toBe(9);
    for (const event of texts)
      expect(event['f2']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('appends an id whose checksum covers everything before it', () => {
    const context = contextWith({ slot: 0xabcdef012345, intendedUs: 1_772_366_400_250_000 });
    const text = textOf([{ name: 'a', value: 1 }], context, identityOps('run-a', 3));
    const match = /^(\{"a":1,"_id":"([0-9a-f]{8})-0003-abcdef012345-([0-9a-f]{14})-)([0-9a-f]{8})"\}$/.exec(text);
    expect(match).not.toBeNull();
    expect(Number.parseInt(match?.[2] as string, 16)).toBe(xxh32OfText('run-a', 0) >>> 0);
    expect(Number.parseInt(match?.[3] as string, 16)).toBe(1_772_366_400_250_000);
    expect(Number.parseInt(match?.[4] as string, 16)).toBe(xxh32OfText(match?.[1] as string, 0) >>> 0);
    expect(textOf([], context, identityOps('run-a', 3))).toMatch(/^\{"_id":"/);
  });

  it('fills up with a member before the id, or with spaces where there is no room for one', () => {
    const padded = (padTo: number, fields: FieldNode[], identity: PayloadSchema['identity'], slot = 1): string =>
      new TextDecoder().decode(write(json, { fields, identity, vocabulary, padTo }, contextWith({ slot }), true));
    const fields = [{ name: 'a', value: 1 }];
    expect(padded(17, fields, null)).toMatch(/^\{"a":1,"_pad":""\}$/);
    expect(padded(16, fields, null)).toBe('{"a":1         }');
    expect(padded(7, fields, null)).toBe('{"a":1}');
    expect(padded(256, fields, identityOps('run-a', 3))).toMatch(
      /^\{"a":1,"_pad":"[\w-]{180}","_id":"[0-9a-f-]{50}"\}$/,
    );
    expect(JSON.parse(padded(256, [], identityOps('run-a', 3)))).toEqual({
      _pad: expect.any(String),
      _id: expect.any(String),
    });
    expect(JSON.parse(padded(100, [], null))).toEqual({ _pad: expect.stringMatching(/^[\w-]{89}$/) });
    for (const length of [10, 60, 64, 70]) JSON.parse(padded(length, [], identityOps('run-a', 3)));
  });

  it('fills up with what differs from slot to slot and does not compress away', () => {
    const texts = Array.from({ length: 100 }, (_, slot) =>
      new TextDecoder().decode(
        write(json, { fields: [], identity: null, vocabulary, padTo: 500 }, contextWith({ slot }), true),
      ),
    );
    expect(new Set(texts).size).toBe(100);
    expect(deflateSync(texts.join('')).length).toBeGreaterThan(0.7 * 100 * 500);
  });

  it.each([
    ['<index:2>', 'width'],
    ['<hex>', 'digits'],
    ['<hex:17>', 'digits'],
    ['<time.iso:3>', 'no format'],
    ['<time.s:7>', 'decimals'],
    ['<temperature:x>', 'decimals'],
    ['<wide:9>', 'more decimals'],
    ['<state:2>', 'no format'],
    ['<toString>', 'not known'],
  ])('refuses %s', (value, problem) => {
    expect(() => one(value)).toThrow(
      expect.objectContaining({ code: 'bad-scenario', message: expect.stringContaining(problem) }),
    );
  });
});
