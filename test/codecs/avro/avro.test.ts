import { fileURLToPath } from 'node:url';
import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avro } from '../../../src/codecs/avro/avro.ts';
import { readAvro } from '../../../src/codecs/avro/read-avro.ts';
import type { PayloadSchema, WireSchema } from '../../../src/codecs/codec.ts';
import type { FieldNode } from '../../../src/codecs/field-tree.ts';
import { identityOps } from '../../../src/codecs/identity.ts';
import { json } from '../../../src/codecs/json.ts';
import { Value } from '../../../src/codecs/layout.ts';
import { contextOf, write } from '../../contracts/codec.ts';
import { malformed, vocabulary } from '../schema-fixture.ts';

const path = fileURLToPath(new URL('../../fixtures/schemas/meter.avsc', import.meta.url));
const wire = (await readAvro(path, null)) as WireSchema;
const type = avsc.Type.forSchema(wire.definition as never);
const fields: FieldNode[] = [
  { name: 'device', value: '<device>' },
  { name: 'at', value: '<time.iso>' },
  { name: 'exactly', value: '<time.ms>' },
  { name: 'n', value: '<sequence>' },
  { name: 'celsius', value: '<temperature>' },
  { name: 'coarse', value: '<temperature:1>' },
  { name: 'count', value: '<temperature:0>' },
  { name: 'state', value: '<state>' },
  { name: 'tag', value: '<hex:8>' },
  { name: 'raw', value: 'r<index>' },
  { name: 'ok', value: true },
  { name: 'note', value: 'it is <wide> << 3' },
  { name: 'limits', value: { items: [1, '<tiny>', '<gain>'] } },
  {
    name: 'more',
    value: {
      members: [
        { name: 'a', value: '<mode>' },
        { name: 'b', value: 7 },
      ],
    },
  },
  {
    name: 'site',
    value: {
      members: [
        { name: 'name', value: 'é' },
        { name: 'next', value: { members: [{ name: 'name', value: '<state>' }] } },
      ],
    },
  },
];
const schema: PayloadSchema = { fields, identity: null, wire, vocabulary };

function change(name: string, value: FieldNode['value']): PayloadSchema {
  return { ...schema, fields: fields.map((field) => (field.name === name ? { name, value } : field)) };
}

