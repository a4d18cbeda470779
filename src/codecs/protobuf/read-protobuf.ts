import type { Enum, Field, MapField, ReflectionObject, Type } from 'protobufjs';
import type { SchemaReader } from '../codec.ts';
import type { MessageField, ProtobufSchema } from './protobuf-type.ts';

/** Reads a .proto file and what it imports. The payload is the message that is named, or the only one at the file's top. */
export const readProtobuf: SchemaReader['read'] = async (path, message) => {
  const { default: protobuf } = await import('protobufjs');
  const root = new protobuf.Root();
  try {
    await root.load(path, { keepCase: true });
    root.resolveAll();
  } catch (error) {
    return { problem: { message: (error as Error).message, hint: 'it has to be a .proto file, with what it imports' } };
  }
  const all: Type[] = [];
  const collect = (object: ReflectionObject): void => {
    if (object instanceof protobuf.Type) all.push(object);
    if (object instanceof protobuf.Namespace) object.nestedArray.forEach(collect);
  };
  collect(root);
  const own = all.filter((type) => type.filename === path && !(type.parent instanceof protobuf.Type));
  const wanted = message === null ? own : all.filter((type) => nameOf(type) === message || type.name === message);
  const [chosen, ...others] = wanted;
  if (chosen === undefined || others.length > 0) {
    const names = (message === null || chosen === undefined ? own : wanted).map(nameOf);
    if (names.length === 0)
      return { problem: { message: 'there is no message in it', hint: 'it has to be a .proto file' } };
    const unknown = message !== null && chosen === undefined;
    const said = unknown ? `it has no message "${message}"` : 'it does not say which message the payload is';
    return { problem: { message: said, hint: `write FILE#NAME; it has ${names.join(', ')}` } };
  }
  const schema: ProtobufSchema = { root: nameOf(chosen), messages: {}, enums: {} };
  addMessage(chosen, schema);
  return { definition: root.toJSON(), type: schema };

  function addMessage(type: Type, into: ProtobufSchema): void {
    const fields: MessageField[] = [];
    into.messages[nameOf(type)] = fields;
    for (const field of type.fieldsArray) fields.push(fieldOf(field, into));
  }

  function fieldOf(field: Field, into: ProtobufSchema): MessageField {
    const { name, id, resolvedType, partOf } = field;
    const common = {
      name,
      id,
      ...(field.repeated ? { repeated: true as const, ...(field.packed ? { packed: true as const } : {}) } : {}),
      ...(field.map ? { key: (field as unknown as MapField).keyType } : {}),
      ...(field.required ? { required: true as const } : {}),
      // What is optional in proto3 has a oneof of its own.
      ...(partOf != null && partOf.oneof.length > 1 ? { oneof: partOf.name } : {}),
    };
    if (resolvedType === null) return { ...common, type: field.type, kind: 'scalar' };
    const full = nameOf(resolvedType);
    if (resolvedType instanceof protobuf.Enum) {
      into.enums[full] = { ...(resolvedType as Enum).values };
      return { ...common, type: full, kind: 'enum' };
    }
    if (into.messages[full] === undefined) addMessage(resolvedType as Type, into);
    return { ...common, type: full, kind: 'message' };
  }
};

function nameOf(object: ReflectionObject): string {
  return object.fullName.replace(/^\./, '');
}
