import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { ChannelOrigin, Dial } from './channel.ts';
import type { Endpoint } from './endpoint.ts';
import { SocketChannel } from './socket-channel.ts';

/** Dials over TLS. `alpn` are the protocols that we offer, none by default. */
export function tlsDial(endpoint: Endpoint, alpn: readonly string[]): Dial {
  return (origin, handlers) => {
    const socket = connectTls(endpoint, origin, alpn);
    socket.on('data', (chunk: Buffer) => handlers.read(chunk, chunk.length, false));
    return new SocketChannel(socket, false, handlers);
  };
}

/** A TLS socket that verifies the server. */
export function connectTls({ host, port }: Endpoint, origin: ChannelOrigin, alpn: readonly string[]): TLSSocket {
  const { secureContext, localAddress } = origin;
  const socket = connect({
    host,
    port,
    ...(secureContext === null ? {} : { secureContext }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
    // Node hands it on to the TCP socket below; its types do not say so.
    ...(localAddress === null ? {} : { localAddress }),
  });
  socket.setNoDelay(true);
  return socket;
}
