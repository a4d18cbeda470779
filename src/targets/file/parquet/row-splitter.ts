import type { Column, PayloadColumns } from '../../../codecs/columns/column.ts';
import { doubleText } from '../../../codecs/double-text.ts';
import { readInstant } from './instant.ts';

/** A value of a column: an instant is ms since 1970, or µs. */
export type Cell = string | number | boolean | null;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const closingBrace = 0x7d;
const closingBracket = 0x5d;
const nullText = new TextEncoder().encode('null');
const decoder = new TextDecoder();

/** Takes payloads apart into the values of their columns. */
export class RowSplitter {
  readonly #json: boolean;
  readonly #literals: readonly Uint8Array[];
  readonly #columns: readonly Column[];
  #bytes: Uint8Array = new Uint8Array();
  /** Where the value that was found last begins and ends, and the first byte behind it. */
  #from = 0;
  #to = 0;
  #next = 0;
  #isEscaped = false;

  constructor({ escapes, literals, columns }: PayloadColumns) {
    this.#json = escapes === 'json';
    this.#literals = literals.map((text) => new TextEncoder().encode(text));
    this.#columns = columns;
  }

  /** Puts the values of `bytes[from … to)` into `cells`; false where these bytes are no such payload. */
  split(bytes: Uint8Array, from: number, to: number, cells: Cell[]): boolean {
    this.#bytes = bytes;
    let at = from;
    for (let i = 0; i < this.#columns.length; i++) {
      at = this.#skip(this.#literals[i] as Uint8Array, at, to);
      if (at < 0) return false;
      const column = this.#columns[i] as Column;
      if (!this.#find(column, at, to)) return false;
      at = this.#next;
      const cell = this.#isNull(column) ? null : this.#read(column);
      if (cell === undefined) return false;
      cells[i] = cell;
    }
    return this.#skip(this.#literals[this.#columns.length] as Uint8Array, at, to) === to;
  }

  #skip(literal: Uint8Array, at: number, to: number): number {
    if (at + literal.length > to) return -1;
    for (let i = 0; i < literal.length; i++) if (this.#bytes[at + i] !== literal[i]) return -1;
    return at + literal.length;
  }

  /** Finds the value that begins at `at`. */
  #find({ quoted }: Column, at: number, to: number): boolean {
    const bytes = this.#bytes;
    this.#isEscaped = false;
    if (quoted && bytes[at] === quote && at < to) {
      let end = at + 1;
      for (; ; end++) {
        if (end >= to) return false;
        const byte = bytes[end] as number;
        if (this.#json && byte === backslash) {
          this.#isEscaped = true;
          end++;
        } else if (byte === quote) {
          if (this.#json || end + 1 >= to || bytes[end + 1] !== quote) break;
          this.#isEscaped = true;
          end++;
        }
      }
      this.#from = at + 1;
      this.#to = end;
      this.#next = end + 1;
      return true;
    }
    let end = at;
    while (end < to && !this.#ends(bytes[end] as number)) end++;
    this.#from = at;
    this.#to = end;
    this.#next = end;
    return true;
  }

  #ends(byte: number): boolean {
    return byte === comma || (this.#json && (byte === closingBrace || byte === closingBracket));
  }

  #isNull({ quoted }: Column): boolean {
    if (quoted && this.#next > this.#to) return false;
    if (!this.#json) return this.#to === this.#from;
    return this.#to - this.#from === nullText.length && this.#skip(nullText, this.#from, this.#to) === this.#to;
  }

  /** The value that was found, undefined where it is none of the column's. */
  #read({ type, quoted }: Column): Cell | undefined {
    if (quoted && this.#next === this.#to) return undefined;
    const text = (): string => decoder.decode(this.#bytes.subarray(this.#from, this.#to));
    switch (type.kind) {
      case 'integer':
        return readDecimal(this.#bytes, this.#from, this.#to, 0);
      case 'decimal':
        return readDecimal(this.#bytes, this.#from, this.#to, type.decimals);
      case 'number': {
        const value = Number(text());
        return JSON.stringify(value) === text() ? value : undefined;
      }
      case 'boolean': {
        const word = text();
        return word === 'true' ? true : word === 'false' ? false : undefined;
      }
      case 'double': {
        const value = Number(text());
        return doubleText(value) === text() ? value : undefined;
      }
      case 'instant':
        return readInstant(text(), type.decimals);
      case 'nothing':
        return undefined;
      default:
        return this.#isEscaped ? this.#unescaped(text()) : text();
    }
  }

  #unescaped(text: string): string | undefined {
    if (!this.#json) return text.replaceAll('""', '"');
    try {
      return JSON.parse(`"${text}"`) as string;
    } catch {
      return undefined;
    }
  }
}

const SCALES = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** A number with exactly so many decimals; undefined where there is none, or one that a double does not hold. */
function readDecimal(bytes: Uint8Array, from: number, to: number, decimals: number): number | undefined {
  const negative = bytes[from] === 0x2d;
  let at = negative ? from + 1 : from;
  const point = decimals === 0 ? to : to - decimals - 1;
  if (point <= at || (bytes[at] === 0x30 && point > at + 1) || (decimals > 0 && bytes[point] !== 0x2e))
    return undefined;
  let digits = 0;
  for (; at < to; at++) {
    if (at === point) continue;
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    digits = digits * 10 + digit;
  }
  if (digits > Number.MAX_SAFE_INTEGER || (negative && digits === 0)) return undefined;
  // Both are whole numbers that a double holds, so that the quotient is the double next to the text.
  const value = digits / (SCALES[decimals] as number);
  return negative ? -value : value;
}
