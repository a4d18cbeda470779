import { lengthBytes, PacketType, writeLength } from './mqtt-frames.ts';
import { Property } from './mqtt5-properties.ts';

/** Name of the user property that carries an event's id beside its payload. */
export const IDENTITY_PROPERTY = 'iotload-id';

const NAME = new TextEncoder().encode(IDENTITY_PROPERTY);
/** Bytes of the property besides the id: identifier, length and text of its name, length of the id. */
export const IDENTITY_OVERHEAD = 1 + 2 + NAME.length + 2;

/** Bytes of a PUBLISH's properties with their length; `identity` is the id's bytes, 0 for none. */
export function propertyBytes(identity: number): number {
  if (identity === 0) return 1;
  return lengthBytes(IDENTITY_OVERHEAD + identity) + IDENTITY_OVERHEAD + identity;
}

/** Whether the user property whose name begins at `at` and which reaches up to `end` is the one that carries an id. */
export function isIdentity(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < IDENTITY_OVERHEAD - 1 || bytes[at] !== 0 || bytes[at + 1] !== NAME.length) return false;
  for (let i = 0; i < NAME.length; i++) if (bytes[at + 2 + i] !== NAME[i]) return false;
  return true;
}

/**
 * Writes a PUBLISH frame of MQTT 5 of an event whose topic is `bytes[from … identity)`, whose id beside the payload reaches up to
 * `payload` and whose payload up to `end`; returns the position behind it. The caller has made sure of room.
 *
 * frame = type/flags remaining-length topic-length(16) topic [packet-id(16)] properties-length [user-property] payload
 */
export function writePublish5(
  out: Uint8Array,
  at: number,
  bytes: Uint8Array,
  from: number,
  identity: number,
  payload: number,
  end: number,
  flags: number,
  packetId: number,
): number {
  const topicLength = identity - from;
  const idLength = payload - identity;
  const acknowledged = (flags & 6) !== 0;
  out[at++] = (PacketType.publish << 4) | flags;
  const remaining = 2 + topicLength + (acknowledged ? 2 : 0) + propertyBytes(idLength) + end - payload;
  at = writeLength(out, at, remaining);
  out[at++] = topicLength >>> 8;
  out[at++] = topicLength;
  for (let i = from; i < identity; i++) out[at++] = bytes[i] as number;
  if (acknowledged) {
    out[at++] = packetId >>> 8;
    out[at++] = packetId;
  }
  if (idLength === 0) {
    out[at++] = 0;
  } else {
    at = writeLength(out, at, IDENTITY_OVERHEAD + idLength);
    out[at++] = Property.userProperty;
    out[at++] = 0;
    out[at++] = NAME.length;
    for (let i = 0; i < NAME.length; i++) out[at++] = NAME[i] as number;
    out[at++] = idLength >>> 8;
    out[at++] = idLength;
    for (let i = identity; i < payload; i++) out[at++] = bytes[i] as number;
  }
  out.set(bytes.subarray(payload, end), at);
  return at + end - payload;
}
