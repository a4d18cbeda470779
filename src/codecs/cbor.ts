import { numberBytes } from './binary.ts';
import { isWhole, numeralOf, placeText } from './binary-fields.ts';
import type { Codec, PayloadLayout, PayloadSchema } from './codec.ts';
import type { FieldNode, FieldValue } from './field-tree.ts';
import { type Op, widthOf } from './layout.ts';
import { LayoutBuilder } from './layout-builder.ts';
import { sized } from './sized.ts';
import type { Vocabulary } from './vocabulary.ts';

const MAJOR_LIST = 0x80;
const MAJOR_MAP = 0xa0;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const FLOAT_64 = 0xfb;
/** The end of something of unknown length, which cannot begin a payload. */
const BREAK = 0xff;

/** CBOR (RFC 8949): a map of definite length, whole numbers as short as can be, others as doubles. */
export const cbor: Codec = {
  name: 'cbor',
  doc: 'A CBOR map (RFC 8949) of known length, keys as written; numbers with decimals are doubles.',
  binary: true,
  layout: (schema) => new CborBuilder(schema.vocabulary).payload(schema),
  malform: (ops) =>
    ops.map((op, i) => (i === 0 && op.op === 'bytes' ? { op: 'bytes', bytes: [BREAK, ...op.bytes.slice(1)] } : op)),
  async show(payload) {
    const { decode } = await import('cborg');
    return JSON.stringify(decode(payload), (_, value) => (typeof value === 'bigint' ? Number(value) : value));
  },
};

class CborBuilder {
  readonly #layout: LayoutBuilder;

  constructor(vocabulary: Vocabulary) {
    this.#layout = new LayoutBuilder(vocabulary);
  }

  /** The outermost map: its members, then what fills it up, then the id. */
  payload({ fields, identity, padTo }: PayloadSchema): PayloadLayout {
    const extra = (identity === null ? 0 : 1) + (padTo === undefined ? 0 : 1);
    this.#head(MAJOR_MAP, fields.length + extra);
    this.#members(fields);
    const id = identity === null ? [] : [...text('_id'), ...sized('cbor-text', identity)];
    if (padTo !== undefined) {
      const rest = id.reduce((sum, op) => sum + widthOf(op).max, 0);
      this.#layout.add(...text('_pad'), { op: 'filler-cbor', total: padTo, rest });
    }
    this.#layout.add(...id);
    return this.#layout.finish();
  }

  #members(members: readonly FieldNode[]): void {
    for (const { name, value } of members) {
      this.#layout.add(...text(name));
      this.#value(value);
    }
  }

  #value(value: FieldValue): void {
    if (typeof value === 'string') this.#template(value);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'boolean') this.#bytes(value ? TRUE : FALSE);
    else if (value === null) this.#bytes(NULL);
    else if ('members' in value) {
      this.#head(MAJOR_MAP, value.members.length);
      this.#members(value.members);
    } else {
      this.#head(MAJOR_LIST, value.items.length);
      for (const item of value.items) this.#value(item);
    }
  }

  #template(template: string): void {
    const pieces = this.#layout.pieces(template);
    const numeral = numeralOf(pieces);
    if (numeral === null) placeText(this.#layout, 'cbor-text', pieces);
    else if (typeof numeral === 'number') this.#number(numeral);
    else {
      const { name, source } = numeral;
      const whole = isWhole(source);
      if (!whole) this.#bytes(FLOAT_64);
      this.#layout.place(name, [{ op: 'number', source, form: whole ? 'cbor' : 'float64be' }]);
    }
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value)) this.#bytes(...numberBytes('cbor', value + 0));
    else this.#bytes(FLOAT_64, ...numberBytes('float64be', value));
  }

  #head(major: number, count: number): void {
    const [first, ...rest] = numberBytes('cbor', count) as [number, ...number[]];
    this.#bytes(first | major, ...rest);
  }

  #bytes(...bytes: number[]): void {
    this.#layout.add({ op: 'bytes', bytes });
  }
}

function text(value: string): Op[] {
  return sized('cbor-text', [{ op: 'literal', text: value }]);
}
