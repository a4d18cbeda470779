import { parseTemplate } from '../core/template.ts';
import type { Codec, OpRange, PayloadLayout, PayloadSchema } from './codec.ts';
import type { Op } from './layout.ts';
import { meaningOf, type Vocabulary } from './vocabulary.ts';

/** Random digits of a placeholder use up to this many channels. */
const CHANNELS = 4;

/** JSON objects without white space, members in the order of the schema. */
export const json: Codec = {
  name: 'json',
  doc: 'A JSON object without white space, members as written.',
  layout(schema) {
    const builder = new JsonBuilder(schema.vocabulary);
    for (const { name, value } of schema.fields) builder.member(name, value);
    if (schema.identity !== null) builder.text('_id', schema.identity);
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
  #members = 0;
  #channel = 0;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  member(name: string, value: PayloadSchema['fields'][number]['value']): void {
    if (typeof value !== 'string') {
      this.#key(name);
      this.#literal(JSON.stringify(value));
      return;
    }
    const parts = parseTemplate(value);
    this.#key(name);
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

  /** A member whose text is written by ops that need no escape. */
  text(name: string, ops: readonly Op[]): void {
    this.#key(name);
    this.#literal('"');
    this.#ops.push(...ops);
    this.#literal('"');
  }

  finish(): PayloadLayout {
    this.#literal(this.#members === 0 ? '{}' : '}');
    return { ops: this.#ops, device: this.#device, time: this.#time };
  }

  #key(name: string): void {
    this.#literal(`${this.#members === 0 ? '{' : ','}${JSON.stringify(name)}:`);
    this.#members++;
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
