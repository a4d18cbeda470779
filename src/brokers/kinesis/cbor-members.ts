import { decodeCbor } from '../../wire/cbor/decode.ts';
import { encodeCbor } from '../../wire/cbor/encode.ts';
import { TIME_TAG } from '../../wire/cbor/head.ts';

/** Members that are times. */
const times = new Set(['ApproximateArrivalTimestamp', 'StreamCreationTimestamp']);

/**
 * The members of a request in CBOR as JSON has them: bytes as base64, times in seconds.
 * @throws SyntaxError
 */
export function membersOfCbor(body: Uint8Array): unknown {
  return asJson(decodeCbor(body, (tag, value) => (tag === TIME_TAG ? Number(value) / 1000 : value)));
}

/** An answer in CBOR, from its members as JSON has them. */
export function cborOfMembers(answer: object): Buffer {
  return encodeCbor(fromJson('', answer));
}

function asJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asJson(member)]));
}

function fromJson(name: string, value: unknown): unknown {
  if (name === 'Data' && typeof value === 'string') return Buffer.from(value, 'base64');
  if (times.has(name) && typeof value === 'number') return new Date(Math.round(value * 1000));
  if (Array.isArray(value)) return value.map((item) => fromJson('', item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, its]) => [member, fromJson(member, its)]));
}
