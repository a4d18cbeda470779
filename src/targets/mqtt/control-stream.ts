import { Duplex } from 'node:stream';
import type { Channel } from './channel.ts';

/**
 * The stream that MQTT.js gets instead of the channel. It sees only the frames we do not take ourselves, and what it writes reaches
 * the channel one whole packet at a time (MQTT.js corks the pieces of a packet; written one by one they could be split by ours).
 */
export class ControlStream extends Duplex {
  readonly #channel: Channel;

  constructor(channel: Channel) {
    super({ allowHalfOpen: true });
    this.#channel = channel;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#channel.write(chunk);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#channel.write(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    done();
  }

  override _final(done: () => void): void {
    this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channel.destroy();
    done(error);
  }
}
