import { type LengthForm, lengthHead, type NumberForm, numberWidth } from './binary.ts';
import { LONGEST_DOUBLE } from './double-text.ts';

/** Places in `EventContext.values`; readings and labels follow from `readings` on, in the model's order. */
export const Value = { slot: 0, device: 1, sequence: 2, timeUs: 3, intendedUs: 4, readings: 5 } as const;

/** Places in `EventContext.words`; the device id's hexadecimal words follow from `deviceId` on, two per field of the id. */
export const Word = { k0: 0, k1: 1, deviceId: 2 } as const;

/** What one event is made of, as numbers. Mutable and reused. */
export interface EventContext {
  /** Slot, number of the device, the seat's sequence number, event time (µs since 1970, device time), intended send time (µs since 1970), readings. */
  readonly values: Float64Array;
  /** Key of the seat's stream of random payload fields, then the words of its device id. */
  readonly words: Int32Array;
}

export function createContext(readings: number, idFields: number): EventContext {
  return { values: new Float64Array(Value.readings + readings), words: new Int32Array(Word.deviceId + 2 * idFields) };
}

/** One step of writing an event: plain data, so that it can be compiled, measured and located. */
export type Op =
  /** Text as it stands. */
  | { op: 'literal'; text: string }
  /** Bytes as they stand; `length` where they are the length of what follows. */
  | { op: 'bytes'; bytes: readonly number[]; length?: true }
  /** `values[value]` cut to [min, max], rounded half away from zero to `decimals`, zero-padded to `width` digits. */
  | { op: 'decimal'; value: number; min: number; max: number; decimals: number; width: number }
  /** `values[value]` cut to [min, max], as `writeDouble` writes it. */
  | { op: 'double'; value: number; min: number; max: number }
  /** `values[value]`, an integer in [0, max], more by `plus`, zero-padded to `width` digits. */
  | { op: 'integer'; value: number; max: number; width: number; plus?: number }
  /** One of `texts`, by `values[value]`. */
  | { op: 'choice'; value: number; texts: readonly string[] }
  /** One of some sequences of bytes, likewise. */
  | { op: 'choice-bytes'; value: number; choices: readonly (readonly number[])[] }
  /** What `present` writes, or `absent` where `values[value]` is not a number. Neither holds an optional op itself. */
  | { op: 'optional'; value: number; present: readonly Op[]; absent: readonly Op[] }
  /** A number in binary. */
  | { op: 'number'; source: NumberSource; form: NumberForm }
  /** The length, in `form`, of all that is written up to the `close` that belongs to it: from `least` to `most` bytes. */
  | { op: 'open'; form: LengthForm; least: number; most: number }
  | { op: 'close'; form: LengthForm; least: number; most: number }
  /** `values[value]`, an instant in µs since 1970, else the event time, as `2023-05-24T18:56:56.800Z`, cut to milliseconds. */
  | { op: 'time-iso'; value?: number }
  /** Event time as `2023-05-24 18:56:56`, with a point and `decimals` (0 to 6) more digits, cut to them. */
  | { op: 'time-utc'; decimals: number }
  /** Event time in seconds since 1970, cut to `decimals` (0 to 6). */
  | { op: 'time-seconds'; decimals: number }
  /** Event time in whole milliseconds since 1970. */
  | { op: 'time-ms' }
  /** The last `digits` (1 to 16) hexadecimal digits of the pair of words at `word`. */
  | { op: 'hex-words'; word: number; digits: number }
  /** `values[value]`, an integer in [0, 2^53), as `digits` hexadecimal digits. */
  | { op: 'hex-integer'; value: number; digits: number }
  /** Hexadecimal digits drawn from the seat's stream for this event, eight per channel from `channel` on. */
  | { op: 'hex-random'; digits: number; channel: number }
  /** A version 4 UUID drawn likewise; takes four channels. */
  | { op: 'uuid-random'; channel: number }
  /**
   * What an event lacks to `total` bytes, of which `rest` follow: characters that look random between `lead` and `end`, spaces where these
   * do not fit, nothing where nothing lacks.
   */
  | { op: 'filler'; total: number; rest: number; lead: string; end: string }
  /** A CBOR text with a head of three bytes that fills an event up to `total` bytes, of which `rest` follow; empty where nothing lacks. */
  | { op: 'filler-cbor'; total: number; rest: number }
  /** Eight hexadecimal digits: `xxh32` of everything written before, seed 0. */
  | { op: 'checksum' };

/** Where a binary number comes from: an op that writes it as text, or a part of the event time that none writes. */
export type NumberSource =
  | Extract<Op, { op: 'decimal' | 'double' | 'integer' | 'time-ms' | 'time-seconds' }>
  /** Event time in µs since 1970. */
  | { op: 'time-us' }
  /** Nanoseconds of the event time's second. */
  | { op: 'time-nanos' };

