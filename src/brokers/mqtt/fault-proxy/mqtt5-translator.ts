import { IotloadError } from '../../../core/errors.ts';
import { type Answer, lengthBytes, PacketType, writeLength } from '../../../wire/mqtt-frames.ts';
import { readVarint, varintEnd } from '../../../wire/mqtt5-properties.ts';

/** No properties, as a frame of MQTT 5 says it. */
const NONE = Buffer.from([0]);
/** Position of the protocol level in the body of CONNECT, behind the protocol's name. */
const LEVEL = 6;
/** Position of the properties in the body of CONNECT: behind level, flags and keep-alive. */
const CONNECT_PROPERTIES = 10;

/** The protocol level that a CONNECT asks for: 4 for MQTT 3.1.1, 5 for MQTT 5. */
export function connectLevel(frame: Buffer): number {
  return frame[bodyOf(frame) + LEVEL] as number;
}

/** Position of the body of a complete frame. */
export function bodyOf(frame: Uint8Array): number {
  let at = 1;
  while ((frame[at] as number) >= 128) at++;
  return at + 1;
}

/**
 * A frame of an MQTT 5 client as a broker of MQTT 3.1.1 takes it: without properties and reason codes (OASIS mqtt-v5.0 §3).
 * @throws IotloadError `target-refused` where it contradicts the specification, or has a last will
 */
export function downgraded(frame: Buffer): Buffer {
  const first = frame[0] as number;
  const body = bodyOf(frame);
  switch (first >>> 4) {
    case PacketType.connect: {
      if (((frame[body + LEVEL + 1] as number) & 4) !== 0) throw refused('a last will');
      const head = Buffer.from(frame.subarray(body, body + CONNECT_PROPERTIES));
      head[LEVEL] = 4;
      return framed(first, head, frame.subarray(propertiesEnd(frame, body + CONNECT_PROPERTIES)));
    }
    case PacketType.publish: {
      const topicEnd = body + 2 + frame.readUInt16BE(body);
      const head = topicEnd + ((first & 6) === 0 ? 0 : 2);
      return framed(first, frame.subarray(body, head), frame.subarray(propertiesEnd(frame, head)));
    }
    case PacketType.subscribe: {
      const filters = Buffer.from(frame.subarray(propertiesEnd(frame, body + 2)));
      // Of the options of a filter MQTT 3.1.1 knows the quality of service only.
      for (let at = 0; at + 2 < filters.length; at++) {
        at += 2 + filters.readUInt16BE(at);
        filters[at] = (filters[at] as number) & 3;
      }
      return framed(first, frame.subarray(body, body + 2), filters);
    }
    case PacketType.puback:
    case PacketType.pubrec:
    case PacketType.pubrel:
    case PacketType.pubcomp:
      return framed(first, frame.subarray(body, body + 2));
    case PacketType.disconnect:
      return framed(first);
    default:
      return frame;
  }
}

/** A frame of a broker of MQTT 3.1.1 as an MQTT 5 client takes it: with no properties where there have to be some. */
export function upgraded(frame: Buffer): Buffer {
  const first = frame[0] as number;
  const body = bodyOf(frame);
  switch (first >>> 4) {
    case PacketType.connack:
      return framed(first, frame.subarray(body), NONE);
    case PacketType.publish: {
      const head = body + 2 + frame.readUInt16BE(body) + ((first & 6) === 0 ? 0 : 2);
      return framed(first, frame.subarray(body, head), NONE, frame.subarray(head));
    }
    case PacketType.suback:
      return framed(first, frame.subarray(body, body + 2), NONE, frame.subarray(body + 2));
    default:
      return frame;
  }
}

/** An answer of MQTT 5 with a reason code. */
export function reasonedAnswer(answer: Answer, packetId: number, code: number): Buffer {
  return Buffer.from([answer, 3, packetId >>> 8, packetId & 255, code]);
}

function propertiesEnd(frame: Buffer, at: number): number {
  const end = varintEnd(frame, at, frame.length);
  const limit = end === -1 ? -1 : end + readVarint(frame, at, end);
  if (limit === -1 || limit > frame.length) throw refused('a bad length of properties');
  return limit;
}

function framed(first: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = Buffer.alloc(1 + lengthBytes(length));
  head[0] = first;
  writeLength(head, 1, length);
  return Buffer.concat([head, ...parts]);
}

function refused(what: string): IotloadError {
  return new IotloadError('target-refused', `cannot be passed on to a broker of MQTT 3.1.1: ${what}`);
}
