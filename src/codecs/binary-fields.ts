import type { LengthForm } from './binary.ts';
import { literalBytes, type NumberSource, type Op } from './layout.ts';
import type { LayoutBuilder, Piece } from './layout-builder.ts';
import { sized } from './sized.ts';

/** The number that a lone placeholder stands for: what varies, a constant, or null where it is text. */
export function numeralOf(pieces: readonly Piece[]): { name: string; source: NumberSource } | number | null {
  const [piece] = pieces;
  const op = piece?.meaning.ops[0];
  if (pieces.length !== 1 || piece?.name == null || piece.meaning.kind !== 'number' || op === undefined) return null;
  if (op.op === 'literal') return Number(op.text);
  if (op.op === 'optional') return null;
  return { name: piece.name, source: op as NumberSource };
}

/** Whether a number is always whole. */
export function isWhole(source: NumberSource): boolean {
  return source.op !== 'double' && (!('decimals' in source) || source.decimals === 0);
}

/**
 * The lone placeholder of a template, where it is one that may be missing; null for anything else, and for a text with a word for that: it
 * is text then as well.
 */
export function optionalOf(pieces: readonly Piece[]): { piece: Piece; op: Extract<Op, { op: 'optional' }> } | null {
  const [piece] = pieces;
  const [op] = piece?.meaning.ops ?? [];
  if (pieces.length !== 1 || piece === undefined || op?.op !== 'optional') return null;
  return piece.meaning.kind === 'text' && op.absent.some((one) => literalBytes(one)?.length !== 0)
    ? null
    : { piece, op };
}

/** The op of a lone placeholder that is a yes or no, which writes one byte or the other; null for anything else. */
export function flagOf(pieces: readonly Piece[], no: number, yes: number): Op | null {
  const [piece] = pieces;
  const [op] = piece?.meaning.ops ?? [];
  if (pieces.length !== 1 || piece?.meaning.kind !== 'flag' || op?.op !== 'choice') return null;
  return { op: 'choice-bytes', value: op.value, choices: [[no], [yes]] };
}

/** Name of the placeholder that is a time and stands alone; null for anything else. */
export function soleTime(pieces: readonly Piece[]): string | null {
  const name = pieces.length === 1 ? (pieces[0]?.name ?? null) : null;
  return name?.startsWith('time.') ? name : null;
}

/** Adds the parts of a template as text, its length before it. */
export function placeText(layout: LayoutBuilder, form: LengthForm, pieces: readonly Piece[]): void {
  const [head, ...rest] = sized(
    form,
    pieces.flatMap(({ meaning }) => meaning.ops),
  ) as [Op, ...Op[]];
  // A lone choice has its lengths within.
  if (head.op === 'choice-bytes') {
    layout.place(pieces[0]?.name ?? null, [head, ...rest]);
    return;
  }
  layout.add(head);
  for (const { name, meaning } of pieces) layout.place(name, meaning.ops);
  if (head.op === 'open') layout.add({ ...head, op: 'close' });
}
