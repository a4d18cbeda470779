import type { RecordedColumn } from './recording.ts';

/** Most distinct texts of a column. */
const MOST_TEXTS = 1_000;
const MOST_DECIMALS = 9;
const numeric = /^[-+]?(?:\d+(?:\.(\d*))?|\.(\d+))(?:[eE][-+]?\d+)?$/;
const powersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Placeholders that every fleet has; a column of that name gets another. */
export const reservedNames: readonly string[] = [
  'device',
  'index',
  'ordinal',
  'fleet',
  'run',
  'sequence',
  'uuid',
  'hex',
];

/** Collects a column cell by cell. What its first cell is, a number or a text, all of them have to be. */
export class ColumnReader {
  readonly #title: string;
  readonly #texts: Map<string, number> | null;
  #decimals = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  constructor(title: string, firstCell: string, isText: boolean) {
    this.#title = title;
    this.#texts = isText || !numeric.test(firstCell) ? new Map() : null;
  }

  /** The cell's value, or what is wrong with it. */
  read(cell: string): number | string {
    if (cell === '') return `nothing stands under "${this.#title}"`;
    return this.#texts === null ? this.#number(cell) : this.#text(cell, this.#texts);
  }

  /** The column as a reading; or what is wrong with all of it. */
  finish(name: string): RecordedColumn | string {
    const title = this.#title;
    if (this.#texts !== null) {
      const names = [...this.#texts.keys()];
      return { title, name, decimals: 0, min: 0, max: names.length - 1, names };
    }
    const largest = Math.max(Math.abs(this.#min), Math.abs(this.#max));
    if (largest * (powersOfTen[this.#decimals] as number) > Number.MAX_SAFE_INTEGER - 2)
      return `"${title}" has numbers of more digits than can be kept; list it in texts`;
    return { title, name, decimals: this.#decimals, min: this.#min, max: this.#max };
  }

  #number(cell: string): number | string {
    const match = numeric.exec(cell);
    if (match === null) return `"${shortened(cell)}" under "${this.#title}" is no number`;
    const value = Number(cell);
    const written = /[eE]/.test(cell) ? decimalsOf(value) : (match[1] ?? match[2] ?? '').length;
    this.#decimals = Math.max(this.#decimals, Math.min(written, MOST_DECIMALS));
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    return value;
  }

  #text(cell: string, texts: Map<string, number>): number | string {
    const index = texts.get(cell) ?? texts.size;
    if (index === texts.size) {
      if (index === MOST_TEXTS)
        return `more than ${MOST_TEXTS} different texts under "${this.#title}"; leave it out of columns`;
      texts.set(cell, index);
    }
    return index;
  }
}

/** A title as a placeholder can be called, such as `Temp_C` for `Temp (C)`. */
export function placeholderName(title: string): string {
  const name = title.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '');
  return !/^[A-Za-z]/.test(name) || reservedNames.includes(name) ? `recorded_${name}` : name;
}

function decimalsOf(value: number): number {
  const digits = powersOfTen.findIndex((scale) => Math.round(value * scale) / scale === value);
  return digits < 0 ? MOST_DECIMALS : digits;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
