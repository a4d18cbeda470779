import { closestName } from '../../core/closest-name.ts';
import { numberBytes } from '../binary.ts';
import { placeText, soleTime } from '../binary-fields.ts';
import type { Codec, FieldProblem, PayloadLayout, PayloadSchema } from '../codec.ts';
import type { FieldNode, FieldPath, FieldValue } from '../field-tree.ts';
import { widthOf } from '../layout.ts';
import { LayoutBuilder } from '../layout-builder.ts';
import { type NumberKind, SchemaFields, whole } from '../schema-fields.ts';
import { sized } from '../sized.ts';
import { type AvroSchema, type AvroType, type RecordField, typeName } from './avro-type.ts';
import { fitsAvro } from './fits-avro.ts';
import { readAvro } from './read-avro.ts';

const ID = '_id';
const numbers: Readonly<Record<'int' | 'long' | 'float' | 'double', NumberKind>> = {
  int: { name: 'int', form: 'zigzag', whole: whole.int32 },
  long: { name: 'long', form: 'zigzag', whole: whole.int64 },
  float: { name: 'float', form: 'float32le' },
  double: { name: 'double', form: 'float64le' },
};

/** Avro's binary encoding (specification 1.11) of a record, without a container or a schema id. */
export const avro: Codec = {
  name: 'avro',
  doc: 'An Avro record in binary encoding, by schema: FILE (.avsc); fields go where the schema has them.',
  binary: true,
  schema: { read: readAvro, check: (schema) => new AvroBuilder(schema).payload().problems },
  layout: (schema) => new AvroBuilder(schema).payload().layout,
  // A text of negative length.
  malform(ops) {
    const at = ops.findIndex((op) => op.op === 'bytes' && op.length === true);
    const head = ops[at];
    if (head?.op !== 'bytes') return null;
    const bytes = head.bytes.map((_, i) => (i === 0 ? 1 : 0) | (i < head.bytes.length - 1 ? 0x80 : 0));
    return ops.with(at, { op: 'bytes', bytes });
  },
  async show(payload, wire) {
    const { default: avsc } = await import('avsc');
    return JSON.stringify(avsc.Type.forSchema(wire?.definition as never).fromBuffer(Buffer.from(payload)));
  },
};

class AvroBuilder {
  readonly #payload: PayloadSchema;
  readonly #schema: AvroSchema;
  readonly #layout: LayoutBuilder;
  readonly #fields: SchemaFields;

  constructor(payload: PayloadSchema) {
    this.#payload = payload;
    this.#schema = payload.wire?.type as AvroSchema;
    this.#layout = new LayoutBuilder(payload.vocabulary);
    this.#fields = new SchemaFields(this.#layout);
  }

  payload(): { layout: PayloadLayout; problems: FieldProblem[] } {
    const { fields, identity } = this.#payload;
    const record = this.#schema.named[this.#schema.root];
    const members = record?.kind === 'record' ? record.fields : [];
    const last = members.at(-1);
    const holdsId = last?.name === ID && last.type.kind === 'string';
    if (identity !== null && !holdsId) {
      const hint = `give the record { "name": "${ID}", "type": "string" } as its last field, or choose another identity`;
      this.#fields.refuse([], 'identity: fields has no place in the schema', hint);
    }
    this.#record(identity !== null && holdsId ? members.slice(0, -1) : members, fields, []);
    if (identity !== null) this.#layout.add(...sized('zigzag', identity));
    return { layout: this.#layout.finish(), problems: this.#fields.problems };
  }

  #record(fields: readonly RecordField[], members: readonly FieldNode[], path: FieldPath): void {
    const names = fields.map(({ name }) => name);
    for (const { name } of members) {
      if (names.includes(name)) continue;
      const near = closestName(name, names);
      const hint = near === undefined ? `it has ${names.join(', ')}` : `did you mean "${near}"?`;
      this.#fields.refuse([...path, name], `the schema has no field "${name}" here`, hint);
    }
    for (const { name, type, ...field } of fields) {
      const member = members.find((node) => node.name === name);
      if (member !== undefined) this.#value(type, member.value, [...path, name]);
      else if ('default' in field) this.#value(type, asWritten(field.default), path);
      else this.#fields.refuse(path, `the schema wants a field "${name}"`, `its type is ${this.#name(type)}`);
    }
  }

