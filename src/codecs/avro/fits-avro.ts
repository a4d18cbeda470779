import { flagOf, isWhole, numeralOf, soleTime } from '../binary-fields.ts';
import type { FieldValue } from '../field-tree.ts';
import type { Piece } from '../layout-builder.ts';
import type { AvroSchema, AvroType } from './avro-type.ts';

/** Whether a branch of a union is meant by a value: by its kind, not by what it holds. `pieces` are those of a text. */
export function fitsAvro(
  type: AvroType,
  value: FieldValue,
  pieces: readonly Piece[] | null,
  { named }: AvroSchema,
): boolean {
  if (pieces !== null) return fitsText(type, pieces, named);
  if (value === null) return type.kind === 'null';
  if (typeof value === 'boolean') return type.kind === 'boolean';
  if (typeof value === 'number') {
    if (type.kind === 'int' || type.kind === 'long') return Number.isInteger(value);
    return type.kind === 'float' || type.kind === 'double';
  }
  if (typeof value === 'string') return false;
  if ('items' in value) return type.kind === 'array';
  return type.kind === 'map' || (type.kind === 'named' && named[type.name]?.kind === 'record');
}

function fitsText(type: AvroType, pieces: readonly Piece[], named: AvroSchema['named']): boolean {
  const numeral = numeralOf(pieces);
  if (type.kind === 'boolean') return flagOf(pieces, 0, 1) !== null;
  if (type.kind === 'long' && type.time !== undefined && soleTime(pieces) !== null) return true;
  if (numeral !== null) {
    const whole = typeof numeral === 'number' ? Number.isInteger(numeral) : isWhole(numeral.source);
    if (type.kind === 'int' || type.kind === 'long') return whole;
    if (type.kind === 'float' || type.kind === 'double') return true;
  }
  if (type.kind === 'named') {
    const definition = named[type.name];
    const ops = pieces.flatMap(({ meaning }) => meaning.ops);
    const [only] = ops;
    if (definition?.kind !== 'enum' || ops.length !== 1) return definition?.kind === 'fixed';
    const texts = only?.op === 'literal' ? [only.text] : only?.op === 'choice' ? only.texts : [];
    return texts.length > 0 && texts.every((text) => definition.symbols.includes(text));
  }
  return type.kind === 'string' || type.kind === 'bytes';
}