describe('avro', () => {
  it('says what JSON says, type for type', () => {
    fc.assert(
      fc.property(contextOf, (context) => {
        // This reader takes no number of 53 bits.
        fc.pre(Math.max(...context.values.subarray(0, Value.readings)) < 2 ** 52);
        const read = type.fromBuffer(Buffer.from(write(avro, schema, context, true)));
        const text = new TextDecoder().decode(write(json, { fields, identity: null, vocabulary }, context, true));
        const said = JSON.parse(text);
        const timeUs = context.values[Value.timeUs] as number;
        expect(JSON.parse(JSON.stringify(read))).toEqual({
          ...said,
          at: Math.floor(timeUs / 1000),
          exactly: timeUs,
          coarse: Math.fround(said.coarse),
          // What a branch wraps is told apart by its kind.
          count: { int: said.count },
          before: 'away',
          tag: JSON.parse(JSON.stringify(Buffer.from(said.tag))),
          raw: JSON.parse(JSON.stringify(Buffer.from(said.raw))),
          site: { name: 'é', next: { name: said.site.next.name, next: null } },
          _id: '',
        });
      }),
      { numRuns: 300 },
    );
  });

  it('puts the id into the last field', () => {
    const [context] = fc.sample(contextOf, 1);
    const bytes = write(avro, { ...schema, identity: identityOps('run-a', 3) }, context as never, true);
    expect((type.fromBuffer(Buffer.from(bytes)) as { _id: string })._id).toMatch(/^[0-9a-f]{8}-0003-/);
    expect(avro.schema?.check({ ...schema, identity: identityOps('run-a', 3) })).toEqual([]);
  });

  it.each<[string, FieldNode['value'], string, string | null]>([
    ['device', 3, 'the schema wants string here', 'put it between quotes'],
    [
      'n',
      '<celsius>'.replace('celsius', 'temperature'),
      '<temperature> has decimals, and long holds none',
      'write <temperature:0>, or use a double',
    ],
    [
      'n',
      'a<sequence>',
      'the schema wants a number here (long)',
      'write one placeholder that is a number, and nothing around it',
    ],
    ['n', 1.5, 'long holds no decimals', 'write a whole number'],
    ['count', { items: [] }, 'the schema wants null or int or double or string here', null],
    ['state', 'lazy', '"lazy" is none of the schema\'s names', 'they are idle, busy, away'],
    ['state', '<temperature>', 'the schema wants one of some names here', 'they are idle, busy, away'],
    ['tag', 'short', 'the schema wants exactly 8 bytes, and these are 5', null],
    ['ok', 'yes', 'the schema wants boolean here', null],
    ['limits', 'none', 'the schema wants array here', null],
    ['site', 'here', 'the schema wants record lab.Site here', null],
  ])('says what keeps %s from being %j', (name, value, message, hint) => {
    expect(avro.schema?.check(change(name, value))).toEqual([{ path: [name], message, hint }]);
  });

  it('tells all mistakes at once, each at its place', () => {
    const wrong = fields.filter(({ name }) => name !== 'n' && name !== 'site').concat({ name: 'celsuis', value: 1 });
    const site = { name: 'site', value: { members: [{ name: 'nam', value: 'x' }] } };
    expect(avro.schema?.check({ ...schema, fields: [...wrong, site] })).toEqual([
      { path: ['celsuis'], message: 'the schema has no field "celsuis" here', hint: 'did you mean "celsius"?' },
      { path: [], message: 'the schema wants a field "n"', hint: 'its type is long' },
      { path: ['site', 'nam'], message: 'the schema has no field "nam" here', hint: 'did you mean "name"?' },
      { path: ['site'], message: 'the schema wants a field "name"', hint: 'its type is string' },
    ]);
  });

  it('wants a place for the id', () => {
    const { root, named } = wire.type as { root: string; named: Record<string, { fields: { name: string }[] }> };
    const without = { ...named, [root]: { ...named[root], fields: named[root]?.fields.slice(0, -1) } };
    const bare = { ...schema, wire: { ...wire, type: { root, named: without } }, identity: identityOps('r', 0) };
    expect(avro.schema?.check(bare)).toEqual([
      { path: [], message: 'identity: fields has no place in the schema', hint: expect.stringContaining('"_id"') },
    ]);
  });

  it('damaged on purpose, is refused by readers', () => {
    const id = identityOps('run-a', 3);
    const [context] = fc.sample(contextOf, 1) as [never];
    const bytes = write(malformed(avro), { ...schema, identity: id }, context, true);
    expect(bytes).toHaveLength(write(avro, { ...schema, identity: id }, context, true).length);
    expect(() => type.fromBuffer(Buffer.from(bytes))).toThrow();
  });

  it('shows itself as JSON', async () => {
    const [context] = fc.sample(contextOf, 1) as [never];
    const shown = (await avro.show?.(write(avro, schema, context, true), wire)) ?? '';
    expect(JSON.parse(shown)).toMatchObject({ ok: true, before: 'away' });
  });

  it.each([
    ['../../fixtures/schemas/meter.proto', null, 'JSON'],
    ['../../fixtures/schemas/none.avsc', null, 'ENOENT'],
    ['../../fixtures/schemas/meter.avsc', 'Meter', 'no messages'],
  ])('refuses %s with %j', async (file, message, said) => {
    const read = await readAvro(fileURLToPath(new URL(file, import.meta.url)), message);
    expect(read).toEqual({ problem: { message: expect.stringContaining(said), hint: expect.any(String) } });
  });
});
