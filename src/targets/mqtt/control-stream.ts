import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * The stream that MQTT.js gets instead of the socket. It sees only the frames we do not take ourselves, and what it writes reaches
 * the socket one whole packet at a time (MQTT.js corks the pieces of a packet; written one by one they could be split by ours).
 */
export class ControlStream extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#socket.write(chunk);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    done();
  }

  override _final(done: () => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
