import type { NumberForm } from './binary.ts';

const TWO_32 = 4294967296;

/** Reads the number that stands at `at` in a form; NaN where none does, or one that no double holds. */
export function readNumber(form: NumberForm, bytes: Uint8Array, at: number, end: number): number {
  switch (form) {
    case 'varint':
      return readVarint(bytes, at, end);
    case 'zigzag':
      return readZigzag(bytes, at, end);
    case 'cbor':
      return readCborInteger(bytes, at, end);
    default:
      return readFixed(form, bytes, at, end);
  }
}

function readVarint(bytes: Uint8Array, at: number, end: number): number {
  return at < end ? readGroups(bytes, at, end, (bytes[at] as number) & 127, 128) : Number.NaN;
}

/** The lowest bit is the sign, so what is above it is read by itself and stays exact. */
function readZigzag(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return Number.NaN;
  const first = bytes[at] as number;
  const magnitude = readGroups(bytes, at, end, (first & 127) >> 1, 64);
  return (first & 1) === 0 ? magnitude : -1 - magnitude;
}

/** Adds the groups behind the first, of which `value` is known, and whose second counts `scale`. */
function readGroups(bytes: Uint8Array, at: number, end: number, value: number, scale: number): number {
  while ((bytes[at] as number) >= 128) {
    if (++at >= end) return Number.NaN;
    value += ((bytes[at] as number) & 127) * scale;
    scale *= 128;
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : Number.NaN;
}

function readCborInteger(bytes: Uint8Array, at: number, end: number): number {
  const first = at < end ? (bytes[at] as number) : 0xff;
  const argument = first & 0x1f;
  if (first > 0x3f || argument > 27) return Number.NaN;
  const width = argument < 24 ? 0 : 1 << (argument - 24);
  if (at + 1 + width > end) return Number.NaN;
  let n = argument < 24 ? argument : 0;
  for (let i = 1; i <= width; i++) n = n * 256 + (bytes[at + i] as number);
  return first < 0x20 ? n : -1 - n;
}

function readFixed(form: NumberForm, bytes: Uint8Array, at: number, end: number): number {
  const width = form.includes('32') ? 4 : 8;
  if (at + width > end) return Number.NaN;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, width);
  switch (form) {
    case 'float32le':
      return view.getFloat32(0, true);
    case 'float64le':
      return view.getFloat64(0, true);
    case 'float64be':
      return view.getFloat64(0, false);
    case 'fixed32le':
      return view.getInt32(0, true);
    default:
      return view.getInt32(4, true) * TWO_32 + view.getUint32(0, true);
  }
}
