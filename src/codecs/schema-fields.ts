import { formatCount } from '../core/units.ts';
import { type NumberForm, numberBytes } from './binary.ts';
import { flagOf, isWhole, numeralOf, optionalOf } from './binary-fields.ts';
import type { FieldProblem } from './codec.ts';
import type { FieldPath } from './field-tree.ts';
import { type NumberSource, rangeOf } from './layout.ts';
import type { LayoutBuilder, Piece } from './layout-builder.ts';

/** A kind of number of a schema: how it is written, and what it holds. */
export interface NumberKind {
  name: string;
  form: NumberForm;
  /** Absent: a number of whatever size, with decimals. */
  whole?: { min: number; max: number };
}

/** Bounds of whole numbers; beyond 2⁵³ no placeholder goes. */
export const whole = {
  int32: { min: -2147483648, max: 2147483647 },
  uint32: { min: 0, max: 4294967295 },
  int64: { min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
  uint64: { min: 0, max: Number.MAX_SAFE_INTEGER },
} as const;

type Problem = Omit<FieldProblem, 'path'>;

/** Writes the fields of a schema and keeps what is wrong with them. */
export class SchemaFields {
  readonly problems: FieldProblem[] = [];
  readonly layout: LayoutBuilder;

  constructor(layout: LayoutBuilder) {
    this.layout = layout;
  }

  refuse(path: FieldPath, message: string, hint: string | null): void {
    this.problems.push({ path, message, hint });
  }

  add(...bytes: readonly number[]): void {
    this.layout.add({ op: 'bytes', bytes });
  }

  /** Writes a constant or a lone placeholder as a number. */
  number(value: number | readonly Piece[], kind: NumberKind, path: FieldPath): void {
    const numeral = typeof value === 'number' ? value : numeralOf(value);
    if (typeof value !== 'number' && optionalOf(value) !== null) {
      const hint = 'use codec: json, csv or cbor, or a reading that is always there';
      this.refuse(path, `the reading may be missing, and the schema wants a number here (${kind.name})`, hint);
    } else if (numeral === null) {
      const hint = 'write one placeholder that is a number, and nothing around it';
      this.refuse(path, `the schema wants a number here (${kind.name})`, hint);
    } else if (typeof numeral === 'number') {
      const problem = constantProblem(numeral, kind);
      if (problem === null) this.layout.add({ op: 'bytes', bytes: numberBytes(kind.form, numeral) });
      else this.refuse(path, problem.message, problem.hint);
    } else {
      const { name, source } = numeral;
      const problem = sourceProblem(name, source, kind);
      // A time in 32 bits is too coarse to be read back.
      const shown = kind.form === 'float32le' ? null : name;
      if (problem === null) this.layout.place(shown, [{ op: 'number', source, form: kind.form }]);
      else this.refuse(path, problem.message, problem.hint);
    }
  }

  /** Writes a lone placeholder that is a yes or no as a byte; false, and nothing written, for anything else. */
  flag(value: string): boolean {
    const op = flagOf(this.layout.pieces(value), 0, 1);
    if (op !== null) this.layout.add(op);
    return op !== null;
  }

  /** Writes one of the numbers that `named` gives to texts. */
  choice(value: string, named: Readonly<Record<string, number>>, form: NumberForm, path: FieldPath): void {
    const pieces = this.layout.pieces(value);
    const [only, ...others] = pieces.flatMap(({ meaning }) => meaning.ops);
    const texts = only?.op === 'literal' ? [only.text] : only?.op === 'choice' ? only.texts : null;
    const symbols = Object.keys(named);
    const unknown = texts?.find((text) => !Object.hasOwn(named, text));
    if (only === undefined || texts === null || others.length > 0) {
      this.refuse(path, 'the schema wants one of some names here', `they are ${symbols.join(', ')}`);
    } else if (unknown !== undefined) {
      this.refuse(path, `"${unknown}" is none of the schema's names`, `they are ${symbols.join(', ')}`);
    } else if (only.op === 'choice') {
      const choices = texts.map((text) => numberBytes(form, named[text] as number));
      this.layout.place(pieces[0]?.name ?? null, [{ op: 'choice-bytes', value: only.value, choices }]);
    } else this.add(...numberBytes(form, named[texts[0] as string] as number));
  }
}

function constantProblem(value: number, { name, whole }: NumberKind): Problem | null {
  if (whole === undefined) return null;
  if (!Number.isInteger(value)) return { message: `${name} holds no decimals`, hint: 'write a whole number' };
  if (value >= whole.min && value <= whole.max) return null;
  return { message: `${value} does not fit into ${name}`, hint: `from ${whole.min} to ${whole.max}` };
}

function sourceProblem(name: string, source: NumberSource, { name: type, whole }: NumberKind): Problem | null {
  if (whole === undefined) return null;
  if (!isWhole(source)) {
    return { message: `<${name}> has decimals, and ${type} holds none`, hint: `write <${name}:0>, or use a double` };
  }
  const { min, max } = rangeOf(source);
  if (min >= whole.min && max <= whole.max) return null;
  const range = `${formatCount(min)} to ${formatCount(max)}`;
  return { message: `<${name}> goes from ${range}, which does not fit into ${type}`, hint: 'use a wider type' };
}
