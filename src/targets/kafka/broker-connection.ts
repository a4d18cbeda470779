import type { Micros } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import { FrameSplitter } from '../../wire/kafka/frame-splitter.ts';
import type { SocketFailure } from '../socket-failure.ts';
import type { BrokerSocket } from './broker-socket.ts';
import type { BrokerAddress, ConnectionEvents, KafkaConnection } from './cluster.ts';

/** A socket that is logged in, with its frames. */
export class BrokerConnection implements KafkaConnection {
  readonly broker: BrokerAddress;
  readonly replaceByUs: Micros | null;
  readonly #opened: BrokerSocket;
  readonly #splitter = new FrameSplitter();

  constructor(broker: BrokerAddress, opened: BrokerSocket, replaceByUs: Micros | null, events: ConnectionEvents) {
    this.broker = broker;
    this.replaceByUs = replaceByUs;
    this.#opened = opened;
    let open = true;
    const answered = (frame: Uint8Array): void => {
      // Whoever takes an answer may close the connection.
      if (open && !opened.socket.destroyed) events.answered(frame);
    };
    opened.reader = {
      read: (chunk, length) => {
        try {
          this.#splitter.push(chunk, length, answered);
        } catch (error) {
          if (!(error instanceof IotloadError)) throw error;
          opened.fail({ code: 'target-refused', reason: 'answers that are not Kafka’s' });
        }
      },
      closed: (failure) => {
        open = false;
        events.closed(wordsOf(failure));
      },
    };
  }

  get unsentBytes(): number {
    return this.#opened.socket.writableLength;
  }

  write(pieces: readonly Uint8Array[], sent?: () => void): void {
    const { socket } = this.#opened;
    if (socket.destroyed) return;
    // Handed to the system in one call, and not copied.
    socket.cork();
    const last = pieces.length - 1;
    for (let i = 0; i < last; i++) socket.write(pieces[i] as Uint8Array);
    const tell = (error?: Error | null): void => {
      if (error == null) sent?.();
    };
    if (last >= 0) socket.write(pieces[last] as Uint8Array, sent === undefined ? undefined : tell);
    socket.uncork();
  }

  destroy(): void {
    this.#opened.destroy();
  }
}

/** The reason without what a library or the other side adds to it, which differs from one time to the next. */
function wordsOf({ reason }: SocketFailure): string {
  return reason.split(':', 1)[0] as string;
}
