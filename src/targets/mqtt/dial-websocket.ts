import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { IotloadError } from '../../core/errors.ts';
import type { Channel, ChannelHandlers, Dial } from './channel.ts';
import { connectTcp } from './dial-tcp.ts';
import { connectTls } from './dial-tls.ts';
import type { Endpoint } from './endpoint.ts';

/** Name of MQTT among the subprotocols of WebSocket (mqtt-v5.0 §6). */
const SUBPROTOCOL = 'mqtt';

/** Dials over WebSocket, `wss` over TLS. Loads the library. `random` is uniform in [0, 1) and seeds the masks. */
export async function websocketDial(endpoint: Endpoint, alpn: readonly string[], random: () => number): Promise<Dial> {
  const { WebSocket: Client } = await import('ws');
  const generateMask = maskGenerator(random);
  return (origin, handlers) => {
    const socket = endpoint.tls ? connectTls(endpoint, origin, alpn) : connectTcp(endpoint, origin);
    const client = new Client(endpoint.url, SUBPROTOCOL, {
      createConnection: () => socket,
      perMessageDeflate: false,
      generateMask,
    });
    return new WebSocketChannel(client, socket, handlers);
  };
}

/**
 * Masks that are never zero. With any other mask the library masks into a buffer of its own, so that ours is free again at once; with
 * zero it would pass ours on. They need not be secret: they guard proxies against pages in browsers.
 */
function maskGenerator(random: () => number): (mask: Buffer) => void {
  let state = Math.floor(random() * 0xffffffff) + 1;
  return (mask) => {
    // Marsaglia's xorshift32 visits every number but zero.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    mask.writeInt32LE(state | 0, 0);
  };
}

/** A channel whose writes are binary WebSocket messages; the other side's may hold any number of frames or parts of one. */
class WebSocketChannel implements Channel {
  readonly #client: WebSocket;
  readonly #socket: Socket;
  /** What was written before the handshake was over. */
  #early: Buffer[] = [];
  #earlyBytes = 0;

  constructor(client: WebSocket, socket: Socket, handlers: ChannelHandlers) {
    this.#client = client;
    this.#socket = socket;
    socket.on('drain', () => handlers.drained());
    client.on('open', () => this.#sendEarly());
    client.on('message', (data: Buffer) => handlers.read(data, data.length, false));
    client.on('unexpected-response', (_request, response) => {
      handlers.failed(noWebSocket(`HTTP ${response.statusCode} instead of a WebSocket`));
      this.destroy();
    });
    client.on('error', (error: Error & { code?: unknown }) => {
      // Errors of the socket and of WebSocket's frames have a code, those of the handshake have none.
      handlers.failed(error.code === undefined ? noWebSocket(`no WebSocket, ${error.message}`) : error);
    });
    client.on('close', () => {
      handlers.ended();
      handlers.closed();
    });
  }

  get connecting(): boolean {
    return this.#client.readyState === this.#client.CONNECTING;
  }

  get backlogBytes(): number {
    return this.#earlyBytes + this.#socket.writableLength;
  }

  get writable(): boolean {
    return this.#client.readyState === this.#client.OPEN && this.#socket.writable;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  write(bytes: Buffer): boolean {
    if (this.connecting) {
      this.#early.push(bytes);
      this.#earlyBytes += bytes.length;
      return false;
    }
    if (this.#client.readyState === this.#client.OPEN) this.#client.send(bytes);
    return true;
  }

  end(): void {
    this.#client.close();
  }

  destroy(): void {
    this.#client.terminate();
    this.#socket.destroy();
  }

  #sendEarly(): void {
    for (const bytes of this.#early) this.#client.send(bytes);
    this.#early = [];
    this.#earlyBytes = 0;
  }
}

function noWebSocket(message: string): IotloadError {
  return new IotloadError('target-refused', message, {
    hint: 'Does the endpoint’s path lead to MQTT? Many brokers have it at /mqtt.',
  });
}