/** Joins neighbouring literals, of text or of bytes, and drops empty ones. */
export function mergeLiterals(ops: readonly Op[]): Op[] {
  const merged: Op[] = [];
  for (const op of ops) {
    const bytes = literalBytes(op);
    const last = merged.at(-1);
    const before = last === undefined ? null : literalBytes(last);
    if (bytes === null) merged.push(op);
    else if (bytes.length === 0) continue;
    else if (before === null) merged.push(op);
    else if (op.op === 'literal' && last?.op === 'literal')
      merged[merged.length - 1] = { op: 'literal', text: last.text + op.text };
    else merged[merged.length - 1] = { op: 'bytes', bytes: [...before, ...bytes] };
  }
  return merged;
}

/** What an op always writes; null where that depends on the event. */
export function literalBytes(op: Op): Uint8Array | null {
  if (op.op === 'literal') return new TextEncoder().encode(op.text);
  return op.op === 'bytes' ? Uint8Array.from(op.bytes) : null;
}

/** Least and greatest number of bytes an op writes. */
export function widthOf(op: Op): { min: number; max: number } {
  switch (op.op) {
    case 'literal':
      return fixed(byteLength(op.text));
    case 'bytes':
      return fixed(op.bytes.length);
    case 'choice-bytes': {
      const lengths = op.choices.map(({ length }) => length);
      return { min: Math.min(...lengths), max: Math.max(...lengths) };
    }
    case 'number': {
      const { min, max } = rangeOf(op.source);
      return numberWidth(op.form, min, max);
    }
    // Room for the longest length; the shortest one gives what is left of it back.
    case 'open':
      return fixed(lengthHead(op.form, op.most).length);
    case 'close':
      return { min: lengthHead(op.form, op.least).length - lengthHead(op.form, op.most).length, max: 0 };
    case 'decimal': {
      const fraction = op.decimals === 0 ? 0 : op.decimals + 1;
      const digits = Math.max(op.width, digitsOf(Math.max(Math.abs(op.min), Math.abs(op.max)) + 1));
      return { min: Math.max(op.width, 1) + fraction, max: (op.min < 0 ? 1 : 0) + digits + fraction };
    }
    case 'double':
      return { min: 3, max: LONGEST_DOUBLE };
    case 'integer':
      return { min: Math.max(op.width, 1), max: Math.max(op.width, digitsOf(op.max + (op.plus ?? 0))) };
    case 'optional': {
      const [present, absent] = [sumOf(op.present), sumOf(op.absent)];
      return { min: Math.min(present.min, absent.min), max: Math.max(present.max, absent.max) };
    }
    case 'choice': {
      const lengths = op.texts.map(byteLength);
      return { min: Math.min(...lengths), max: Math.max(...lengths) };
    }
    case 'time-iso':
      return fixed(24);
    case 'time-utc':
      return fixed(19 + (op.decimals === 0 ? 0 : op.decimals + 1));
    case 'time-seconds':
      return {
        min: 1 + (op.decimals === 0 ? 0 : op.decimals + 1),
        max: 12 + (op.decimals === 0 ? 0 : op.decimals + 1),
      };
    case 'time-ms':
      return { min: 1, max: 15 };
    case 'hex-words':
    case 'hex-integer':
    case 'hex-random':
      return fixed(op.digits);
    case 'uuid-random':
      return fixed(36);
    case 'filler':
      return { min: 0, max: op.total };
    case 'filler-cbor':
      return { min: 3, max: 3 + op.total };
    case 'checksum':
      return fixed(8);
  }
}

/** Bounds of a number in binary. */
export function rangeOf(source: NumberSource): { min: number; max: number } {
  switch (source.op) {
    case 'decimal':
    case 'double':
      return { min: source.min, max: source.max };
    case 'integer':
      return { min: 0, max: source.max + (source.plus ?? 0) };
    case 'time-nanos':
      return { min: 0, max: 999_999_000 };
    default:
      return { min: 0, max: Number.MAX_SAFE_INTEGER };
  }
}

function sumOf(ops: readonly Op[]): { min: number; max: number } {
  let min = 0;
  let max = 0;
  for (const op of ops) {
    const width = widthOf(op);
    min += width.min;
    max += width.max;
  }
  return { min, max };
}

function fixed(bytes: number): { min: number; max: number } {
  return { min: bytes, max: bytes };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Digits of the integer part of a number ≥ 0. */
function digitsOf(value: number): number {
  let digits = 1;
  for (let rest = Math.floor(value / 10); rest > 0; rest = Math.floor(rest / 10)) digits++;
  return digits;
}
