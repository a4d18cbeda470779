import type { PayloadSchema } from '../../../src/codecs/codec.ts';
import type { FieldNode, FieldValue } from '../../../src/codecs/field-tree.ts';
import type { MessageField, ProtobufSchema } from '../../../src/codecs/protobuf/protobuf-type.ts';
import { kindOf, plainLists } from '../schema-kinds.ts';

/** The fields with a message that fits them, whatever their names; lists are of texts. */
export function fitProtobuf(schema: PayloadSchema): PayloadSchema {
  const fields = plainLists(schema.fields, (value) => (typeof value === 'string' ? value : 'text'));
  const protobuf: ProtobufSchema = { root: 'm0', messages: {}, enums: {} };
  message(fields);
  return { ...schema, fields, wire: { definition: null, type: protobuf } };

  function message(members: readonly FieldNode[]): string {
    const name = `m${Object.keys(protobuf.messages).length}`;
    protobuf.messages[name] = [];
    protobuf.messages[name] = members.map((member, i) => ({
      name: member.name,
      id: 3 * i + 14,
      ...typeOf(member.value),
    }));
    return name;
  }

  function typeOf(value: FieldValue): Pick<MessageField, 'type' | 'kind' | 'repeated'> {
    if (typeof value === 'object' && value !== null) {
      if ('members' in value) return { type: message(value.members), kind: 'message' };
      return { type: 'string', kind: 'scalar', repeated: true };
    }
    const kind = kindOf(value, schema.vocabulary);
    const type = { whole: 'sint64', text: 'string', double: 'double', boolean: 'bool', null: 'bool' }[kind];
    return { type, kind: 'scalar' };
  }
}
