import type { FieldNode, FieldValue } from '../codecs/field-tree.ts';
import type { Tree } from './tree.ts';

/** The fields of a payload as they are written; none where there is no map. */
export function fieldsOf(tree: Tree | undefined): FieldNode[] {
  return tree?.kind === 'map'
    ? [...tree.entries].map(([name, { value }]) => ({ name, value: fieldValueOf(value) }))
    : [];
}

function fieldValueOf(tree: Tree): FieldValue {
  if (tree.kind === 'scalar') return tree.value;
  return tree.kind === 'map' ? { members: fieldsOf(tree) } : { items: tree.items.map(fieldValueOf) };
}
