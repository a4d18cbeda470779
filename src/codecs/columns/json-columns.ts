import type { PayloadSchema } from '../codec.ts';
import type { FieldNode, FieldPath, FieldValue } from '../field-tree.ts';
import { LayoutBuilder } from '../layout-builder.ts';
import { type Column, type PayloadColumns, typeOfValue } from './column.ts';

/** A JSON payload as values; null where it is filled up to a length, which no value says. */
export function jsonColumns({ fields, identity, padTo, spaced, vocabulary }: PayloadSchema): PayloadColumns | null {
  if (padTo !== undefined) return null;
  const layout = new LayoutBuilder(vocabulary);
  const literals: string[] = [];
  const columns: Column[] = [];
  const [comma, colon] = spaced === true ? [', ', ': '] : [',', ':'];
  let literal = '{';

  const leaf = (path: FieldPath, value: string | number | boolean | null): void => {
    const type = typeOfValue(value, (text) => layout.pieces(text));
    literals.push(literal);
    literal = '';
    columns.push({ path, type, quoted: type.kind === 'instant' || (type.kind === 'text' && isQuoted(layout, value)) });
  };
  const add = (path: FieldPath, value: FieldValue): void => {
    if (typeof value !== 'object' || value === null) leaf(path, value);
    else if ('members' in value) {
      literal += '{';
      members(path, value.members);
      literal += '}';
    } else {
      literal += '[';
      for (const [i, item] of value.items.entries()) {
        if (i > 0) literal += comma;
        add([...path, i], item);
      }
      literal += ']';
    }
  };
  const members = (path: FieldPath, nodes: readonly FieldNode[]): void => {
    for (const [i, { name, value }] of nodes.entries()) {
      literal += `${i === 0 ? '' : comma}${JSON.stringify(name)}${colon}`;
      add([...path, name], value);
    }
  };

  members([], fields);
  if (identity !== null) {
    literals.push(`${literal}${fields.length === 0 ? '' : comma}"_id"${colon}`);
    literal = '';
    columns.push({ path: ['_id'], type: { kind: 'text' }, quoted: true });
  }
  literals.push(`${literal}}`);
  return { escapes: 'json', literals, columns };
}

/** Numbers of which no double says the text stand without quotes. */
function isQuoted(layout: LayoutBuilder, value: string | number | boolean | null): boolean {
  if (typeof value !== 'string') return false;
  const pieces = layout.peek(value);
  return pieces.length !== 1 || pieces[0]?.meaning.kind !== 'number';
}
