import { xxh32 } from '../core/xxh32.ts';
import { writeCborInteger, writeLength, writeVarint, writeZigzag } from './binary.ts';
import { ChoiceTable, LARGE_CHOICE } from './choice-table.ts';
import { hexDigits, threeDigits, twoDigits, writeInteger, writePadded } from './digits.ts';
import { writeDouble } from './double-text.ts';
import { writeCborFiller, writeFiller, writeSpaces } from './filler.ts';
import { IsoSeconds } from './iso-time.ts';
import { type NumberSource, type Op, Value, widthOf } from './layout.ts';
import {
  powersOfTen,
  writeDecimal,
  writeHexInteger,
  writeRandomHex,
  writeSeconds,
  writeUuid,
  writeWhole,
} from './numbers.ts';
import type { WriteEvent } from './writer.ts';

/** What generated code may call. Its text holds nothing else but numbers, so no text of a scenario can become code. */
const scope = {
  hexDigits,
  threeDigits,
  twoDigits,
  writeCborFiller,
  writeCborInteger,
  writeDecimal,
  writeDouble,
  writeFiller,
  writeHexInteger,
  writeInteger,
  writeLength,
  writePadded,
  writeRandomHex,
  writeSeconds,
  writeSpaces,
  writeUuid,
  writeVarint,
  writeWhole,
  writeZigzag,
  xxh32,
};

/** Compiles ops to one function without branches on the ops, whose literals are stored eight bytes at a time. */
export function generateWriter(ops: readonly Op[]): WriteEvent {
  const opened: number[] = [];
  const tables: ChoiceTable[] = [];
  let lengths = 0;
  const source = (op: Op): string => {
    if (op.op === 'open') {
      opened.push(lengths);
      return `const from${lengths++} = at; at += ${widthOf(op).max};`;
    }
    if (op.op === 'optional') {
      const [present, absent] = [op.present, op.absent].map((ops) => ops.map(source).join('\n'));
      return `if (Number.isNaN(values[${op.value}])) { ${absent} } else { ${present} }`;
    }
    const choices = choicesOf(op);
    if (choices !== null && choices.choices.length >= LARGE_CHOICE) {
      tables.push(new ChoiceTable(choices.choices));
      return `at = tables[${tables.length - 1}].write(view, at, values[${choices.value}] | 0);`;
    }
    if (op.op !== 'close') return sourceOf(op);
    const reserved = widthOf({ ...op, op: 'open' }).max;
    return `at = writeLength(view, from${opened.pop()}, ${reserved}, at, '${op.form}');`;
  };
  const body = [
    `const { ${Object.keys(scope).join(', ')} } = scope;`,
    'return function write(context, view, at) {',
    'const values = context.values, words = context.words, begin = at;',
    'let x = 0, y = 0, m = 0, h = 0, l = 0;',
    ...ops.map(source),
    'return at;',
    '};',
  ].join('\n');
  return new Function('scope', 'iso', 'tables', body)(scope, new IsoSeconds(), tables) as WriteEvent;
}

/** What an op chooses from; null for any other op. */
function choicesOf(op: Op): { value: number; choices: readonly (readonly number[] | Uint8Array)[] } | null {
  if (op.op === 'choice') return { value: op.value, choices: op.texts.map(utf8) };
  return op.op === 'choice-bytes' ? op : null;
}

