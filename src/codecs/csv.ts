import { optionalOf } from './binary-fields.ts';
import type { Codec } from './codec.ts';
import { csvColumns } from './columns/csv-columns.ts';
import { type FieldNode, type FieldPath, leavesOf } from './field-tree.ts';
import { type Op, widthOf } from './layout.ts';
import { LayoutBuilder, type Piece } from './layout-builder.ts';

const comma: Op = { op: 'literal', text: ',' };
const quote: Op = { op: 'literal', text: '"' };
/** What cannot stand in a field without quotes; white space at the edges would get lost in some readers. */
const special = /[",\r\n]|^\s|\s$/;

/** One row of RFC 4180 without its line end; nested fields become columns `outer.inner`. */
export const csv: Codec = {
  name: 'csv',
  doc: 'One row of comma-separated values (RFC 4180); nested fields are columns a.b.',
  layout({ fields, identity, padTo, vocabulary }) {
    const names: string[] = [];
    const layout = new LayoutBuilder(vocabulary);
    for (const { path, value } of leavesOf(fields)) {
      if (names.length > 0) layout.add(comma);
      names.push(nameOf(path));
      addColumn(layout, value);
    }
    const id: Op[] = [];
    if (identity !== null) {
      if (names.length > 0 || padTo !== undefined) id.push(comma);
      id.push(...identity);
    }
    if (padTo !== undefined) {
      if (names.length > 0) layout.add(comma);
      const rest = id.reduce((sum, op) => sum + widthOf(op).max, 0);
      layout.add({ op: 'filler', total: padTo, rest, lead: '', end: '' });
      names.push('_pad');
    }
    if (identity !== null) names.push('_id');
    layout.add(...id);
    return {
      ...layout.finish(),
      header: names.map((name) => (special.test(name) ? quoted(name) : name)).join(','),
    };
  },
  columns: (schema) => csvColumns(schema, (text, layout) => isQuoted(opsOf(layout.peek(text)))),
  // A row has an even number of quotes. Where there is an id, the last comma stands before it.
  malform(ops) {
    const at = ops.findLastIndex((op) => op.op === 'literal' && op.text === ',');
    return at < 0 ? null : ops.with(at, { op: 'literal', text: '"' });
  },
};

/** Names of the columns that fields become, in order of writing, each with the path of its field. */
export function columnsOf(fields: readonly FieldNode[]): { name: string; path: FieldPath }[] {
  return [...leavesOf(fields)].map(({ path }) => ({ name: nameOf(path), path }));
}

function nameOf(path: FieldPath): string {
  return path.join('.');
}

function addColumn(layout: LayoutBuilder, value: string | number | boolean | null): void {
  if (typeof value !== 'string') {
    layout.add({ op: 'literal', text: value === null ? '' : JSON.stringify(value) });
    return;
  }
  const pieces = layout.pieces(value);
  const optional = optionalOf(pieces);
  if (optional !== null) {
    const { piece, op } = optional;
    const present = op.present.some(needsQuotes) ? [quote, ...op.present.map(doubleQuotes), quote] : op.present;
    layout.place(piece.name, [{ ...op, present, absent: [] }]);
    return;
  }
  if (!isQuoted(opsOf(pieces))) {
    for (const { name, meaning } of pieces) layout.place(name, meaning.ops);
    return;
  }
  layout.add(quote);
  for (const { name, meaning } of pieces) layout.place(name, meaning.ops.map(doubleQuotes));
  layout.add(quote);
}

function opsOf(pieces: readonly Piece[]): Op[] {
  return pieces.flatMap(({ meaning }) => meaning.ops);
}

/** Quotes are decided per column, not per event: a column that may need them always has them, and so does an empty text, which is not null. */
function isQuoted(ops: readonly Op[]): boolean {
  return ops.length === 0 || ops.some(needsQuotes);
}

function needsQuotes(op: Op): boolean {
  if (op.op === 'literal') return special.test(op.text);
  if (op.op === 'optional') return op.present.some(needsQuotes);
  return op.op === 'choice' && op.texts.some((text) => special.test(text));
}

function doubleQuotes(op: Op): Op {
  if (op.op === 'optional') return { ...op, present: op.present.map(doubleQuotes) };
  if (op.op === 'literal') return { op: 'literal', text: op.text.replaceAll('"', '""') };
  if (op.op === 'choice') return { ...op, texts: op.texts.map((text) => text.replaceAll('"', '""')) };
  return op;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
