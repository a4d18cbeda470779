import { describe, expect, it } from 'vitest';
import { LayoutBuilder } from '../../src/codecs/layout-builder.ts';
import { type NumberKind, SchemaFields, whole } from '../../src/codecs/schema-fields.ts';
import { vocabulary } from './schema-fixture.ts';

const int32: NumberKind = { name: 'int32', form: 'varint', whole: whole.int32 };
const float: NumberKind = { name: 'float', form: 'float32le' };

/** What is written and what is refused. */
function written(write: (fields: SchemaFields, layout: LayoutBuilder) => void) {
  const layout = new LayoutBuilder(vocabulary);
  const fields = new SchemaFields(layout);
  write(fields, layout);
  return { ...layout.finish(), problems: fields.problems };
}

describe('SchemaFields', () => {
  it('writes constants as bytes, and parameters of the model as constants', () => {
    expect(written((fields) => fields.number(150, int32, ['a'])).ops).toEqual([{ op: 'bytes', bytes: [0x96, 1] }]);
    const { ops } = written((fields, layout) => fields.number(layout.pieces('<gain>'), float, ['a']));
    expect(ops).toEqual([{ op: 'bytes', bytes: [0, 0, 0xc0, 0x3f] }]);
  });

  it('takes bounds that just fit, and none that do not', () => {
    for (const value of [whole.int32.min, whole.int32.max])
      expect(written((fields) => fields.number(value, int32, ['a'])).problems).toEqual([]);
    for (const value of [whole.int32.min - 1, whole.int32.max + 1]) {
      const { ops, problems } = written((fields) => fields.number(value, int32, ['a', 2]));
      expect(ops).toEqual([]);
      expect(problems).toEqual([
        { path: ['a', 2], message: `${value} does not fit into int32`, hint: 'from -2147483648 to 2147483647' },
      ]);
    }
  });

  it('does not call a time in 32 bits a time that can be read back', () => {
    expect(written((fields, layout) => fields.number(layout.pieces('<time.s>'), float, ['a'])).time).toBeNull();
    const double: NumberKind = { name: 'double', form: 'float64le' };
    const { time } = written((fields, layout) => fields.number(layout.pieces('<time.s>'), double, ['a']));
    expect(time).toEqual({ from: 0, to: 1 });
  });

  it('writes names as their numbers, constants and readings alike', () => {
    const named = { idle: 0, busy: 5, away: 300 };
    expect(written((fields) => fields.choice('away', named, 'varint', [])).ops).toEqual([
      { op: 'bytes', bytes: [0xac, 2] },
    ]);
    expect(written((fields) => fields.choice('<state>', named, 'varint', [])).ops).toEqual([
      expect.objectContaining({ op: 'choice-bytes', choices: [[0], [5], [0xac, 2]] }),
    ]);
    const { problems } = written((fields) => fields.choice('<state>', { idle: 0, busy: 5 }, 'varint', ['s']));
    expect(problems).toEqual([
      { path: ['s'], message: '"away" is none of the schema\'s names', hint: 'they are idle, busy' },
    ]);
  });
});
