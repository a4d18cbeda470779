import { xxh32 } from '../core/xxh32.ts';
import { hexDigits, threeDigits, twoDigits, writeInteger, writePadded } from './digits.ts';
import { writeFiller, writeSpaces } from './filler.ts';
import { IsoSeconds } from './iso-time.ts';
import { type Op, Value } from './layout.ts';
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
  writeDecimal,
  writeFiller,
  writeHexInteger,
  writeInteger,
  writePadded,
  writeRandomHex,
  writeSeconds,
  writeSpaces,
  writeUuid,
  writeWhole,
  xxh32,
};

/** Compiles ops to one function without branches on the ops, whose literals are stored eight bytes at a time. */
export function generateWriter(ops: readonly Op[]): WriteEvent {
  const body = [
    `const { ${Object.keys(scope).join(', ')} } = scope;`,
    'return function write(context, view, at) {',
    'const values = context.values, words = context.words, begin = at;',
    'let x = 0, y = 0, m = 0, h = 0, l = 0;',
    ...ops.map(sourceOf),
    'return at;',
    '};',
  ].join('\n');
  return new Function('scope', 'iso', body)(scope, new IsoSeconds()) as WriteEvent;
}

function sourceOf(op: Op): string {
  switch (op.op) {
    case 'literal':
      return literal(op.text);
    case 'decimal':
      return decimal(op);
    case 'integer':
      return `at = writeWhole(view, at, values[${op.value}], ${op.width});`;
    case 'choice': {
      const [first, ...others] = op.texts;
      const cases = others.map((text, i) => `case ${i + 1}: ${literal(text)} break;`);
      return `switch (values[${op.value}] | 0) { ${cases.join(' ')} default: ${literal(first ?? '')} }`;
    }
    case 'time-iso':
      return [
        `x = Math.floor(values[${Value.timeUs}] / 1000); y = Math.floor(x / 1000); l = (x - y * 1000) | 0; h = iso.at(y);`,
        ...[0, 1, 2].map((i) => `view.setFloat64(at + ${8 * i}, iso.chunks[h + ${i}], true);`),
        // Three digits of milliseconds and the Z as the fourth byte.
        `view.setUint32(at + 20, threeDigits[l] | ${0x5a000000}, true); at += 24;`,
      ].join('\n');
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
    case 'checksum':
      return `l = xxh32(view, begin, at, 0);\n${hex('l', 8)}`;
  }
}

function filler({ total, rest, lead, end }: Extract<Op, { op: 'filler' }>): string {
  const around = new TextEncoder().encode(lead + end).length;
  return [
    `l = ${total - rest} - (at - begin);`,
    `if (l < ${around}) at = writeSpaces(view, at, l); else {`,
    literal(lead),
    `at = writeFiller(view, at, l - ${around}, values[${Value.slot}]);`,
    literal(end),
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
  const cut = `x = values[${op.value}]; x = x >= ${op.min} ? (x > ${op.max} ? ${op.max} : x) : ${op.min};`;
  const largest = Math.max(Math.abs(op.min), Math.abs(op.max)) * scale + 1;
  if (largest >= 2147483648 || op.width > 1) {
    return `${cut}\nat = writeDecimal(view, at, x, ${op.decimals}, ${op.width});`;
  }
  return [
    cut,
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
 * Stores for a text. ASCII can never form the bits of a NaN, whose payload an engine may change, so a chunk of eight bytes is a double
 * constant; the last chunk overlaps the one before. Other text goes byte by byte.
 */
function literal(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const length = bytes.length;
  const stores: string[] = [];
  if (bytes.some((byte) => byte > 127)) {
    bytes.forEach((byte, i) => {
      stores.push(`view.setUint8(at + ${i}, ${byte});`);
    });
  } else if (length < 4) {
    bytes.forEach((byte, i) => {
      stores.push(`view.setUint8(at + ${i}, ${byte});`);
    });
  } else {
    const padded = new Uint8Array(Math.max(length, 8));
    padded.set(bytes);
    const view = new DataView(padded.buffer);
    for (let offset = 0; offset < length; offset += 8) {
      const place = length < 8 ? 0 : Math.min(offset, length - 8);
      stores.push(`view.setFloat64(at + ${place}, ${view.getFloat64(place, true)}, true);`);
    }
  }
  stores.push(`at += ${length};`);
  return stores.join(' ');
}
