import { IotloadError } from '../core/errors.ts';
import type { TemplatePart } from '../core/template.ts';
import { type Op, Value } from './layout.ts';
import { powersOfTen } from './numbers.ts';

/** A reading or label as a payload sees it. */
export interface Quantity {
  decimals: number;
  min: number;
  max: number;
  names?: readonly string[];
  /** An instant in µs since 1970. */
  instant?: true;
  /** It may be missing: then its value is not a number. */
  optional?: true;
  /** Stands within text, and as text, where it is missing. */
  missing?: string;
  /** 1 or 0, written as true or false. */
  flag?: true;
}

/** What placeholders can stand for in one fleet. */
export interface Vocabulary {
  fleet: string;
  run: string;
  /** How many devices there are in all: `<index>` is below this. */
  devices: number;
  /** Ops that write the device id. */
  deviceId: readonly Op[];
  params: Readonly<Record<string, number | string | boolean>>;
  /** In the order of `EventContext.values` from `Value.readings` on. */
  quantities: readonly { name: string; quantity: Quantity }[];
}

/** A placeholder's ops, and what they write: digits that may stand alone as a number, `true` or `false` that may as a flag, or text. */
export interface Meaning {
  ops: readonly Op[];
  kind: 'number' | 'flag' | 'text';
}

type Field = Extract<TemplatePart, { kind: 'field' }>;

/** Placeholders that every fleet has. */
export const commonPlaceholders: readonly string[] = [
  'device',
  'index',
  'ordinal',
  'fleet',
  'run',
  'sequence',
  'uuid',
  'hex',
  'time.iso',
  'time.ms',
  'time.s',
  'time.utc',
];

/** Every placeholder a payload of this fleet may use; for messages and manuals. */
export function placeholderNames(vocabulary: Vocabulary): string[] {
  return [...commonPlaceholders, ...vocabulary.quantities.map(({ name }) => name), ...Object.keys(vocabulary.params)];
}

/**
 * Looks a placeholder up. `channel` is the first of four channels its random digits may use.
 *
 * @throws IotloadError `bad-scenario` with the placeholder as `value`.
 */
export function meaningOf(field: Field, vocabulary: Vocabulary, channel: number): Meaning {
  const { name } = field;
  switch (name) {
    case 'device':
      return text(noFormat(field, vocabulary.deviceId));
    case 'fleet':
      return text(noFormat(field, [{ op: 'literal', text: vocabulary.fleet }]));
    case 'run':
      return text(noFormat(field, [{ op: 'literal', text: vocabulary.run }]));
    case 'index':
      return integer(field, Value.device, vocabulary.devices - 1);
    case 'ordinal':
      return integer(field, Value.device, vocabulary.devices - 1, 1);
    case 'sequence':
      return integer(field, Value.sequence, Number.MAX_SAFE_INTEGER);
    case 'uuid':
      return text(noFormat(field, [{ op: 'uuid-random', channel }]));
    case 'hex':
      return text([{ op: 'hex-random', digits: hexDigitsOf(field), channel }]);
    case 'time.iso':
      return text(noFormat(field, [{ op: 'time-iso' }]));
    case 'time.ms':
      return { kind: 'number', ops: noFormat(field, [{ op: 'time-ms' }]) };
    case 'time.s':
      return { kind: 'number', ops: [{ op: 'time-seconds', decimals: decimalsOf(field, 0, 6) }] };
    case 'time.utc':
      return text([{ op: 'time-utc', decimals: decimalsOf(field, 0, 6) }]);
    default:
      return quantityOrParam(field, vocabulary);
  }
}

/** Number of hexadecimal digits of a `<hex:12>`: 1 to 16. */
export function hexDigitsOf(field: Field): number {
  const digits = /^[1-9][0-9]?$/.test(field.format ?? '') ? Number(field.format) : 0;
  if (digits < 1 || digits > 16) throw bad(field, 'needs a number of digits from 1 to 16', 'such as <hex:12>');
  return digits;
}

