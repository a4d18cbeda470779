/** Control packet types, the high four bits of a frame's first byte (OASIS mqtt-v3.1.1 and mqtt-v5.0, §2.2.1 and §2.1.2). */
export const PacketType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

/** First bytes of the four short answers to a PUBLISH and to each other. */
export const Answer = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 } as const;
export type Answer = (typeof Answer)[keyof typeof Answer];

/** Quality of service: at most once, at least once, exactly once. */
export type Qos = 0 | 1 | 2;

/** Largest value of the remaining length, 4 bytes of 7 bits. */
export const MAX_REMAINING_LENGTH = 268_435_455;
/** Bytes of an answer without a reason code. */
export const ANSWER_BYTES = 4;

/** Bytes of the remaining-length field that holds `length`. */
export function lengthBytes(length: number): number {
  if (length < 128) return 1;
  if (length < 16_384) return 2;
  return length < 2_097_152 ? 3 : 4;
}

/** Bytes of a PUBLISH frame; topic, payload and properties (with their length, which MQTT 3.1.1 has none of) in bytes. */
export function publishBytes(topic: number, payload: number, qos: Qos, properties = 0): number {
  const remaining = 2 + topic + (qos === 0 ? 0 : 2) + properties + payload;
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

/** Flags of a PUBLISH in its first byte: DUP, QoS, RETAIN. */
export function publishFlags(qos: Qos, retain = false, dup = false): number {
  return (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
}

/**
 * Writes a PUBLISH frame of MQTT 3.1.1 of an event whose topic is `bytes[from … payload)` and whose payload reaches up to `end`; returns
 * the position behind it. The caller has made sure of `publishBytes` room. `packetId` is ignored at QoS 0.
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
  flags: number,
  packetId: number,
): number {
  const topicLength = payload - from;
  const acknowledged = (flags & 6) !== 0;
  out[at++] = (PacketType.publish << 4) | flags;
  at = writeLength(out, at, 2 + topicLength + (acknowledged ? 2 : 0) + end - payload);
  out[at++] = topicLength >>> 8;
  out[at++] = topicLength;
  if (!acknowledged) {
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

/** Writes an answer without a reason code, which in MQTT 5 means success; returns the position behind it. */
export function writeAnswer(out: Uint8Array, at: number, answer: Answer, packetId: number): number {
  out[at] = answer;
  out[at + 1] = 2;
  out[at + 2] = packetId >>> 8;
  out[at + 3] = packetId;
  return at + ANSWER_BYTES;
}
