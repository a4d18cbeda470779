/** Control packet types of MQTT 3.1.1, the high four bits of a frame's first byte (OASIS mqtt-v3.1.1 §2.2.1). */
export const PacketType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  suback: 9,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

/** Largest value of the remaining length, 4 bytes of 7 bits. */
export const MAX_REMAINING_LENGTH = 268_435_455;
/** Bytes of a PUBACK frame. */
export const PUBACK_BYTES = 4;

/** Bytes of the remaining-length field that holds `length`. */
export function lengthBytes(length: number): number {
  if (length < 128) return 1;
  if (length < 16_384) return 2;
  return length < 2_097_152 ? 3 : 4;
}

/** Bytes of a PUBLISH frame; topic and payload in bytes. */
export function publishBytes(topic: number, payload: number, qos: 0 | 1): number {
  const remaining = 2 + topic + (qos === 0 ? 0 : 2) + payload;
  return 1 + lengthBytes(remaining) + remaining;
}

/** Writes a remaining length, least significant seven bits first; returns the position behind it. */
export function writeLength(out: Uint8Array, at: number, length: number): number {
  while (length >= 128) {
    out[at++] = (length & 127) | 128;
    length >>>= 7;
  }
  out[at++] = length;
  return at;
}

/**
 * Writes a PUBLISH frame, neither DUP nor RETAIN, of an event whose topic is `bytes[from … payload)` and whose payload reaches up to
 * `end`; returns the position behind it. The caller has made sure of `publishBytes` room. `packetId` is ignored at QoS 0.
 *
 * frame = type/flags remaining-length topic-length(16) topic [packet-id(16)] payload
 */
export function writePublish(
  out: Uint8Array,
  at: number,
  bytes: Uint8Array,
  from: number,
  payload: number,
  end: number,
  qos: 0 | 1,
  packetId: number,
): number {
  const topicLength = payload - from;
  out[at++] = (PacketType.publish << 4) | (qos << 1);
  at = writeLength(out, at, 2 + topicLength + (qos === 0 ? 0 : 2) + end - payload);
  out[at++] = topicLength >>> 8;
  out[at++] = topicLength;
  if (qos === 0) {
    out.set(bytes.subarray(from, end), at);
    return at + end - from;
  }
  // A loop beats `set` on the few dozen bytes of a topic: no view is allocated.
  for (let i = from; i < payload; i++) out[at++] = bytes[i] as number;
  out[at++] = packetId >>> 8;
  out[at++] = packetId;
  out.set(bytes.subarray(payload, end), at);
  return at + end - payload;
}

/** Writes a PUBACK frame; returns the position behind it. */
export function writePuback(out: Uint8Array, at: number, packetId: number): number {
  out[at] = PacketType.puback << 4;
  out[at + 1] = 2;
  out[at + 2] = packetId >>> 8;
  out[at + 3] = packetId;
  return at + PUBACK_BYTES;
}
