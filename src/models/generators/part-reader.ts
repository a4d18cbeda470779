import type { Micros } from '../../core/clock.ts';
import { closestName } from '../../core/closest-name.ts';
import { type Parsed, parseDuration, parseShare } from '../../core/units.ts';
import type { ParamProblem, ParamValue } from '../model.ts';

type Path = readonly (string | number)[];

/** Reads the parts of a parameter that is a map, and collects what is wrong with them. */
export class PartReader {
  readonly problems: ParamProblem[] = [];
  readonly #whole: ParamValue;
  readonly #example: string;
  #decimals: number | null | undefined;

  /** `example` is the hint of whatever has the wrong form. */
  constructor(whole: ParamValue, example: string) {
    this.#whole = whole;
    this.#example = example;
  }

  complain(path: Path, message: string, hint: string | null = `such as ${this.#example}`): null {
    this.problems.push({ path, message, hint });
    return null;
  }

  has(...path: Path): boolean {
    return this.#at(path) !== undefined;
  }

  /** A number within bounds; null, and the mistake told, where it is none. */
  number(path: Path, least = -1e15, most = 1e15): number | null {
    const value = this.#at(path);
    if (typeof value !== 'number' || !Number.isFinite(value))
      return this.complain(path, `expected a number${this.#found(value)}`);
    if (value < least) return this.complain(path, `"${value}" is too small: at least ${least}`);
    if (value > most) return this.complain(path, `"${value}" is too large: at most ${most}`);
    return value;
  }

  whole(path: Path, least: number, most: number): number | null {
    const value = this.number(path, least, most);
    if (value === null || Number.isInteger(value)) return value;
    return this.complain(path, `"${value}" is not a whole number`);
  }

  /** As `number`, or what is taken where nothing stands there. */
  numberOr(fallback: number, path: Path, least?: number, most?: number): number | null {
    return this.has(...path) ? this.number(path, least, most) : fallback;
  }

  pair(path: Path): [number, number] | null {
    const value = this.#at(path);
    if (!isList(value) || value.length !== 2)
      return this.complain(path, `expected a list of two numbers${this.#found(value)}`);
    const [first, second] = [this.number([...path, 0]), this.number([...path, 1])];
    return first === null || second === null ? null : [first, second];
  }

  /** Texts alone or numbers alone. */
  choices(path: Path, most: number): readonly string[] | readonly number[] | null {
    const value = this.#at(path);
    if (!isList(value) || value.length === 0)
      return this.complain(path, `expected a list of texts or of numbers${this.#found(value)}`);
    if (value.length > most) return this.complain(path, `more than ${most} values`, null);
    const kind = typeof value[0] === 'number' ? 'number' : 'string';
    const stray = value.findIndex((item) => typeof item !== kind);
    if (stray >= 0) {
      const hint = 'a list holds texts or numbers, not both; quote what is meant as text';
      return this.complain([...path, stray], `expected a ${kind === 'number' ? 'number' : 'text'}`, hint);
    }
    return value as readonly string[] | readonly number[];
  }

  text(path: Path): string | null {
    const value = this.#at(path);
    return typeof value === 'string' ? value : this.complain(path, `expected a text${this.#found(value)}`);
  }

  isText(path: Path): boolean {
    return typeof this.#at(path) === 'string';
  }

  is(path: Path, word: string): boolean {
    return this.#at(path) === word;
  }

  /** The sibling `decimals`; null where it is left out, or wrong and told. */
  decimals(): number | null {
    if (this.#decimals === undefined) this.#decimals = this.has('decimals') ? this.whole(['decimals'], 0, 9) : null;
    return this.#decimals;
  }

  /** Which draw an event takes: one of its own, or with `per: device` always the first. null where that is wrong. */
  drawOf(): ((n: number) => number) | null {
    if (!this.has('per')) return (n) => n;
    if (this.is(['per'], 'device')) return () => 0;
    return this.complain(
      ['per'],
      'expected per: device',
      'which draws once for each device; else each event has its own',
    );
  }

  duration(path: Path): Micros | null {
    return this.#parse(path, 'a time', parseDuration);
  }

  share(path: Path): number | null {
    const share = this.#parse(path, 'a share', parseShare);
    return share === null ? null : share.numerator / share.denominator;
  }

  /** Whether a map stands at `path`, which must have no other keys than `known`. */
  map(path: Path, known: readonly string[]): boolean {
    const value = this.#at(path);
    if (!isMap(value)) {
      this.complain(path, `expected a map${this.#found(value)}`);
      return false;
    }
    const unknown = Object.keys(value).filter((key) => !known.includes(key));
    for (const key of unknown) {
      const near = closestName(key, known);
      const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`;
      this.problems.push({ path: [...path, key], key: true, message: `unknown key "${key}"`, hint });
    }
    return unknown.length === 0;
  }

  #parse<T>(path: Path, what: string, parse: (text: string) => Parsed<T>): T | null {
    const value = this.#at(path);
    if (typeof value !== 'string' && typeof value !== 'number')
      return this.complain(path, `expected ${what}${this.#found(value)}`);
    const parsed = parse(String(value));
    return 'value' in parsed ? parsed.value : this.complain(path, parsed.error, parsed.hint);
  }

  #at(path: Path): ParamValue | undefined {
    let value: ParamValue | undefined = this.#whole;
    for (const step of path) {
      if (isMap(value)) value = Object.hasOwn(value, step) ? value[step] : undefined;
      else if (isList(value)) value = value[step as number];
      else return undefined;
    }
    return value;
  }

  #found(value: ParamValue | undefined): string {
    if (value === undefined) return '';
    if (value === null) return ', found nothing';
    if (typeof value !== 'object') return `, found "${value}"`;
    return isList(value) ? ', found a list' : ', found a map';
  }
}

export function isList(value: ParamValue | undefined): value is readonly ParamValue[] {
  return Array.isArray(value);
}

export function isMap(value: ParamValue | undefined): value is { readonly [key: string]: ParamValue } {
  return typeof value === 'object' && value !== null && !isList(value);
}