function sourceOf(op: Exclude<Op, { op: 'open' | 'close' | 'optional' }>): string {
  switch (op.op) {
    case 'literal':
      return literal(utf8(op.text));
    case 'bytes':
      return literal(op.bytes);
    case 'decimal':
      return decimal(op);
    case 'double':
      return `${cut(op)} at = writeDouble(view, at, x + 0);`;
    case 'integer':
      return `at = writeWhole(view, at, ${integer(op)}, ${op.width});`;
    case 'choice':
      return choice(op.value, op.texts.map(utf8));
    case 'choice-bytes':
      return choice(op.value, op.choices);
    case 'number':
      return number(op);
    case 'time-iso':
      return [
        `x = Math.floor(values[${op.value ?? Value.timeUs}] / 1000); y = Math.floor(x / 1000); l = (x - y * 1000) | 0; h = iso.at(y);`,
        ...[0, 1, 2].map((i) => `view.setFloat64(at + ${8 * i}, iso.chunks[h + ${i}], true);`),
        // Three digits of milliseconds and the Z as the fourth byte.
        `view.setUint32(at + 20, threeDigits[l] | ${0x5a000000}, true); at += 24;`,
      ].join('\n');
    case 'time-utc': {
      const { decimals } = op;
      const scale = powersOfTen[decimals];
      return [
        `x = Math.floor(values[${Value.timeUs}] / ${powersOfTen[6 - decimals]}); y = Math.floor(x / ${scale}); l = (x - y * ${scale}) | 0; h = iso.at(y);`,
        ...[0, 1, 2].map((i) => `view.setFloat64(at + ${8 * i}, iso.chunks[h + ${i}], true);`),
        // A blank where the T is.
        `view.setUint8(at + 10, 32); at += 19;`,
        fraction(decimals),
      ].join('\n');
    }
    case 'time-seconds':
      return `at = writeSeconds(view, at, values[${Value.timeUs}], ${op.decimals});`;
    case 'time-ms':
      return `at = writeWhole(view, at, Math.floor(values[${Value.timeUs}] / 1000), 0);`;
    case 'hex-words':
      return [
        `h = words[${op.word}]; l = words[${op.word + 1}];`,
        op.digits > 8 ? hex('h', op.digits - 8) : '',
        hex('l', Math.min(op.digits, 8)),
      ].join('\n');
    case 'hex-integer':
      return [
        `x = values[${op.value}]; y = Math.floor(x / 4294967296); h = y | 0; l = (x - y * 4294967296) | 0;`,
        op.digits > 8 ? hex('h', op.digits - 8) : '',
        hex('l', Math.min(op.digits, 8)),
      ].join('\n');
    case 'hex-random':
      return `at = writeRandomHex(view, at, words, values[${Value.sequence}], ${op.channel}, ${op.digits});`;
    case 'uuid-random':
      return `at = writeUuid(view, at, words, values[${Value.sequence}], ${op.channel});`;
    case 'filler':
      return filler(op);
    case 'filler-cbor':
      return `at = writeCborFiller(view, at, ${op.total - op.rest - 3} - (at - begin), values[${Value.slot}]);`;
    case 'checksum':
      return `l = xxh32(view, begin, at, 0);\n${hex('l', 8)}`;
  }
}

function choice(value: number, choices: readonly (readonly number[] | Uint8Array)[]): string {
  const [first, ...others] = choices;
  const cases = others.map((bytes, i) => `case ${i + 1}: ${literal(bytes)} break;`);
  return `switch (values[${value}] | 0) { ${cases.join(' ')} default: ${literal(first ?? [])} }`;
}

function number({ source, form }: Extract<Op, { op: 'number' }>): string {
  const x = numberSource(source);
  switch (form) {
    case 'varint':
      return `${x} at = writeVarint(view, at, x);`;
    case 'zigzag':
      return `${x} at = writeZigzag(view, at, x);`;
    case 'cbor':
      return `${x} at = writeCborInteger(view, at, x);`;
    case 'float32le':
      return `${x} view.setFloat32(at, x, true); at += 4;`;
    case 'float64le':
      return `${x} view.setFloat64(at, x, true); at += 8;`;
    case 'float64be':
      return `${x} view.setFloat64(at, x); at += 8;`;
    case 'fixed32le':
      return `${x} view.setInt32(at, x | 0, true); at += 4;`;
    case 'fixed64le':
      return `${x} y = Math.floor(x / 4294967296); view.setInt32(at, (x - y * 4294967296) | 0, true); view.setInt32(at + 4, y | 0, true); at += 8;`;
  }
}

/** Statements that leave the number in `x`. */
function numberSource(source: NumberSource): string {
  const time = `values[${Value.timeUs}]`;
  switch (source.op) {
    case 'decimal': {
      const scale = powersOfTen[source.decimals] as number;
      // Adding zero makes a negative zero a plain one.
      const rounded = `x = x < 0 ? -Math.floor(0.5 - x * ${scale}) + 0 : Math.floor(x * ${scale} + 0.5);`;
      return `${cut(source)} ${rounded}${source.decimals === 0 ? '' : ` x /= ${scale};`}`;
    }
    case 'double':
      return `${cut(source)} x += 0;`;
    case 'integer':
      return `x = ${integer(source)};`;
    case 'time-ms':
      return `x = Math.floor(${time} / 1000);`;
    case 'time-seconds': {
      const { decimals } = source;
      return `x = Math.floor(${time} / ${powersOfTen[6 - decimals]}) / ${powersOfTen[decimals]};`;
    }
    case 'time-us':
      return `x = Math.floor(${time});`;
    case 'time-nanos':
      return `x = Math.floor(${time}); x = (x - Math.floor(x / 1000000) * 1000000) * 1000;`;
  }
}

