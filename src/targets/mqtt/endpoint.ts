import { IotloadError } from '../../core/errors.ts';

/** Where a broker listens. */
export interface Endpoint {
  host: string;
  port: number;
  tls: boolean;
  /** Address of the WebSocket, with its path; empty where MQTT goes without one. */
  url: string;
  /** As the user wrote it, for messages. */
  text: string;
}

const schemes: Readonly<Record<string, { port: number; tls: boolean; websocket: boolean }>> = {
  'mqtt:': { port: 1883, tls: false, websocket: false },
  'mqtts:': { port: 8883, tls: true, websocket: false },
  'ws:': { port: 80, tls: false, websocket: true },
  'wss:': { port: 443, tls: true, websocket: true },
};

/**
 * Reads `mqtt://host[:port]`, `mqtts://…`, `ws://host[:port][/path]` or `wss://…`; ports default to 1883, 8883, 80 and 443.
 * @throws IotloadError `bad-scenario`
 */
export function parseEndpoint(text: string): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : null;
  const scheme = url === null ? undefined : schemes[url.protocol];
  if (url === null || scheme === undefined || url.hostname === '') {
    throw new IotloadError('bad-scenario', 'an MQTT endpoint is mqtt://, mqtts://, ws:// or wss://host:port', {
      where: 'target.endpoint',
      value: text,
    });
  }
  // A URL keeps the brackets of an IPv6 address; a socket wants it without.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? scheme.port : Number(url.port);
  return { host, port, tls: scheme.tls, url: scheme.websocket ? url.href : '', text };
}