  #value(type: AvroType, value: FieldValue, path: FieldPath): void {
    switch (type.kind) {
      case 'union':
        this.#union(type.branches, value, path);
        return;
      case 'named':
        this.#named(type, value, path);
        return;
      case 'array':
        if (typeof value === 'object' && value !== null && 'items' in value) this.#items(type.items, value.items, path);
        else this.#mismatch(type, path);
        return;
      case 'map':
        if (typeof value === 'object' && value !== null && 'members' in value)
          this.#entries(type.values, value.members, path);
        else this.#mismatch(type, path);
        return;
      case 'null':
        if (value !== null) this.#mismatch(type, path);
        return;
      case 'boolean':
        if (typeof value === 'boolean') this.#fields.add(value ? 1 : 0);
        else if (!(typeof value === 'string' && this.#fields.flag(value))) this.#mismatch(type, path);
        return;
      case 'string':
      case 'bytes':
        if (typeof value === 'string') placeText(this.#layout, 'zigzag', this.#layout.pieces(value));
        else this.#mismatch(type, path, 'put it between quotes');
        return;
      default:
        this.#number(type, value, path);
    }
  }

  #number(type: Extract<AvroType, { time?: 'ms' | 'us' }>, value: FieldValue, path: FieldPath): void {
    const kind = numbers[type.kind as keyof typeof numbers];
    if (typeof value === 'number') this.#fields.number(value, kind, path);
    else if (typeof value !== 'string') this.#mismatch(type, path);
    else {
      const pieces = this.#layout.pieces(value);
      const name = soleTime(pieces);
      if (type.time === undefined || name === null) this.#fields.number(pieces, kind, path);
      else {
        const source = { op: type.time === 'ms' ? 'time-ms' : 'time-us' } as const;
        this.#layout.place(name, [{ op: 'number', source, form: 'zigzag' }]);
      }
    }
  }

  #named(type: Extract<AvroType, { kind: 'named' }>, value: FieldValue, path: FieldPath): void {
    const definition = this.#schema.named[type.name];
    if (definition?.kind === 'record') {
      if (typeof value === 'object' && value !== null && 'members' in value)
        this.#record(definition.fields, value.members, path);
      else this.#mismatch(type, path);
    } else if (typeof value !== 'string') this.#mismatch(type, path);
    else if (definition?.kind === 'enum') {
      const named = Object.fromEntries(definition.symbols.map((symbol, i) => [symbol, i]));
      this.#fields.choice(value, named, 'zigzag', path);
    } else if (definition?.kind === 'fixed') this.#fixed(definition.size, value, path);
  }

  #fixed(size: number, value: string, path: FieldPath): void {
    const pieces = this.#layout.pieces(value);
    const widths = pieces.flatMap(({ meaning }) => meaning.ops.map(widthOf));
    const [least, most] = [sum(widths.map(({ min }) => min)), sum(widths.map(({ max }) => max))];
    if (least === size && most === size) for (const { name, meaning } of pieces) this.#layout.place(name, meaning.ops);
    else {
      const length = least === most ? `${least}` : `${least} to ${most}`;
      this.#fields.refuse(path, `the schema wants exactly ${size} bytes, and these are ${length}`, null);
    }
  }

  #items(type: AvroType, items: readonly FieldValue[], path: FieldPath): void {
    this.#block(items.length);
    items.forEach((item, i) => {
      this.#value(type, item, [...path, i]);
    });
    if (items.length > 0) this.#fields.add(0);
  }

  #entries(type: AvroType, members: readonly FieldNode[], path: FieldPath): void {
    this.#block(members.length);
    for (const { name, value } of members) {
      this.#layout.add(...sized('zigzag', [{ op: 'literal', text: name }]));
      this.#value(type, value, [...path, name]);
    }
    if (members.length > 0) this.#fields.add(0);
  }

  /** How many values follow; none is the end of the blocks itself. */
  #block(count: number): void {
    this.#fields.add(...numberBytes('zigzag', count));
  }

  #union(branches: readonly AvroType[], value: FieldValue, path: FieldPath): void {
    const pieces = typeof value === 'string' ? this.#layout.peek(value) : null;
    const at = branches.findIndex((branch) => fitsAvro(branch, value, pieces, this.#schema));
    const branch = branches[at];
    if (branch === undefined) {
      this.#mismatch({ kind: 'union', branches: [...branches] }, path);
      return;
    }
    this.#fields.add(...numberBytes('zigzag', at));
    this.#value(branch, value, path);
  }

  #mismatch(type: AvroType, path: FieldPath, hint: string | null = null): void {
    this.#fields.refuse(path, `the schema wants ${this.#name(type)} here`, hint);
  }

  #name(type: AvroType): string {
    return typeName(type, this.#schema);
  }
}

/** A default of a schema as a scenario would write it. */
function asWritten(value: unknown): FieldValue {
  if (typeof value === 'string') return value.replaceAll('<', '<<');
  if (typeof value !== 'object' || value === null) return value as FieldValue;
  if (Array.isArray(value)) return { items: value.map(asWritten) };
  return { members: Object.entries(value).map(([name, member]) => ({ name, value: asWritten(member) })) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
