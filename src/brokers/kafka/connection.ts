import type { Socket } from 'node:net';
import { ProtocolReader } from '../../wire/kafka/protocol-reader.ts';
import { apiOf } from './api/registry.ts';
import { FrameAssembler } from './frame-assembler.ts';
import type { Answer, BrokerState, Ending, Reply } from './request.ts';

/** ApiVersions, which is answered in any version. */
const API_VERSIONS = 18;
/** Bytes of a request's header without the client's id. */
const LEAST_REQUEST_BYTES = 8;
/** Answers that may be held back at once; then no more requests are taken. */
const MAX_HELD = 1000;

interface Outgoing {
  correlationId: number;
  reply: Answer | 'hang-up';
}

/**
 * One client: requests are taken one after the other, and none before the one before it has been answered and the answer taken, so that a
 * client can neither fill memory nor overtake itself. Whatever is wrong with what it sends ends this connection, and nothing else.
 */
export class Connection implements Ending {
  readonly #socket: Socket;
  readonly #broker: BrokerState;
  readonly #frames = new FrameAssembler();
  readonly #tasks = new Set<() => void>();
  /** Answers that are held back, in their order. */
  readonly #outgoing: Outgoing[] = [];
  #cancelHold: (() => void) | null = null;
  /** What came and has not been looked at. */
  #chunk: Buffer | null = null;
  #at = 0;
  /** A request is being answered. */
  #busy = false;
  #ended = false;

  constructor(socket: Socket, broker: BrokerState) {
    this.#socket = socket;
    this.#broker = broker;
    socket.on('data', (chunk: Buffer) => {
      this.#chunk = chunk;
      this.#at = 0;
      this.#pump();
    });
    socket.on('drain', () => this.#pump());
    socket.on('error', () => {});
    socket.on('close', () => this.#end());
    if (broker.stalled) socket.pause();
  }

  get ended(): boolean {
    return this.#ended;
  }

  whenEnded(task: () => void): () => void {
    if (this.#ended) task();
    else this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }

  /** Ends it at once. */
  destroy(): void {
    this.#socket.destroy();
    this.#end();
  }

  /** A stall has begun or ended. */
  stallChanged(): void {
    if (this.#broker.stalled) {
      this.#socket.pause();
      return;
    }
    this.#flush();
    this.#pump();
  }

  /** Works through what came, as far as nothing has to be waited for. */
  #pump(): void {
    const chunk = this.#chunk;
    while (chunk !== null && !this.#ended) {
      if (this.#mustWait()) {
        this.#socket.pause();
        return;
      }
      this.#at = this.#frames.take(chunk, this.#at);
      const { frame } = this.#frames;
      if (this.#frames.tooLong) this.destroy();
      else if (frame === null) break;
      else this.#serve(frame);
    }
    this.#chunk = null;
    if (!this.#ended && !this.#broker.stalled && this.#socket.isPaused()) this.#socket.resume();
  }

  #mustWait(): boolean {
    return this.#busy || this.#broker.stalled || this.#socket.writableNeedDrain || this.#outgoing.length >= MAX_HELD;
  }

  #serve(bytes: Uint8Array): void {
    try {
      if (bytes.length < LEAST_REQUEST_BYTES) {
        this.destroy();
        return;
      }
      const reader = new ProtocolReader(bytes);
      const [apiKey, version, correlationId] = [reader.int16(), reader.int16(), reader.int32()];
      const api = apiOf(apiKey);
      const known = api !== undefined && version >= api.versions[0] && version <= api.versions[1];
      if (api === undefined || (!known && apiKey !== API_VERSIONS)) {
        this.destroy();
        return;
      }
      // Of a version that is not known, nothing behind the numbers can be read.
      const clientId = known ? reader.nullableString() : null;
      const request = { apiKey, version, correlationId, clientId, reader, bytes };
      const reply = api.handle(request, this.#broker, this);
      if (!(reply instanceof Promise)) {
        this.#answer(correlationId, reply);
        return;
      }
      this.#busy = true;
      reply.then(
        (late) => {
          this.#busy = false;
          this.#answer(correlationId, late);
          this.#pump();
        },
        () => this.destroy(),
      );
    } catch {
      // Malformed: there is nobody to tell but the one who sent it.
      this.destroy();
    }
  }

  #answer(correlationId: number, reply: Reply): void {
    if (reply === null) return;
    if (this.#ended) {
      if (reply !== 'hang-up') reply.sent?.();
      return;
    }
    this.#outgoing.push({ correlationId, reply });
    this.#flush();
  }

  /** Writes the answers whose time has come. */
  #flush(): void {
    this.#cancelHold?.();
    this.#cancelHold = null;
    while (!this.#ended && !this.#broker.stalled) {
      const [next] = this.#outgoing;
      if (next === undefined) return;
      const { correlationId, reply } = next;
      if (reply === 'hang-up') {
        // What was answered before goes out first.
        this.#socket.destroySoon();
        this.#end();
        return;
      }
      const nowUs = reply.holdUntilUs === undefined ? 0 : this.#broker.clock.nowUs();
      if (reply.holdUntilUs !== undefined && reply.holdUntilUs > nowUs) {
        this.#cancelHold = this.#broker.clock.after((reply.holdUntilUs - nowUs) / 1000, () => {
          this.#flush();
          this.#pump();
        });
        return;
      }
      this.#outgoing.shift();
      reply.leaves?.(nowUs);
      this.#write(correlationId, reply);
    }
  }

  #write(correlationId: number, { pieces, sent }: Answer): void {
    let length = 4;
    for (const piece of pieces) length += piece.length;
    const head = Buffer.allocUnsafe(8);
    head.writeInt32BE(length, 0);
    head.writeInt32BE(correlationId, 4);
    const socket = this.#socket;
    socket.cork();
    socket.write(head);
    for (const [i, piece] of pieces.entries()) {
      if (i === pieces.length - 1 && sent !== undefined) socket.write(piece, () => sent());
      else socket.write(piece);
    }
    socket.uncork();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#chunk = null;
    this.#cancelHold?.();
    for (const { reply } of this.#outgoing.splice(0)) if (reply !== 'hang-up') reply.sent?.();
    for (const task of this.#tasks) task();
    this.#tasks.clear();
  }
}
