import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import library from 'protobufjs';
import { describe, expect, it } from 'vitest';
import type { PayloadSchema, WireSchema } from '../../../src/codecs/codec.ts';
import type { FieldNode } from '../../../src/codecs/field-tree.ts';
import { identityOps } from '../../../src/codecs/identity.ts';
import { json } from '../../../src/codecs/json.ts';
import { Value } from '../../../src/codecs/layout.ts';
import { protobuf } from '../../../src/codecs/protobuf/protobuf.ts';
import { readProtobuf } from '../../../src/codecs/protobuf/read-protobuf.ts';
import { contextOf, write } from '../../contracts/codec.ts';
import { malformed, vocabulary } from '../schema-fixture.ts';

const path = fileURLToPath(new URL('../../fixtures/schemas/meter.proto', import.meta.url));
const wire = (await readProtobuf(path, 'lab.Meter')) as WireSchema;
const type = library.Root.fromJSON(wire.definition as never).lookupType('lab.Meter');
const fields: FieldNode[] = [
  { name: 'celsius', value: '<temperature>' },
  { name: 'device', value: '<device>' },
  { name: 'at', value: '<time.iso>' },
  { name: 'ms', value: '<time.ms>' },
  { name: 'n', value: '<sequence>' },
  { name: 'coarse', value: '<temperature:1>' },
  { name: 'signed', value: '<temperature:0>' },
  { name: 'plain', value: '<temperature:0>' },
  { name: 'wide', value: '<sequence>' },
  { name: 'narrow', value: '<temperature:0>' },
  { name: 'state', value: '<state>' },
  { name: 'limits', value: { items: [1, '<tiny>', '<gain>'] } },
  { name: 'notes', value: { items: ['<mode>', 'b <wide>', '<state>'] } },
  {
    name: 'more',
    value: {
      members: [
        { name: 'a', value: -5 },
        { name: 'b', value: '<count>' },
      ],
    },
  },
  { name: 'sites', value: { members: [{ name: '3', value: { members: [{ name: 'name', value: '<wide>' }] } }] } },
  {
    name: 'site',
    value: {
      members: [
        { name: 'name', value: 'é' },
        { name: 'next', value: { members: [{ name: 'name', value: '<fleet>' }] } },
      ],
    },
  },
  { name: 'ok', value: true },
  { name: 'raw', value: 'r<index>' },
  { name: 'outdoor', value: 'x' },
  { name: 'maybe', value: null },
];
const schema: PayloadSchema = { fields, identity: null, wire, vocabulary };

function change(name: string, value: FieldNode['value']): PayloadSchema {
  return { ...schema, fields: [...fields.filter((field) => field.name !== name), { name, value }] };
}

describe('protobuf', () => {
  it('says what JSON says, type for type', () => {
    fc.assert(
      fc.property(contextOf, (context) => {
        const read = type.toObject(type.decode(write(protobuf, schema, context, true)), {
          longs: Number,
          enums: String,
          defaults: true,
        });
        const text = new TextDecoder().decode(write(json, { fields, identity: null, vocabulary }, context, true));
        const { maybe: _, ...said } = JSON.parse(text);
        const timeUs = context.values[Value.timeUs] as number;
        expect(read).toMatchObject({
          ...said,
          at: { seconds: Math.floor(timeUs / 1e6), nanos: (timeUs % 1_000_000) * 1000 },
          coarse: Math.fround(said.coarse),
          raw: new Uint8Array(Buffer.from(said.raw)),
          sites: { 3: { name: said.sites[3].name.toFixed(3) } },
        });
      }),
      { numRuns: 300 },
    );
  });

  it('puts the id behind all other fields', () => {
    const [context] = fc.sample(contextOf, 1) as [never];
    const asked = { ...schema, identity: identityOps('run-a', 3) };
    const bytes = write(protobuf, asked, context, true);
    expect((type.decode(bytes) as unknown as { _id: string })._id).toMatch(/^[0-9a-f]{8}-0003-/);
    expect(Buffer.from(bytes.subarray(-50)).toString()).toBe((type.decode(bytes) as unknown as { _id: string })._id);
    expect(protobuf.schema?.check(asked)).toEqual([]);
  });

  it.each<[string, FieldNode['value'], string, string | null]>([
    ['device', 3, 'the message wants string here', 'put it between quotes'],
    [
      'plain',
      '<temperature>',
      '<temperature> has decimals, and int32 holds none',
      'write <temperature:0>, or use a double',
    ],
    ['plain', 3_000_000_000, '3000000000 does not fit into int32', 'from -2147483648 to 2147483647'],
    ['ms', -1, '-1 does not fit into uint64', 'from 0 to 9007199254740991'],
    ['signed', '<count>', '<count> goes from 0 to 4,000,000,000, which does not fit into sint32', 'use a wider type'],
    ['state', 'lazy', '"lazy" is none of the schema\'s names', 'they are idle, busy, away'],
    ['at', 'now', 'the message wants google.protobuf.Timestamp here', 'write <time.iso>'],
    ['site', 'here', 'the message wants lab.Meter.Site here', 'write a map'],
    ['limits', 1, 'the message wants a list of double here', null],
    ['more', 1, 'the message wants a map of sint64 here', null],
    ['ok', 'yes', 'the message wants bool here', 'write true or false'],
    ['indoor', 'y', '"outdoor" and "indoor" exclude each other (oneof kind)', 'leave one out'],
    ['celsuis', 1, 'the message lab.Meter has no field "celsuis"', 'did you mean "celsius"?'],
  ])('says what keeps %s from being %j', (name, value, message, hint) => {
    expect(protobuf.schema?.check(change(name, value))).toEqual([{ path: [name], message, hint }]);
  });

  it('damaged on purpose, is refused by readers', () => {
    const [context] = fc.sample(contextOf, 1) as [never];
    const bytes = write(malformed(protobuf), schema, context, true);
    expect(bytes).toHaveLength(write(protobuf, schema, context, true).length);
    expect(() => type.decode(bytes)).toThrow();
  });

  it('shows itself as JSON', async () => {
    const [context] = fc.sample(contextOf, 1) as [never];
    const shown = (await protobuf.show?.(write(protobuf, schema, context, true), wire)) ?? '';
    expect(JSON.parse(shown)).toMatchObject({ ok: true, outdoor: 'x' });
  });

  it.each([
    ['meter.avsc', null, 'no message'],
    ['none.proto', null, 'ENOENT'],
    ['meter.proto', null, 'does not say which message'],
    ['meter.proto', 'Meters', 'no message "Meters"'],
  ])('refuses %s with %j', async (file, message, said) => {
    const read = await readProtobuf(fileURLToPath(new URL(`../../fixtures/schemas/${file}`, import.meta.url)), message);
    expect(read).toEqual({ problem: { message: expect.stringContaining(said), hint: expect.any(String) } });
  });
});
