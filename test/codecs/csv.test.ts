import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Codec, PayloadSchema } from '../../src/codecs/codec.ts';
import { csv } from '../../src/codecs/csv.ts';
import { type FieldNode, leavesOf } from '../../src/codecs/field-tree.ts';
import { identityOps } from '../../src/codecs/identity.ts';
import { createContext } from '../../src/codecs/layout.ts';
import { contextOf, schemaOf, vocabulary, write } from '../contracts/codec.ts';

function rowOf(fields: readonly FieldNode[], more: Partial<PayloadSchema> = {}): string {
  const schema = { fields, identity: null, vocabulary, ...more };
  return new TextDecoder().decode(write(csv, schema, createContext(5, 1), true));
}

describe('csv', () => {
  it('writes a row of columns, nested ones under their path', () => {
    const fields: FieldNode[] = [
      {
        name: 'a',
        value: {
          members: [
            { name: 'n', value: '<index>' },
            { name: 'l', value: { items: [null, 1.5] } },
          ],
        },
      },
      { name: 'b,c', value: 'x "y"' },
      { name: 'd', value: '' },
      { name: 'e', value: '<state>' },
    ];
    expect(csv.layout({ fields, identity: null, vocabulary }).header).toBe('a.n,a.l.0,a.l.1,"b,c",d,e');
    expect(rowOf(fields)).toBe('0,,1.5,"x ""y""","","idle"');
  });

  it('ends with the filler and the id', () => {
    const fields = [{ name: 'a', value: 1 }];
    const identity = identityOps('run-a', 3);
    expect(rowOf(fields, { identity })).toMatch(/^1,[0-9a-f-]{50}$/);
    expect(rowOf(fields, { identity, padTo: 100 })).toMatch(/^1,[\w-]{47},[0-9a-f-]{50}$/);
    expect(csv.layout({ fields, identity, vocabulary, padTo: 9 }).header).toBe('a,_pad,_id');
  });

  it('is no row any more where it is damaged, and as long as it was', () => {
    fc.assert(
      fc.property(schemaOf, contextOf, (schema, context) => {
        fc.pre(schema.fields.length > 0);
        const damaged: Codec = {
          ...csv,
          layout: (asked) => {
            const layout = csv.layout(asked);
            return { ...layout, ops: csv.malform?.(layout.ops) ?? [] };
          },
        };
        const identity = identityOps('run-a', 3);
        const fields = [{ name: 'first', value: '<index>' }, ...schema.fields];
        const bytes = write(damaged, { ...schema, fields, identity }, context, true);
        expect(bytes).toHaveLength(write(csv, { ...schema, fields, identity }, context, true).length);
        expect(() => parse(Buffer.from(bytes), { record_delimiter: '\r\n\r\n' })).toThrow();
      }),
      { numRuns: 100 },
    );
    expect(csv.malform?.([{ op: 'literal', text: 'alone' }])).toBeNull();
  });

  it('is read back by a CSV parser, every text as it was', () => {
    fc.assert(
      fc.property(schemaOf, contextOf, (schema, context) => {
        const leaves = [...leavesOf(schema.fields)];
        fc.pre(leaves.length > 0);
        const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
          write(csv, schema, context, true),
        );
        const [row] = parse(`${text},end`, { record_delimiter: '\r\n\r\n' }) as string[][];
        expect(row).toHaveLength(leaves.length + 1);
        leaves.forEach(({ value }, i) => {
          if (typeof value === 'string' && !value.replaceAll('<<', '').includes('<'))
            expect(row?.[i]).toBe(value.replaceAll('<<', '<'));
          else if (typeof value !== 'string') expect(row?.[i]).toBe(value === null ? '' : JSON.stringify(value));
        });
      }),
      { numRuns: 300 },
    );
  });
});
