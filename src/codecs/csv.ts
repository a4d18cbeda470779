import { parseTemplate } from '../core/template.ts';
import type { Codec, OpRange, PayloadSchema } from './codec.ts';
import { type FieldNode, type FieldPath, leavesOf } from './field-tree.ts';
import { type Op, widthOf } from './layout.ts';
import { meaningOf } from './vocabulary.ts';

/** Random digits of a placeholder use up to this many channels. */
const CHANNELS = 4;
/** What cannot stand in a field without quotes; white space at the edges would get lost in some readers. */
const special = /[",\r\n]|^\s|\s$/;

/** One row of RFC 4180 without its line end; nested fields become columns `outer.inner`. */
export const csv: Codec = {
  name: 'csv',
  doc: 'One row of comma-separated values (RFC 4180); nested fields are columns a.b.',
  layout(schema) {
    const { fields, identity, padTo } = schema;
    const names: string[] = [];
    const ops: Op[] = [];
    const first: { device: OpRange | null; time: OpRange | null } = { device: null, time: null };
    let channel = 0;
    for (const { path, value } of leavesOf(fields)) {
      if (names.length > 0) ops.push({ op: 'literal', text: ',' });
      names.push(nameOf(path));
      const { pieces, channels } = columnOf(value, schema.vocabulary, channel);
      channel += channels;
      for (const { name, ops: written } of pieces) {
        const range = { from: ops.length, to: ops.length + written.length };
        ops.push(...written);
        if (name === 'device') first.device ??= range;
        else if (name?.startsWith('time.')) first.time ??= range;
      }
    }
    const id: Op[] = [];
    if (identity !== null) {
      if (names.length > 0 || padTo !== undefined) id.push({ op: 'literal', text: ',' });
      id.push(...identity);
    }
    if (padTo !== undefined) {
      if (names.length > 0) ops.push({ op: 'literal', text: ',' });
      const rest = id.reduce((sum, op) => sum + widthOf(op).max, 0);
      ops.push({ op: 'filler', total: padTo, rest, lead: '', end: '' });
      names.push('_pad');
    }
    if (identity !== null) names.push('_id');
    ops.push(...id);
    return { ops, ...first, header: names.map((name) => (special.test(name) ? quoted(name) : name)).join(',') };
  },
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

interface Column {
  /** Ops, those of a placeholder under its name. */
  pieces: { name: string | null; ops: readonly Op[] }[];
  /** Channels its random digits take. */
  channels: number;
}

function columnOf(
  value: string | number | boolean | null,
  vocabulary: PayloadSchema['vocabulary'],
  channel: number,
): Column {
  if (typeof value !== 'string') {
    const text = value === null ? '' : JSON.stringify(value);
    return { pieces: [{ name: null, ops: [{ op: 'literal', text }] }], channels: 0 };
  }
  let channels = 0;
  const parts = parseTemplate(value).map((part): Column['pieces'][number] => {
    if (part.kind === 'text') return { name: null, ops: [{ op: 'literal', text: part.text }] };
    const { ops } = meaningOf(part, vocabulary, channel + channels);
    channels += CHANNELS;
    return { name: part.name, ops };
  });
  const all = parts.flatMap(({ ops }) => ops);
  if (all.length > 0 && !all.some(needsQuotes)) return { pieces: parts, channels };
  const quote: Column['pieces'][number] = { name: null, ops: [{ op: 'literal', text: '"' }] };
  const inner = parts.map(({ name, ops }) => ({ name, ops: ops.map(doubleQuotes) }));
  return { pieces: [quote, ...inner, quote], channels };
}

/** Quotes are decided per column, not per event: a column that may need them always has them. */
function needsQuotes(op: Op): boolean {
  if (op.op === 'literal') return special.test(op.text);
  return op.op === 'choice' && op.texts.some((text) => special.test(text));
}

function doubleQuotes(op: Op): Op {
  if (op.op === 'literal') return { op: 'literal', text: op.text.replaceAll('"', '""') };
  if (op.op === 'choice') return { ...op, texts: op.texts.map((text) => text.replaceAll('"', '""')) };
  return op;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
