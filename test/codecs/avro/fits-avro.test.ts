import { describe, expect, it } from 'vitest';
import type { AvroSchema, AvroType } from '../../../src/codecs/avro/avro-type.ts';
import { fitsAvro } from '../../../src/codecs/avro/fits-avro.ts';
import type { FieldValue } from '../../../src/codecs/field-tree.ts';
import { LayoutBuilder } from '../../../src/codecs/layout-builder.ts';
import { vocabulary } from '../schema-fixture.ts';

const schema: AvroSchema = {
  root: 'R',
  named: {
    R: { kind: 'record', fields: [] },
    State: { kind: 'enum', symbols: ['idle', 'busy', 'away'] },
    Tag: { kind: 'fixed', size: 4 },
  },
};
const types: Record<string, AvroType> = {
  null: { kind: 'null' },
  boolean: { kind: 'boolean' },
  long: { kind: 'long' },
  time: { kind: 'long', time: 'ms' },
  double: { kind: 'double' },
  string: { kind: 'string' },
  array: { kind: 'array', items: { kind: 'null' } },
  map: { kind: 'map', values: { kind: 'null' } },
  record: { kind: 'named', name: 'R' },
  enum: { kind: 'named', name: 'State' },
  fixed: { kind: 'named', name: 'Tag' },
};

describe('the branch of a union that a value means', () => {
  it.each<[FieldValue, string[]]>([
    [null, ['null']],
    [true, ['boolean']],
    [3, ['long', 'time', 'double']],
    [1.5, ['double']],
    [{ items: [] }, ['array']],
    [{ members: [] }, ['map', 'record']],
    ['words', ['string', 'fixed']],
    ['busy', ['string', 'enum', 'fixed']],
    ['<state>', ['string', 'enum', 'fixed']],
    ['<temperature>', ['double', 'string', 'fixed']],
    ['<count>', ['long', 'time', 'double', 'string', 'fixed']],
    ['<time.iso>', ['time', 'string', 'fixed']],
    ['at <time.iso>', ['string', 'fixed']],
  ])('%j', (value, expected) => {
    const pieces = typeof value === 'string' ? new LayoutBuilder(vocabulary).pieces(value) : null;
    const fitting = Object.keys(types).filter((name) => fitsAvro(types[name] as AvroType, value, pieces, schema));
    expect(fitting).toEqual(expected);
  });
});
