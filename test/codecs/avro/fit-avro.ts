import type { AvroSchema, AvroType } from '../../../src/codecs/avro/avro-type.ts';
import type { PayloadSchema } from '../../../src/codecs/codec.ts';
import type { FieldNode, FieldValue } from '../../../src/codecs/field-tree.ts';
import { kindOf, plainLists } from '../schema-kinds.ts';

/** The fields with a schema that fits them, whatever their names. */
export function fitAvro(schema: PayloadSchema): PayloadSchema {
  const fields = plainLists(schema.fields);
  const avro: AvroSchema = { root: 'r0', named: {} };
  record(fields);
  return { ...schema, fields, wire: { definition: null, type: avro } };

  function record(members: readonly FieldNode[]): AvroType {
    const name = `r${Object.keys(avro.named).length}`;
    avro.named[name] = { kind: 'record', fields: [] };
    avro.named[name] = {
      kind: 'record',
      fields: members.map((member) => ({ name: member.name, type: typeOf(member.value) })),
    };
    return { kind: 'named', name };
  }

  function typeOf(value: FieldValue): AvroType {
    if (typeof value === 'object' && value !== null) {
      if ('members' in value) return record(value.members);
      return { kind: 'array', items: { kind: 'union', branches: value.items.map(typeOf) } };
    }
    const kind = kindOf(value, schema.vocabulary);
    return { kind: kind === 'whole' ? 'long' : kind === 'text' ? 'string' : kind };
  }
}
