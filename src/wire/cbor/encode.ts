import { headLength, Major, putHead } from './head.ts';

const [FALSE, TRUE, NULL, FLOAT_64] = [0xf4, 0xf5, 0xf6, 0xfb];
/** What AWS has in front of a time, though it counts it in milliseconds. */
const TIME_TAG = 1;

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
    parts.push(head(Major.text, text.length), text);
  } else if (typeof value === 'number') parts.push(numberOf(value));
  else if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? TRUE : FALSE));
  else if (value instanceof Uint8Array) parts.push(head(Major.bytes, value.length), value);
  else if (value instanceof Date) parts.push(head(Major.tag, TIME_TAG), numberOf(value.getTime()));
  else if (Array.isArray(value)) {
    parts.push(head(Major.list, value.length));
    for (const item of value) add(parts, item);
  } else if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    parts.push(head(Major.map, members.length));
    for (const [name, member] of members) {
      add(parts, name);
      add(parts, member);
    }
  } else parts.push(Uint8Array.of(NULL));
}

function numberOf(value: number): Uint8Array {
  if (Number.isSafeInteger(value)) return value < 0 ? head(Major.negative, -1 - value) : head(Major.whole, value);
  const bytes = new Uint8Array(9);
  bytes[0] = FLOAT_64;
  new DataView(bytes.buffer).setFloat64(1, value);
  return bytes;
}

function head(major: number, value: number): Uint8Array {
  const bytes = new Uint8Array(headLength(value));
  putHead(bytes, 0, major, value);
  return bytes;
}
