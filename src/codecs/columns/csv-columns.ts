import type { PayloadSchema } from '../codec.ts';
import { leavesOf } from '../field-tree.ts';
import { LayoutBuilder } from '../layout-builder.ts';
import { type Column, type PayloadColumns, typeOfValue } from './column.ts';

/**
 * A row as values; null where it is filled up to a length. `quotes` says whether a text stands in quotes.
 */
export function csvColumns(
  { fields, identity, padTo, vocabulary }: PayloadSchema,
  quotes: (text: string, layout: LayoutBuilder) => boolean,
): PayloadColumns | null {
  if (padTo !== undefined) return null;
  const layout = new LayoutBuilder(vocabulary);
  const columns: Column[] = [];
  for (const { path, value } of leavesOf(fields)) {
    const type = typeOfValue(value, (text) => layout.pieces(text));
    columns.push({ path, type, quoted: typeof value === 'string' && quotes(value, layout) });
  }
  if (identity !== null) columns.push({ path: ['_id'], type: { kind: 'text' }, quoted: false });
  const literals = columns.map((_, i) => (i === 0 ? '' : ','));
  return { escapes: 'csv', literals: [...literals, ''], columns };
}
