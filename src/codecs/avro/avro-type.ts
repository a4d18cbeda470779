/** Avro's types without an inner form. */
export type Primitive = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';

/** A type as a schema says it, named types by their full names. */
export type AvroType =
  | { kind: Primitive /** What a long counts since 1970, if it is a time. */; time?: 'ms' | 'us' }
  | { kind: 'array'; items: AvroType }
  | { kind: 'map'; values: AvroType }
  | { kind: 'union'; branches: AvroType[] }
  | { kind: 'named'; name: string };

export type NamedType =
  | { kind: 'enum'; symbols: string[] }
  | { kind: 'fixed'; size: number }
  | { kind: 'record'; fields: RecordField[] };

export interface RecordField {
  name: string;
  type: AvroType;
  /** Value of a field that is not written, in Avro's JSON form; absent where there is none. */
  default?: unknown;
}

/** A schema whose outermost type is a record. */
export interface AvroSchema {
  /** Full name of the record. */
  root: string;
  named: Record<string, NamedType>;
}

/** A type as its author would say it. */
export function typeName(type: AvroType, { named }: AvroSchema): string {
  switch (type.kind) {
    case 'named':
      return `${named[type.name]?.kind} ${type.name}`;
    case 'union':
      return type.branches.map((branch) => ('name' in branch ? branch.name : branch.kind)).join(' or ');
    default:
      return 'time' in type ? `${type.kind} of ${type.time}` : type.kind;
  }
}
