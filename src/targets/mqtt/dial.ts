import type { Dial } from './channel.ts';
import { tcpDial } from './dial-tcp.ts';
import { tlsDial } from './dial-tls.ts';
import { websocketDial } from './dial-websocket.ts';
import type { Endpoint } from './endpoint.ts';

/** What dialing needs besides the endpoint. */
export interface DialOptions {
  /** Protocols offered in the TLS handshake. */
  alpn: readonly string[];
  /** Buffer that plain TCP sockets read into. */
  readBuffer: Uint8Array;
  random(): number;
}

/** The way to reach an endpoint. */
export async function dialOf(endpoint: Endpoint, { alpn, readBuffer, random }: DialOptions): Promise<Dial> {
  if (endpoint.url !== '') return websocketDial(endpoint, alpn, random);
  return endpoint.tls ? tlsDial(endpoint, alpn) : tcpDial(endpoint, readBuffer);
}
