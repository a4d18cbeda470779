import { closestName } from '../../core/closest-name.ts';
import { numberBytes } from '../binary.ts';
import { placeText, soleTime } from '../binary-fields.ts';
import type { Codec, FieldProblem, PayloadLayout, PayloadSchema, WireSchema } from '../codec.ts';
import type { FieldNode, FieldPath, FieldValue } from '../field-tree.ts';
import { LayoutBuilder } from '../layout-builder.ts';
import { type NumberKind, SchemaFields, whole } from '../schema-fields.ts';
import type { MessageField, ProtobufSchema } from './protobuf-type.ts';
import { readProtobuf } from './read-protobuf.ts';

const ID = '_id';
const TIMESTAMP = 'google.protobuf.Timestamp';
const WireType = { varint: 0, fixed64: 1, length: 2, fixed32: 5 } as const;

const numbers: Readonly<Record<string, NumberKind & { wire: number }>> = {
  double: { name: 'double', form: 'float64le', wire: WireType.fixed64 },
  float: { name: 'float', form: 'float32le', wire: WireType.fixed32 },
  int32: { name: 'int32', form: 'varint', whole: whole.int32, wire: WireType.varint },
  int64: { name: 'int64', form: 'varint', whole: whole.int64, wire: WireType.varint },
  uint32: { name: 'uint32', form: 'varint', whole: whole.uint32, wire: WireType.varint },
  uint64: { name: 'uint64', form: 'varint', whole: whole.uint64, wire: WireType.varint },
  sint32: { name: 'sint32', form: 'zigzag', whole: whole.int32, wire: WireType.varint },
  sint64: { name: 'sint64', form: 'zigzag', whole: whole.int64, wire: WireType.varint },
  fixed32: { name: 'fixed32', form: 'fixed32le', whole: whole.uint32, wire: WireType.fixed32 },
  fixed64: { name: 'fixed64', form: 'fixed64le', whole: whole.uint64, wire: WireType.fixed64 },
  sfixed32: { name: 'sfixed32', form: 'fixed32le', whole: whole.int32, wire: WireType.fixed32 },
  sfixed64: { name: 'sfixed64', form: 'fixed64le', whole: whole.int64, wire: WireType.fixed64 },
};

/** Protocol Buffers (proto2, proto3, editions): one message, its fields in the order of the scenario. */
export const protobuf: Codec = {
  name: 'protobuf',
  doc: 'A Protocol Buffers message, by schema: FILE.proto or FILE.proto#MESSAGE; fields in the order written.',
  binary: true,
  schema: { read: readProtobuf, check: (schema) => new ProtobufBuilder(schema).payload().problems },
  layout: (schema) => new ProtobufBuilder(schema).payload().layout,
  // No field has the number 0.
  malform(ops) {
    const [first, ...rest] = ops;
    return first?.op === 'bytes' ? [{ op: 'bytes', bytes: first.bytes.map(() => 0) }, ...rest] : null;
  },
  async show(payload, wire) {
    const { default: library } = await import('protobufjs');
    const { definition, type: schema } = wire as WireSchema;
    const type = library.Root.fromJSON(definition as never).lookupType((schema as ProtobufSchema).root);
    return JSON.stringify(type.toObject(type.decode(payload), { longs: Number, enums: String, bytes: String }));
  },
};

class ProtobufBuilder {
  readonly #payload: PayloadSchema;
  readonly #schema: ProtobufSchema;
  readonly #layout: LayoutBuilder;
  readonly #fields: SchemaFields;

  constructor(payload: PayloadSchema) {
    this.#payload = payload;
    this.#schema = payload.wire?.type as ProtobufSchema;
    this.#layout = new LayoutBuilder(payload.vocabulary);
    this.#fields = new SchemaFields(this.#layout);
  }

