import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Codec, PayloadSchema } from '../../../../src/codecs/codec.ts';
import type { PayloadColumns } from '../../../../src/codecs/columns/column.ts';
import { csv } from '../../../../src/codecs/csv.ts';
import { identityOps } from '../../../../src/codecs/identity.ts';
import { json } from '../../../../src/codecs/json.ts';
import { type EventContext, Value } from '../../../../src/codecs/layout.ts';
import { joinRow } from '../../../../src/targets/file/parquet/row-joiner.ts';
import { type Cell, RowSplitter } from '../../../../src/targets/file/parquet/row-splitter.ts';
import { contextOf, schemaOf, vocabulary, write } from '../../../contracts/codec.ts';

const YEAR_2112_US = 4_481_000_000_000_000;

function partsOf(codec: Codec, schema: PayloadSchema): PayloadColumns {
  return codec.columns?.(schema) as PayloadColumns;
}

function split(columns: PayloadColumns, payload: string | Uint8Array): Cell[] | null {
  const bytes = Buffer.from(payload as string);
  const cells: Cell[] = [];
  // What stands around a payload is no part of it.
  const among = Buffer.concat([Buffer.from('},"'), bytes, Buffer.from('"}]],1')]);
  return new RowSplitter(columns).split(among, 3, 3 + bytes.length, cells) ? cells : null;
}

describe.each([json, csv])('$name as values', (codec) => {
  it('gives the payload again, byte for byte, from values of the types that are told', () => {
    fc.assert(
      fc.property(schemaOf, contextOf, fc.boolean(), (given, context: EventContext, traced) => {
        context.values[Value.timeUs] = Math.min(context.values[Value.timeUs] as number, YEAR_2112_US);
        const schema = { ...given, identity: traced ? identityOps('run-a', 1) : null };
        const columns = partsOf(codec, schema);
        const bytes = write(codec, schema, context, false);
        const cells = split(columns, bytes);
        expect(cells).not.toBeNull();
        // Half of a pair has no UTF-8 of its own.
        expect(Buffer.from(joinRow(columns, cells as Cell[])).toString()).toBe(Buffer.from(bytes).toString());
        expect(columns.literals).toHaveLength(columns.columns.length + 1);
        for (const [i, { type }] of columns.columns.entries()) {
          const cell = (cells as Cell[])[i];
          // An empty field of a row is null, whatever is in it at other times.
          if (type.kind !== 'nothing' && cell === null) {
            expect(codec.name).toBe('csv');
            continue;
          }
          if (type.kind === 'nothing') expect(cell).toBeNull();
          if (type.kind === 'boolean') expect(typeof cell).toBe('boolean');
          if (type.kind === 'text') expect(typeof cell).toBe('string');
          if (['decimal', 'double', 'number'].includes(type.kind)) expect(typeof cell).toBe('number');
          if (type.kind === 'instant') expect(Number.isSafeInteger(cell)).toBe(true);
          if (type.kind !== 'integer') continue;
          expect(Number.isSafeInteger(cell)).toBe(true);
          if (!type.wide) expect(cell).toBe((cell as number) | 0);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('takes nothing for a payload that was cut, continued or damaged', () => {
    const schema: PayloadSchema = {
      fields: [
        { name: 'n', value: '<temperature>' },
        { name: 's', value: '<state>' },
        { name: 'i', value: '<index>' },
      ],
      identity: null,
      vocabulary,
    };
    const columns = partsOf(codec, schema);
    const sound = codec === json ? '{"n":-1.50,"s":"idle","i":7}' : '-1.50,"idle",7';
    expect(split(columns, sound)).toEqual([-1.5, 'idle', 7]);
    const wrong = [
      sound.slice(0, -1),
      `${sound},`,
      `}${sound.slice(1)}`,
      sound.replace('-1.50', '-1.5'),
      sound.replace('-1.50', '-01.50'),
      sound.replace('-1.50', '1,50'),
      sound.replace('-1.50', '-0.00'),
      sound.replace('-1.50', '9007199254740993.00'),
      sound.replace('"idle"', 'idle'),
      sound.replace('7', '0x7'),
      sound.replace('7', '7.0'),
      sound.replace('7', ''),
    ].filter((text) => codec === json || !(text.endsWith(',') || text.endsWith('"')) || text === `${sound},`);
    for (const text of wrong) {
      // An empty field of a row is null.
      if (codec === csv && text === sound.slice(0, -1)) continue;
      expect([text, split(columns, text)]).toEqual([text, null]);
    }
  });
});

describe('null', () => {
  const schema: PayloadSchema = {
    fields: [
      { name: 'n', value: '<temperature>' },
      { name: 's', value: '<state>' },
      { name: 'x', value: null },
    ],
    identity: null,
    vocabulary,
  };

  it('is a member that says so, and an empty field that is not in quotes', () => {
    expect(split(partsOf(json, schema), '{"n":null,"s":null,"x":null}')).toEqual([null, null, null]);
    expect(split(partsOf(csv, schema), ',,')).toEqual([null, null, null]);
    expect(split(partsOf(csv, schema), '1.00,"",')).toEqual([1, '', null]);
    expect(joinRow(partsOf(json, schema), [null, null, null])).toBe('{"n":null,"s":null,"x":null}');
    expect(joinRow(partsOf(csv, schema), [null, '', null])).toBe(',"",');
  });

  it('is what a payload has that is filled up: its columns are not told', () => {
    for (const codec of [json, csv]) expect(codec.columns?.({ ...schema, padTo: 100 })).toBeNull();
  });
});
