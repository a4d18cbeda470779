import { IotloadError } from '../core/errors.ts';
import { Property, propertyEnd, readVarint, varintEnd } from './mqtt5-properties.ts';

/** What a broker says when it answers CONNECT. What it leaves out has the value that the specification gives it. */
export interface Connack {
  /** It kept the session of this client id, with what was in flight. */
  sessionPresent: boolean;
  /** 0: welcome. Otherwise a return code of MQTT 3.1.1 or a reason code of MQTT 5. */
  code: number;
  /** PUBLISHes above QoS 0 that it takes before it has answered one. */
  receiveMaximum: number;
  /** Bytes of the longest frame it takes. */
  maximumPacketSize: number;
  maximumQos: number;
  retainAvailable: boolean;
  /** Keep-alive it wants instead of ours; null: ours. */
  serverKeepAliveS: number | null;
  /** How long it keeps the session after the connection; null: as long as we asked. */
  sessionExpiryS: number | null;
  assignedClientId: string | null;
}

/** The answer of an MQTT 3.1.1 broker that welcomes us with a new session. */
export function plainConnack(): Connack {
  return {
    sessionPresent: false,
    code: 0,
    receiveMaximum: 65_535,
    maximumPacketSize: Number.POSITIVE_INFINITY,
    maximumQos: 2,
    retainAvailable: true,
    serverKeepAliveS: null,
    sessionExpiryS: null,
    assignedClientId: null,
  };
}

/**
 * Reads the body of a CONNACK frame, `bytes[body … end)`; `version` is the protocol level, 4 or 5.
 *
 * body = flags(8) code(8) [properties-length properties]
 *
 * @throws IotloadError `target-refused` where it contradicts the specification
 */
export function readConnack(bytes: Uint8Array, body: number, end: number, version: 4 | 5): Connack {
  const connack = plainConnack();
  if (end - body < 2) throw malformed('is too short');
  connack.sessionPresent = ((bytes[body] as number) & 1) === 1;
  connack.code = bytes[body + 1] as number;
  // A broker that speaks only 3.1.1 refuses a CONNECT of MQTT 5 with an answer of its own version, which has no properties.
  if (version === 4 || end - body === 2) return connack;
  let at = varintEnd(bytes, body + 2, end);
  if (at === -1) throw malformed('has a bad length of properties');
  const limit = at + readVarint(bytes, body + 2, at);
  if (limit > end) throw malformed('is shorter than its properties');
  while (at < limit) {
    const next = propertyEnd(bytes, at, limit);
    if (next === -1) throw malformed('has a bad property');
    takeProperty(bytes, at, next, connack);
    at = next;
  }
  if (connack.receiveMaximum === 0 || connack.maximumPacketSize === 0) throw malformed('allows nothing');
  return connack;
}

function takeProperty(bytes: Uint8Array, at: number, end: number, into: Connack): void {
  const value = at + 1;
  switch (bytes[at]) {
    case Property.receiveMaximum:
      into.receiveMaximum = integer(bytes, value, end);
      break;
    case Property.maximumPacketSize:
      into.maximumPacketSize = integer(bytes, value, end);
      break;
    case Property.maximumQos:
      into.maximumQos = integer(bytes, value, end);
      break;
    case Property.retainAvailable:
      into.retainAvailable = bytes[value] === 1;
      break;
    case Property.serverKeepAlive:
      into.serverKeepAliveS = integer(bytes, value, end);
      break;
    case Property.sessionExpiry:
      into.sessionExpiryS = integer(bytes, value, end);
      break;
    case Property.assignedClientId:
      into.assignedClientId = new TextDecoder().decode(bytes.slice(value + 2, end));
  }
}

function integer(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 256 + (bytes[at] as number);
  return value;
}

function malformed(what: string): IotloadError {
  return new IotloadError('target-refused', `not MQTT: a CONNACK that ${what}`);
}