function integer({ value, plus = 0 }: Extract<Op, { op: 'integer' }>): string {
  return plus === 0 ? `values[${value}]` : `values[${value}] + ${plus}`;
}

/** The statement that leaves a reading in `x`, within its bounds; a NaN becomes the lower one. */
function cut({ value, min, max }: { value: number; min: number; max: number }): string {
  return `x = values[${value}]; x = x >= ${min} ? (x > ${max} ? ${max} : x) : ${min};`;
}

function filler({ total, rest, lead, end }: Extract<Op, { op: 'filler' }>): string {
  const [before, after] = [utf8(lead), utf8(end)];
  const around = before.length + after.length;
  return [
    `l = ${total - rest} - (at - begin);`,
    `if (l < ${around}) at = writeSpaces(view, at, l); else {`,
    literal(before),
    `at = writeFiller(view, at, l - ${around}, values[${Value.slot}]);`,
    literal(after),
    '}',
  ].join('\n');
}

/** Stores for the last `digits` (1 to 8) hexadecimal digits of a variable. */
function hex(variable: string, digits: number): string {
  const stores: string[] = [];
  let offset = 0;
  if (digits % 2 === 1) {
    stores.push(`view.setUint8(at, hexDigits[(${variable} >>> ${4 * (digits - 1)}) & 15] >>> 8);`);
    offset = 1;
  }
  for (; offset < digits; offset += 2) {
    const shift = 4 * (digits - offset - 2);
    stores.push(`view.setUint16(at + ${offset}, hexDigits[(${variable} >>> ${shift}) & 255], true);`);
  }
  return `${stores.join(' ')} at += ${digits};`;
}

function decimal(op: Extract<Op, { op: 'decimal' }>): string {
  const scale = powersOfTen[op.decimals] as number;
  const largest = Math.max(Math.abs(op.min), Math.abs(op.max)) * scale + 1;
  if (largest >= 2147483648 || op.width > 1) {
    return `${cut(op)}\nat = writeDecimal(view, at, x, ${op.decimals}, ${op.width});`;
  }
  return [
    cut(op),
    op.min < 0
      ? `if (x < 0) { m = (0.5 - x * ${scale}) | 0; if (m !== 0) { view.setUint8(at, 45); at++; } } else m = (x * ${scale} + 0.5) | 0;`
      : `m = (x * ${scale} + 0.5) | 0;`,
    op.decimals === 0 ? 'h = m;' : `h = (m / ${scale}) | 0; l = m - Math.imul(h, ${scale}) | 0;`,
    'if (h < 10) { view.setUint8(at, 48 + h); at++; } else at = writeInteger(view, at, h);',
    fraction(op.decimals),
  ].join('\n');
}

/** Stores for a point and `decimals` digits of `l`. */
function fraction(decimals: number): string {
  if (decimals === 0) return '';
  if (decimals === 1) return 'view.setUint16(at, 46 | ((48 + l) << 8), true); at += 2;';
  if (decimals === 2) return 'view.setUint32(at, 46 | (twoDigits[l] << 8), true); at += 3;';
  if (decimals === 3) return 'view.setUint32(at, 46 | (threeDigits[l] << 8), true); at += 4;';
  return `view.setUint8(at, 46); at = writePadded(view, at + 1, l, ${decimals});`;
}

/**
 * Stores for some bytes. ASCII can never form the bits of a NaN, whose payload an engine may change, so a chunk of eight bytes is a double
 * constant, and other bytes are integers of four; the last chunk overlaps the one before.
 */
function literal(bytes: readonly number[] | Uint8Array): string {
  const { length } = bytes;
  const isText = bytes.every((byte) => byte < 128);
  const width = isText ? 8 : 4;
  const stores: string[] = [];
  if (length < 4) bytes.forEach((byte, i) => void stores.push(`view.setUint8(at + ${i}, ${byte});`));
  else {
    const padded = new Uint8Array(Math.max(length, 8));
    padded.set(bytes);
    const view = new DataView(padded.buffer);
    for (let offset = 0; offset < length; offset += width) {
      const place = length < width ? 0 : Math.min(offset, length - width);
      if (isText) stores.push(`view.setFloat64(at + ${place}, ${view.getFloat64(place, true)}, true);`);
      else stores.push(`view.setInt32(at + ${place}, ${view.getInt32(place, true)}, true);`);
    }
  }
  stores.push(`at += ${length};`);
  return stores.join(' ');
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
