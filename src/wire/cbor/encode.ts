import { headOf, Major, TIME_TAG } from './head.ts';

const [FALSE, TRUE, NULL, FLOAT_64] = [0xf4, 0xf5, 0xf6, 0xfb];

/**
 * CBOR (RFC 8949) of a value, what JSON knows and `Uint8Array` for bytes. A `Date` is a number of milliseconds tagged as a time, which is how
 * AWS writes one. Members that are undefined are left out.
 */
export function encodeCbor(value: unknown): Buffer {
  const parts: Uint8Array[] = [];
  add(parts, value);
  return Buffer.concat(parts);
}

function add(parts: Uint8Array[], value: unknown): void {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    parts.push(headOf(Major.text, text.length), text);
  } else if (typeof value === 'number') parts.push(numberOf(value));
  else if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? TRUE : FALSE));
  else if (value instanceof Uint8Array) parts.push(headOf(Major.bytes, value.length), value);
  else if (value instanceof Date) parts.push(headOf(Major.tag, TIME_TAG), numberOf(value.getTime()));
  else if (Array.isArray(value)) {
    parts.push(headOf(Major.list, value.length));
    for (const item of value) add(parts, item);
  } else if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    parts.push(headOf(Major.map, members.length));
    for (const [name, member] of members) {
      add(parts, name);
      add(parts, member);
    }
  } else parts.push(Uint8Array.of(NULL));
}

function numberOf(value: number): Uint8Array {
  if (Number.isSafeInteger(value)) return value < 0 ? headOf(Major.negative, -1 - value) : headOf(Major.whole, value);
  const bytes = new Uint8Array(9);
  bytes[0] = FLOAT_64;
  new DataView(bytes.buffer).setFloat64(1, value);
  return bytes;
}
