import { IotloadError } from '../../core/errors.ts';

/** Where a broker listens. */
export interface Endpoint {
  host: string;
  port: number;
  tls: boolean;
  /** As the user wrote it, for messages. */
  text: string;
}

/**
 * Reads `mqtt://host[:port]` or `mqtts://host[:port]`; ports default to 1883 and 8883.
 * @throws IotloadError `bad-scenario`
 */
export function parseEndpoint(text: string): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : null;
  const tls = url?.protocol === 'mqtts:';
  if (url === null || (!tls && url.protocol !== 'mqtt:') || url.hostname === '') {
    throw new IotloadError('bad-scenario', 'an MQTT endpoint is mqtt://host:port or mqtts://host:port', {
      where: 'target.endpoint',
      value: text,
    });
  }
  // A URL keeps the brackets of an IPv6 address; a socket wants it without.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: url.port === '' ? (tls ? 8883 : 1883) : Number(url.port), tls, text };
}
