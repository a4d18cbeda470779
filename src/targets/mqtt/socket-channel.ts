import type { Socket } from 'node:net';
import type { Channel, ChannelHandlers } from './channel.ts';
import { DirectWriter } from './direct-writer.ts';

/**
 * A channel that is a socket. `reusable` says that what was written may be used again once the socket has handed it on, which a TLS socket
 * says too early.
 */
export class SocketChannel implements Channel {
  readonly #socket: Socket;
  readonly #direct: DirectWriter | null;

  constructor(socket: Socket, reusable: boolean, handlers: ChannelHandlers) {
    this.#socket = socket;
    this.#direct = reusable
      ? new DirectWriter(socket, (error) => {
          if (error !== null) socket.destroy(error);
          else handlers.drained();
        })
      : null;
    socket.on('drain', () => handlers.drained());
    socket.on('error', (error) => handlers.failed(error));
    socket.on('end', () => handlers.ended());
    socket.on('close', () => handlers.closed());
  }

  get connecting(): boolean {
    return this.#socket.connecting;
  }

  get backlogBytes(): number {
    return this.#socket.writableLength + (this.#direct?.waitingBytes ?? 0);
  }

  get writable(): boolean {
    return this.#socket.writable;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  write(bytes: Buffer): boolean {
    const direct = this.#direct;
    const written = direct?.write(bytes) ?? null;
    if (written !== null) return written === 'taken';
    this.#socket.write(bytes);
    return direct !== null && this.#socket.writableLength === 0;
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