/** Zero-padded width of a `<index:06>`, 0 without a format. */
export function widthOfIndex(field: Field): number {
  if (field.format === null) return 0;
  if (!/^0[1-9][0-9]?$/.test(field.format) || Number(field.format) > 16) {
    throw bad(field, 'is a whole number; its format is a width', `such as <${field.name}:06>`);
  }
  return Number(field.format);
}

function integer(field: Field, value: number, max: number, plus = 0): Meaning {
  const width = widthOfIndex(field);
  // JSON knows no number with leading zeros, and a padded number is meant to be read as text.
  return {
    kind: width > 1 ? 'text' : 'number',
    ops: [{ op: 'integer', value, max, width, ...(plus === 0 ? {} : { plus }) }],
  };
}

function quantityOrParam(field: Field, vocabulary: Vocabulary): Meaning {
  const at = vocabulary.quantities.findIndex(({ name }) => name === field.name);
  const entry = vocabulary.quantities[at];
  if (entry !== undefined) {
    const { kind, ops } = quantityMeaning(field, entry.quantity, Value.readings + at);
    if (entry.quantity.optional !== true) return { kind, ops };
    const absent: Op[] = [{ op: 'literal', text: entry.quantity.missing ?? '' }];
    return { kind, ops: [{ op: 'optional', value: Value.readings + at, present: ops, absent }] };
  }
  const param = Object.hasOwn(vocabulary.params, field.name) ? vocabulary.params[field.name] : undefined;
  if (param === undefined) {
    throw bad(field, 'is not known', `this fleet knows ${placeholderNames(vocabulary).join(', ')}`);
  }
  if (typeof param !== 'number') return text(noFormat(field, [{ op: 'literal', text: String(param) }]));
  const digits = field.format === null ? String(param) : param.toFixed(decimalsOf(field, 0, 9));
  return { kind: 'number', ops: [{ op: 'literal', text: digits }] };
}

function quantityMeaning(field: Field, quantity: Quantity, value: number): Meaning {
  const { min, max, names, instant, flag } = quantity;
  if (flag === true) return { kind: 'flag', ops: noFormat(field, [{ op: 'choice', value, texts: ['false', 'true'] }]) };
  if (instant === true) return text(noFormat(field, [{ op: 'time-iso', value }]));
  if (field.format === 'exact') return { kind: 'number', ops: [{ op: 'double', value, min, max }] };
  if (names !== undefined) return text(noFormat(field, [{ op: 'choice', value, texts: names }]));
  if (field.format?.startsWith('0') && field.format !== '0') {
    const width = widthOfIndex(field);
    return text([{ op: 'decimal', value, min, max, decimals: 0, width }]);
  }
  const hex = /^x([1-9]|1[0-3])$/.exec(field.format ?? '');
  if (hex !== null) {
    if (min < 0 || quantity.decimals > 0)
      throw bad(field, 'may be negative or have decimals', 'hexadecimal digits are for whole numbers from 0');
    return text([{ op: 'hex-integer', value, digits: Number(hex[1]) }]);
  }
  const decimals = decimalsOf(field, quantity.decimals, 9);
  if (Math.max(Math.abs(min), Math.abs(max)) * (powersOfTen[decimals] as number) > Number.MAX_SAFE_INTEGER - 1) {
    throw bad(field, 'has more decimals than a double can hold', 'use fewer decimals');
  }
  return { kind: 'number', ops: [{ op: 'decimal', value, min, max, decimals, width: 0 }] };
}

function decimalsOf(field: Field, fallback: number, most: number): number {
  if (field.format === null) return fallback;
  if (!/^[0-9]$/.test(field.format) || Number(field.format) > most) {
    throw bad(field, `takes 0 to ${most} decimals`, `such as <${field.name}:2>`);
  }
  return Number(field.format);
}

function noFormat(field: Field, ops: readonly Op[]): readonly Op[] {
  if (field.format !== null) throw bad(field, 'takes no format', `write <${field.name}>`);
  return ops;
}

function text(ops: readonly Op[]): Meaning {
  return { kind: 'text', ops };
}

function bad(field: Field, problem: string, hint: string): IotloadError {
  const value = `<${field.name}${field.format === null ? '' : `:${field.format}`}>`;
  return new IotloadError('bad-scenario', `${value} ${problem}`, { value, hint });
}
