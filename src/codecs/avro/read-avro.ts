import { readFile } from 'node:fs/promises';
import type { SchemaReader } from '../codec.ts';
import type { AvroSchema, AvroType, NamedType, Primitive } from './avro-type.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const primitives: readonly string[] = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];
const times: Readonly<Record<string, 'ms' | 'us'>> = {
  'timestamp-millis': 'ms',
  'local-timestamp-millis': 'ms',
  'timestamp-micros': 'us',
  'local-timestamp-micros': 'us',
};

/** Reads a schema of JSON text (.avsc); the library says whether it is one, and gives every named type its full name. */
export const readAvro: SchemaReader['read'] = async (path, message) => {
  const { default: avsc } = await import('avsc');
  /** Keeps the logical types of times in the schema that the library gives back. */
  class Time extends avsc.types.LogicalType {
    readonly #name: string;
    constructor(schema: never, options: never) {
      super(schema, options);
      this.#name = (schema as { logicalType: string }).logicalType;
    }
    protected override _export(schema: unknown): void {
      (schema as { logicalType: string }).logicalType = this.#name;
    }
    protected override _fromValue(value: unknown): unknown {
      return value;
    }
    protected override _toValue(value: unknown): unknown {
      return value;
    }
  }
  let definition: Json;
  try {
    const parsed = JSON.parse(await readFile(path, 'utf8')) as Json;
    const logicalTypes = Object.fromEntries(Object.keys(times).map((name) => [name, Time]));
    const options = { logicalTypes, assertLogicalTypes: false } as never;
    definition = avsc.Type.forSchema(parsed as never, options).schema({ exportAttrs: true } as never) as Json;
  } catch (error) {
    return { problem: { message: (error as Error).message, hint: 'it has to be an Avro schema in JSON (.avsc)' } };
  }
  if (message !== null) {
    const hint = 'write the file alone: its outermost record is the payload';
    return { problem: { message: 'an Avro schema has no messages to choose from', hint } };
  }
  const named: AvroSchema['named'] = {};
  const root = typeOf(definition, named);
  if (root.kind !== 'named' || named[root.name]?.kind !== 'record') {
    return { problem: { message: 'its outermost type is not a record', hint: 'fields are those of a record' } };
  }
  return { definition, type: { root: root.name, named } satisfies AvroSchema };
};

/** A type of a normalised schema; its named types are added to `named`. */
function typeOf(schema: Json, named: AvroSchema['named']): AvroType {
  if (Array.isArray(schema)) return { kind: 'union', branches: schema.map((branch) => typeOf(branch, named)) };
  if (typeof schema === 'string') {
    return primitives.includes(schema) ? { kind: schema as Primitive } : { kind: 'named', name: schema };
  }
  const { type, name, logicalType, items, values, symbols, size, fields } = schema as { [name: string]: Json };
  if (type === 'array') return { kind: 'array', items: typeOf(items as Json, named) };
  if (type === 'map') return { kind: 'map', values: typeOf(values as Json, named) };
  if (type === 'enum') return add({ kind: 'enum', symbols: symbols as string[] });
  if (type === 'fixed') return add({ kind: 'fixed', size: size as number });
  if (type === 'record' || type === 'error') {
    const record: Extract<NamedType, { kind: 'record' }> = { kind: 'record', fields: [] };
    const reference = add(record);
    for (const field of fields as { name: string; type: Json; default?: Json }[]) {
      const initial = 'default' in field ? { default: field.default } : {};
      record.fields.push({ name: field.name, type: typeOf(field.type, named), ...initial });
    }
    return reference;
  }
  const inner = typeOf(type as Json, named);
  const time = times[String(logicalType)];
  return inner.kind === 'long' && time !== undefined ? { kind: 'long', time } : inner;

  function add(definition: NamedType): AvroType {
    named[name as string] = definition;
    return { kind: 'named', name: name as string };
  }
}
