import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { ANSWER_BYTES, Answer, PacketType, writeAnswer } from '../../wire/mqtt-frames.ts';
import { FrameSplitter, type OnFrame } from '../../wire/mqtt-splitter.ts';

/** Larger frames end the connection. */
const MOST_FRAME_BYTES = 16 * 1024 * 1024;

/**
 * The stream that MQTT.js gets instead of the socket. PUBLISHes do not reach it, nor does it write PUBACKs: by itself it would wait for each
 * acknowledgement before it looks at the next message.
 */
export class MqttStream extends Duplex {
  readonly #socket: Socket;
  #acks: Buffer[] = [];

  /** `publish` takes each PUBLISH; valid during the call. `read` is called when all of a chunk have been handed out. */
  constructor(socket: Socket, publish: OnFrame, read: () => void) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    const splitter = new FrameSplitter(MOST_FRAME_BYTES);
    const onFrame: OnFrame = (bytes, start, body, end) => {
      if ((bytes[start] as number) >>> 4 === PacketType.publish) publish(bytes, start, body, end);
      else this.push(Buffer.from(bytes.subarray(start, end)));
    };
    socket.on('data', (chunk: Buffer) => {
      try {
        splitter.push(chunk, chunk.length, onFrame);
      } catch (error) {
        this.destroy(error as Error);
        return;
      }
      read();
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** Reads nothing more until `resumeReading`. */
  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  /** Acknowledges a message, those of one turn together; false where the connection is over. */
  acknowledge(packetId: number): boolean {
    if (this.destroyed) return false;
    const frame = Buffer.allocUnsafe(ANSWER_BYTES);
    writeAnswer(frame, 0, Answer.puback, packetId);
    this.#acks.push(frame);
    if (this.#acks.length === 1) process.nextTick(() => this.#writeAcks());
    return true;
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
    this.#writeAcks();
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #writeAcks(): void {
    const acks = this.#acks;
    this.#acks = [];
    if (acks.length > 0 && !this.#socket.destroyed) this.#socket.write(Buffer.concat(acks));
  }
}
