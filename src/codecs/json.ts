import { parseTemplate } from '../core/template.ts';
import type { Codec, OpRange, PayloadLayout, PayloadSchema } from './codec.ts';
import type { FieldNode, FieldValue } from './field-tree.ts';
import { type Op, widthOf } from './layout.ts';
import { meaningOf, type Vocabulary } from './vocabulary.ts';

/** Random digits of a placeholder use up to this many channels. */
const CHANNELS = 4;

/** JSON objects without white space, members in the order of the schema. */
export const json: Codec = {
  name: 'json',
  doc: 'A JSON object without white space, members as written.',
  layout(schema) {
    const builder = new JsonBuilder(schema.vocabulary);
    builder.payload(schema);
    return builder.finish();
  },
  // A closing brace begins no JSON text.
  malform: (ops) =>
    ops.map((op, i) => (i === 0 && op.op === 'literal' ? { op: 'literal', text: `}${op.text.slice(1)}` } : op)),
};

class JsonBuilder {
  readonly #ops: Op[] = [];
  readonly #vocabulary: Vocabulary;
  #device: OpRange | null = null;
  #time: OpRange | null = null;
  #channel = 0;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** The outermost object: its members, then what fills it up, then the id, whose text needs no escape. */
  payload({ fields, identity, padTo }: PayloadSchema): void {
    this.#literal('{');
    this.#members(fields);
    const bare = fields.length === 0;
    const id: Op[] = [];
    if (identity !== null) {
      const comma = bare ? '' : ',';
      id.push({ op: 'literal', text: `${comma}"_id":"` }, ...identity, { op: 'literal', text: '"' });
    }
    id.push({ op: 'literal', text: '}' });
    if (padTo !== undefined) {
      const rest = id.reduce((sum, op) => sum + widthOf(op).max, 0);
      const end = bare && identity !== null ? '",' : '"';
      this.#ops.push({ op: 'filler', total: padTo, rest, lead: `${bare ? '' : ','}"_pad":"`, end });
    }
    this.#ops.push(...id);
  }

  #object(members: readonly FieldNode[]): void {
    this.#literal('{');
    this.#members(members);
    this.#literal('}');
  }

  #members(members: readonly FieldNode[]): void {
    members.forEach(({ name, value }, i) => {
      this.#literal(`${i === 0 ? '' : ','}${JSON.stringify(name)}:`);
      this.#value(value);
    });
  }

  finish(): PayloadLayout {
    return { ops: this.#ops, device: this.#device, time: this.#time };
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
      if (i > 0) this.#literal(',');
      this.#value(item);
    });
    this.#literal(']');
  }

  #template(text: string): void {
    const parts = parseTemplate(text);
    const first = parts[0];
    if (parts.length === 1 && first?.kind === 'field') {
      const meaning = this.#meaning(first);
      if (meaning.kind === 'number') {
        this.#place(first.name, meaning.ops);
        return;
      }
      this.#literal('"');
      this.#place(first.name, meaning.ops.map(escapeOp));
      this.#literal('"');
      return;
    }
    this.#literal('"');
    for (const part of parts) {
      if (part.kind === 'text') this.#literal(escapeText(part.text));
      else this.#place(part.name, this.#meaning(part).ops.map(escapeOp));
    }
    this.#literal('"');
  }

  #meaning(part: Parameters<typeof meaningOf>[0]): ReturnType<typeof meaningOf> {
    const meaning = meaningOf(part, this.#vocabulary, this.#channel);
    this.#channel += CHANNELS;
    return meaning;
  }

  #place(name: string, ops: readonly Op[]): void {
    const range = { from: this.#ops.length, to: this.#ops.length + ops.length };
    this.#ops.push(...ops);
    if (name === 'device') this.#device ??= range;
    else if (name.startsWith('time.')) this.#time ??= range;
  }

  #literal(text: string): void {
    this.#ops.push({ op: 'literal', text });
  }
}

/** A text as it stands between the quotes of a JSON string. */
function escapeText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function escapeOp(op: Op): Op {
  if (op.op === 'literal') return { op: 'literal', text: escapeText(op.text) };
  if (op.op === 'choice') return { ...op, texts: op.texts.map(escapeText) };
  return op;
}
