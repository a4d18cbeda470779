import { numberBytes } from './binary.ts';
import { flagOf, isWhole, numeralOf, optionalOf, placeText } from './binary-fields.ts';
import type { Codec, PayloadLayout, PayloadSchema } from './codec.ts';
import type { FieldNode, FieldValue } from './field-tree.ts';
import { type NumberSource, type Op, widthOf } from './layout.ts';
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
    const optional = optionalOf(pieces);
    if (optional !== null) {
      const { piece, op } = optional;
      const sure = { ...piece, meaning: { ...piece.meaning, ops: op.present } };
      const numeral = numeralOf([sure]);
      const flag = flagOf([sure], FALSE, TRUE);
      const text = flag === null ? sized('cbor-text', op.present) : [flag];
      const present = numeral === null ? text : numeralOps(numeral);
      this.#layout.place(piece.name, [{ ...op, present, absent: [{ op: 'bytes', bytes: [NULL] }] }]);
      return;
    }
    const numeral = numeralOf(pieces);
    const flag = flagOf(pieces, FALSE, TRUE);
    if (flag !== null) this.#layout.add(flag);
    else if (numeral === null) placeText(this.#layout, 'cbor-text', pieces);
    else if (typeof numeral === 'number') this.#number(numeral);
    else {
      const { name } = numeral;
      const ops = numeralOps(numeral);
      this.#layout.place(name, ops, ops.length - 1);
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

/** The ops of a number; the last one writes its value. */
function numeralOps(numeral: { source: NumberSource } | number): Op[] {
  if (typeof numeral === 'number') return [{ op: 'bytes', bytes: numberBytes('cbor', numeral) }];
  const { source } = numeral;
  if (isWhole(source)) return [{ op: 'number', source, form: 'cbor' }];
  return [
    { op: 'bytes', bytes: [FLOAT_64] },
    { op: 'number', source, form: 'float64be' },
  ];
}

function text(value: string): Op[] {
  return sized('cbor-text', [{ op: 'literal', text: value }]);
}
