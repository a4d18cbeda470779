import { optionalOf } from './binary-fields.ts';
import type { Codec, PayloadLayout, PayloadSchema } from './codec.ts';
import { jsonColumns } from './columns/json-columns.ts';
import type { FieldNode, FieldValue } from './field-tree.ts';
import { type Op, widthOf } from './layout.ts';
import { LayoutBuilder } from './layout-builder.ts';

/** JSON objects, members in the order of the schema; no white space, or a blank behind each comma and colon. */
export const json: Codec = {
  name: 'json',
  doc: 'A JSON object without white space, members as written.',
  layout: (schema) => new JsonBuilder(schema).payload(schema),
  columns: jsonColumns,
  // A closing brace begins no JSON text.
  malform: (ops) =>
    ops.map((op, i) => (i === 0 && op.op === 'literal' ? { op: 'literal', text: `}${op.text.slice(1)}` } : op)),
};

const quote: Op = { op: 'literal', text: '"' };

class JsonBuilder {
  readonly #layout: LayoutBuilder;
  readonly #comma: string;
  readonly #colon: string;

  constructor({ vocabulary, spaced }: PayloadSchema) {
    this.#layout = new LayoutBuilder(vocabulary);
    this.#comma = spaced === true ? ', ' : ',';
    this.#colon = spaced === true ? ': ' : ':';
  }

  /** The outermost object: its members, then what fills it up, then the id, whose text needs no escape. */
  payload({ fields, identity, padTo }: PayloadSchema): PayloadLayout {
    this.#literal('{');
    this.#members(fields);
    const bare = fields.length === 0;
    const id: Op[] = [];
    if (identity !== null) {
      const comma = bare ? '' : this.#comma;
      id.push({ op: 'literal', text: `${comma}"_id"${this.#colon}"` }, ...identity, { op: 'literal', text: '"' });
    }
    id.push({ op: 'literal', text: '}' });
    if (padTo !== undefined) {
      const rest = id.reduce((sum, op) => sum + widthOf(op).max, 0);
      const end = bare && identity !== null ? `"${this.#comma}` : '"';
      const lead = `${bare ? '' : this.#comma}"_pad"${this.#colon}"`;
      this.#layout.add({ op: 'filler', total: padTo, rest, lead, end });
    }
    this.#layout.add(...id);
    return this.#layout.finish();
  }

  #object(members: readonly FieldNode[]): void {
    this.#literal('{');
    this.#members(members);
    this.#literal('}');
  }

  #members(members: readonly FieldNode[]): void {
    members.forEach(({ name, value }, i) => {
      this.#literal(`${i === 0 ? '' : this.#comma}${JSON.stringify(name)}${this.#colon}`);
      this.#value(value);
    });
  }

  #value(value: FieldValue): void {
    if (typeof value === 'string') this.#template(value);
    else if (typeof value !== 'object' || value === null) this.#literal(JSON.stringify(value));
    else if ('members' in value) this.#object(value.members);
    else this.#list(value.items);
  }

  #list(items: readonly FieldValue[]): void {
    this.#literal('[');
    items.forEach((item, i) => {
      if (i > 0) this.#literal(this.#comma);
      this.#value(item);
    });
    this.#literal(']');
  }

  #template(text: string): void {
    const pieces = this.#layout.pieces(text);
    const optional = optionalOf(pieces);
    if (optional !== null) {
      const { piece, op } = optional;
      const bare = piece.meaning.kind !== 'text';
      const present = bare ? op.present : [quote, ...op.present.map(escapeOp), quote];
      this.#layout.place(piece.name, [{ ...op, present, absent: [{ op: 'literal', text: 'null' }] }]);
      return;
    }
    const [first] = pieces;
    if (pieces.length === 1 && first !== undefined && first.meaning.kind !== 'text') {
      this.#layout.place(first.name, first.meaning.ops);
      return;
    }
    this.#literal('"');
    for (const { name, meaning } of pieces) this.#layout.place(name, meaning.ops.map(escapeOp));
    this.#literal('"');
  }

  #literal(text: string): void {
    this.#layout.add({ op: 'literal', text });
  }
}

/** A text as it stands between the quotes of a JSON string. */
function escapeText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function escapeOp(op: Op): Op {
  if (op.op === 'optional') return { ...op, present: op.present.map(escapeOp), absent: op.absent.map(escapeOp) };
  if (op.op === 'literal') return { op: 'literal', text: escapeText(op.text) };
  if (op.op === 'choice') return { ...op, texts: op.texts.map(escapeText) };
  return op;
}
