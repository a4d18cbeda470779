import { IotloadError } from '../core/errors.ts';
import { Property, propertyEnd, readVarint, varintEnd } from './mqtt5-properties.ts';
import { IDENTITY_OVERHEAD, isIdentity } from './mqtt5-publish.ts';

/** Where the parts of a PUBLISH frame lie. Reused from frame to frame. */
export interface PublishLayout {
  topicStart: number;
  topicEnd: number;
  payloadStart: number;
  /** Value of the user property that carries an event's id; empty where there is none. */
  identityStart: number;
  identityEnd: number;
  /** 0 at QoS 0. */
  packetId: number;
  qos: number;
  dup: boolean;
  retain: boolean;
}

export function createPublishLayout(): PublishLayout {
  return {
    topicStart: 0,
    topicEnd: 0,
    payloadStart: 0,
    identityStart: 0,
    identityEnd: 0,
    packetId: 0,
    qos: 0,
    dup: false,
    retain: false,
  };
}

/**
 * Finds topic, packet id and payload of the PUBLISH frame `bytes[start … end)` with its body at `body`, copying nothing.
 * @throws IotloadError `target-refused` where the frame contradicts MQTT 3.1.1 §3.3.
 */
export function readPublish(bytes: Uint8Array, start: number, body: number, end: number, out: PublishLayout): void {
  const flags = bytes[start] as number;
  const qos = (flags >>> 1) & 3;
  const topicStart = body + 2;
  const topicEnd = topicStart + (((bytes[body] as number) << 8) | (bytes[body + 1] as number));
  const payloadStart = qos === 0 ? topicEnd : topicEnd + 2;
  if (qos === 3) throw malformed('QoS 3');
  // An incomplete topic length reads as NaN or 0 beyond `end`; both fail one of these.
  if (topicStart > end || payloadStart > end) throw malformed('a topic longer than its frame');
  if (topicEnd === topicStart) throw malformed('an empty topic');
  const packetId = qos === 0 ? 0 : ((bytes[topicEnd] as number) << 8) | (bytes[topicEnd + 1] as number);
  if (qos !== 0 && packetId === 0) throw malformed('packet identifier 0');
  out.topicStart = topicStart;
  out.topicEnd = topicEnd;
  out.payloadStart = payloadStart;
  out.identityStart = payloadStart;
  out.identityEnd = payloadStart;
  out.packetId = packetId;
  out.qos = qos;
  out.dup = (flags & 8) !== 0;
  out.retain = (flags & 1) !== 0;
}

/**
 * As `readPublish`, of MQTT 5: payload and properties told apart, and among those the user property that carries an event's id.
 * @throws IotloadError `target-refused` where the frame contradicts MQTT 5 §3.3; an empty topic, which an alias of ours would need, too
 */
export function readPublish5(bytes: Uint8Array, start: number, body: number, end: number, out: PublishLayout): void {
  readPublish(bytes, start, body, end, out);
  const from = out.payloadStart;
  let at = varintEnd(bytes, from, end);
  if (at === -1) throw malformed('a bad length of properties');
  const limit = at + readVarint(bytes, from, at);
  if (limit > end) throw malformed('properties longer than its frame');
  out.payloadStart = limit;
  out.identityStart = limit;
  out.identityEnd = limit;
  while (at < limit) {
    const next = propertyEnd(bytes, at, limit);
    if (next === -1) throw malformed('a bad property');
    if (bytes[at] === Property.userProperty && isIdentity(bytes, at + 1, next)) {
      out.identityStart = at + IDENTITY_OVERHEAD;
      out.identityEnd = next;
    }
    at = next;
  }
}

function malformed(what: string): IotloadError {
  return new IotloadError('target-refused', `not MQTT: a PUBLISH with ${what}`);
}