  payload(): { layout: PayloadLayout; problems: FieldProblem[] } {
    const { fields, identity } = this.#payload;
    const { root, messages } = this.#schema;
    const id = messages[root]?.find(({ name }) => name === ID);
    const holdsId = id?.type === 'string' && id.repeated !== true && id.key === undefined;
    const given = identity !== null && holdsId ? [ID] : [];
    this.#message(root, fields, [], given);
    if (identity !== null && !holdsId) {
      const hint = `give the message a field "string ${ID} = N;", or choose another identity`;
      this.#fields.refuse([], 'identity: fields has no place in the schema', hint);
    } else if (identity !== null && id !== undefined) {
      this.#tag(id.id, WireType.length);
      this.#layout.enclose('varint', () => this.#layout.add(...identity));
    }
    return { layout: this.#layout.finish(), problems: this.#fields.problems };
  }

  /** `given` are fields that are written elsewhere. */
  #message(name: string, members: readonly FieldNode[], path: FieldPath, given: readonly string[] = []): void {
    const fields = this.#schema.messages[name] ?? [];
    const names = fields.map((field) => field.name);
    const chosen = new Map<string, string>();
    for (const member of members) {
      const here = [...path, member.name];
      const field = fields.find((candidate) => candidate.name === member.name);
      if (field === undefined) {
        const near = closestName(member.name, names);
        const hint = near === undefined ? `it has ${names.join(', ')}` : `did you mean "${near}"?`;
        this.#fields.refuse(here, `the message ${name} has no field "${member.name}"`, hint);
        continue;
      }
      // What is null is not there.
      if (member.value === null) continue;
      const other = field.oneof === undefined ? undefined : chosen.get(field.oneof);
      if (other !== undefined) {
        this.#fields.refuse(
          here,
          `"${other}" and "${member.name}" exclude each other (oneof ${field.oneof})`,
          'leave one out',
        );
      }
      if (field.oneof !== undefined) chosen.set(field.oneof, member.name);
      this.#field(field, member.value, here);
    }
    for (const field of fields) {
      if (field.required !== true || given.includes(field.name)) continue;
      if (!members.some((member) => member.name === field.name && member.value !== null))
        this.#fields.refuse(path, `the message ${name} wants a field "${field.name}"`, `its type is ${field.type}`);
    }
  }

  #field(field: MessageField, value: FieldValue, path: FieldPath): void {
    if (field.key !== undefined) this.#map(field, field.key, value, path);
    else if (field.repeated === true) this.#list(field, value, path);
    else this.#single(field, value, path);
  }

  /** A field with its tag. */
  #single(field: MessageField, value: FieldValue, path: FieldPath): void {
    this.#tag(field.id, wireTypeOf(field));
    this.#value(field, value, path);
  }

  #list(field: MessageField, value: FieldValue, path: FieldPath): void {
    if (typeof value !== 'object' || value === null || !('items' in value)) {
      this.#fields.refuse(path, `the message wants a list of ${field.type} here`, null);
    } else if (field.packed === true && wireTypeOf(field) !== WireType.length) {
      if (value.items.length === 0) return;
      this.#tag(field.id, WireType.length);
      this.#layout.enclose('varint', () => {
        value.items.forEach((item, i) => void this.#value(field, item, [...path, i]));
      });
    } else value.items.forEach((item, i) => void this.#single(field, item, [...path, i]));
  }

  /** Every entry is a message of its key, field 1, and its value, field 2. */
  #map(field: MessageField, key: string, value: FieldValue, path: FieldPath): void {
    if (typeof value !== 'object' || value === null || !('members' in value)) {
      this.#fields.refuse(path, `the message wants a map of ${field.type} here`, null);
      return;
    }
    const { type, kind } = field;
    for (const member of value.members) {
      const here = [...path, member.name];
      this.#tag(field.id, WireType.length);
      this.#layout.enclose('varint', () => {
        this.#single({ name: 'key', id: 1, type: key, kind: 'scalar' }, keyOf(member.name, key), here);
        this.#single({ name: 'value', id: 2, type, kind }, member.value, here);
      });
    }
  }

  #value({ type, kind }: MessageField, value: FieldValue, path: FieldPath): void {
    if (kind === 'message') this.#inner(type, value, path);
    else if (kind === 'enum') this.#enum(type, value, path);
    else if (type === 'bool') {
      if (typeof value === 'boolean') this.#fields.add(value ? 1 : 0);
      else if (!(typeof value === 'string' && this.#fields.flag(value)))
        this.#mismatch(type, path, 'write true or false');
    } else if (type === 'string' || type === 'bytes') {
      if (typeof value === 'string') placeText(this.#layout, 'varint', this.#layout.pieces(value));
      else this.#mismatch(type, path, 'put it between quotes');
    } else if (typeof value === 'number') this.#fields.number(value, numbers[type] as NumberKind, path);
    else if (typeof value === 'string')
      this.#fields.number(this.#layout.pieces(value), numbers[type] as NumberKind, path);
    else this.#mismatch(type, path);
  }

  #inner(type: string, value: FieldValue, path: FieldPath): void {
    if (typeof value === 'object' && value !== null && 'members' in value) {
      this.#layout.enclose('varint', () => this.#message(type, value.members, path));
      return;
    }
    const time = typeof value === 'string' && type === TIMESTAMP ? soleTime(this.#layout.pieces(value)) : null;
    if (time === null) this.#mismatch(type, path, type === TIMESTAMP ? 'write <time.iso>' : 'write a map');
    else {
      this.#layout.enclose('varint', () => {
        this.#tag(1, WireType.varint);
        this.#layout.add({ op: 'number', source: { op: 'time-seconds', decimals: 0 }, form: 'varint' });
        this.#tag(2, WireType.varint);
        this.#layout.add({ op: 'number', source: { op: 'time-nanos' }, form: 'varint' });
      });
    }
  }

  #enum(type: string, value: FieldValue, path: FieldPath): void {
    if (typeof value === 'string') this.#fields.choice(value, this.#schema.enums[type] ?? {}, 'varint', path);
    else this.#mismatch(type, path);
  }

  #tag(id: number, wireType: number): void {
    this.#fields.add(...numberBytes('varint', id * 8 + wireType));
  }

  #mismatch(type: string, path: FieldPath, hint: string | null = null): void {
    this.#fields.refuse(path, `the message wants ${type} here`, hint);
  }
}

function wireTypeOf({ type, kind }: MessageField): number {
  if (kind === 'message') return WireType.length;
  if (kind === 'enum' || type === 'bool') return WireType.varint;
  return numbers[type]?.wire ?? WireType.length;
}

/** A key as a scenario writes it, as the value of its type. */
function keyOf(name: string, type: string): FieldValue {
  if (type === 'string') return name.replaceAll('<', '<<');
  if (type === 'bool') return name === 'true' ? true : name === 'false' ? false : name;
  return Number.isNaN(Number(name)) ? name : Number(name);
}
