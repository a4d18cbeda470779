import { flagOf, isWhole, numeralOf } from '../../src/codecs/binary-fields.ts';
import type { FieldNode, FieldValue } from '../../src/codecs/field-tree.ts';
import { LayoutBuilder } from '../../src/codecs/layout-builder.ts';
import type { Vocabulary } from '../../src/codecs/vocabulary.ts';

/** What kind of type a plain value needs. */
export function kindOf(
  value: string | number | boolean | null,
  vocabulary: Vocabulary,
): 'whole' | 'double' | 'text' | 'boolean' | 'null' {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'whole' : 'double';
  const pieces = new LayoutBuilder(vocabulary).pieces(value);
  if (flagOf(pieces, 0, 1) !== null) return 'boolean';
  const numeral = numeralOf(pieces);
  if (numeral === null) return 'text';
  if (typeof numeral === 'number') return Number.isSafeInteger(numeral) ? 'whole' : 'double';
  return isWhole(numeral.source) ? 'whole' : 'double';
}

/** The fields with lists of plain values only; `plain` changes what stands in them. */
export function plainLists(
  fields: readonly FieldNode[],
  plain: (value: FieldValue) => FieldValue = (value) => value,
): FieldNode[] {
  return fields.map(({ name, value }) => ({ name, value: plainList(value) }));

  function plainList(value: FieldValue): FieldValue {
    if (typeof value !== 'object' || value === null) return value;
    if ('members' in value) return { members: plainLists(value.members, plain) };
    return { items: value.items.map((item) => plain(typeof item === 'object' ? null : item)) };
  }
}
