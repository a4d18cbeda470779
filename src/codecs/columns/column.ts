import type { FieldPath } from '../field-tree.ts';
import type { Op } from '../layout.ts';
import type { Piece } from '../layout-builder.ts';

/**
 * What the values of a column are, so narrow that their text in the payload follows from them:
 *
 *     text      any text
 *     integer   digits without a leading zero, of magnitude below 2^31 unless `wide`, then below 2^53
 *     decimal   so many digits behind the point; a double holds them and gives them back
 *     number    a number as JavaScript writes it
 *     double    a number as `writeDouble` writes it
 *     instant   2023-05-24T18:56:56.800Z; with `decimals`, 2023-05-24 18:56:56 and so many digits of a second
 *     boolean   true or false
 *     nothing   always null
 */
export type ColumnType =
  | { kind: 'text' | 'number' | 'double' | 'boolean' | 'nothing' }
  | { kind: 'instant'; decimals?: number }
  | { kind: 'integer'; wide: boolean }
  | { kind: 'decimal'; decimals: number };

/** A value that varies, or could, from payload to payload. Absent values are null. */
export interface Column {
  /** Names from the outermost on, and positions in lists. */
  path: FieldPath;
  type: ColumnType;
  /** It stands in quotes where it is not null. */
  quoted: boolean;
}

/**
 * A payload as values: `literals[0]`, the text of the first column, `literals[1]`, … to the last literal. Plain data, the same for every
 * event of a fleet, so that who keeps values can make the payload again, byte for byte.
 */
export interface PayloadColumns {
  /** How a text stands between its quotes. */
  escapes: 'json' | 'csv';
  /** One more than columns. */
  literals: readonly string[];
  columns: readonly Column[];
}

const TWO_31 = 2147483648;
/** Below it a decimal number is told from its neighbours by the double next to it: half a unit in its last place is less than half a digit. */
const TWO_52 = 4503599627370496;
const SCALES = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Type of a value that a scenario writes; `pieces` are those of a text. */
export function typeOfValue(value: string | number | boolean | null, pieces: (text: string) => Piece[]): ColumnType {
  if (value === null) return { kind: 'nothing' };
  if (typeof value === 'boolean') return { kind: 'boolean' };
  if (typeof value === 'number') return typeOfDigits(JSON.stringify(value));
  return typeOfPieces(pieces(value));
}

/** Type of a template's text. */
export function typeOfPieces(pieces: readonly Piece[]): ColumnType {
  const [piece] = pieces;
  const [op] = piece?.meaning.ops ?? [];
  if (piece === undefined || op === undefined || pieces.length > 1 || piece.meaning.ops.length > 1) return text;
  const { kind } = piece.meaning;
  if (op.op === 'optional') return typeOfPieces([{ ...piece, meaning: { kind, ops: op.present } }]);
  if (kind === 'flag') return { kind: 'boolean' };
  if (kind === 'number') return typeOfOp(op);
  if (op.op === 'time-utc') return { kind: 'instant', decimals: op.decimals };
  return op.op === 'time-iso' ? { kind: 'instant' } : text;
}

const text: ColumnType = { kind: 'text' };

function typeOfOp(op: Op): ColumnType {
  switch (op.op) {
    case 'literal':
      return typeOfDigits(op.text);
    case 'integer':
      return integer(op.max + (op.plus ?? 0));
    case 'double':
      return { kind: 'double' };
    case 'decimal':
      return decimal(op.decimals, Math.max(Math.abs(op.min), Math.abs(op.max)) + 1);
    case 'time-ms':
      return integer(Number.MAX_SAFE_INTEGER);
    case 'time-seconds':
      // Six decimals of a second are told apart until the year 2112.
      return op.decimals === 0 ? integer(Number.MAX_SAFE_INTEGER) : { kind: 'decimal', decimals: op.decimals };
    default:
      return text;
  }
}

function typeOfDigits(digits: string): ColumnType {
  const match = /^-?(?:0|[1-9]\d*)(?:\.(\d{1,9}))?$/.exec(digits);
  if (match === null || digits === '-0') return Number.isFinite(Number(digits)) ? { kind: 'number' } : text;
  return decimal(match[1]?.length ?? 0, Math.abs(Number(digits)));
}

function integer(max: number): ColumnType {
  return { kind: 'integer', wide: max >= TWO_31 };
}

function decimal(decimals: number, most: number): ColumnType {
  if (most * (SCALES[decimals] as number) >= TWO_52) return text;
  return decimals === 0 ? integer(most) : { kind: 'decimal', decimals };
}
