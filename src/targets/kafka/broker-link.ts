import type { Clock, Micros } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import type { Crc32c } from '../../wire/kafka/crc32c.ts';
import { ErrorCode } from '../../wire/kafka/error-codes.ts';
import { type ProduceHead, type ProduceResponse, readProduceResponse } from '../../wire/kafka/produce.ts';
import type { ConnectionNotices } from '../connection-notices.ts';
import type { BrokerAddress, KafkaCluster, KafkaConnection } from './cluster.ts';
import type { PartitionQueue } from './partition-queue.ts';
import type { ProduceBatch } from './produce-batch.ts';
import { retryPauseMs } from './retry-pause.ts';

/** A request takes no further batch once it is so long. */
const REQUEST_BYTES = 1024 * 1024;
/** A login is renewed so long before the broker ends it. */
const RENEW_AHEAD_US = 10_000_000;

/** What all links of a sink have in common. */
export interface LinkSettings {
  clock: Clock;
  cluster: KafkaCluster;
  head: ProduceHead;
  crc: Crc32c;
  acks: -1 | 0 | 1;
  /** Most requests without an answer. */
  maxInFlight: number;
  /** A batch that would be due so soon goes along with one that is. */
  aheadUs: Micros;
  /** A request without an answer for so long ends the connection. */
  requestTimeoutUs: Micros;
  notices: ConnectionNotices;
  /** Uniform in [0, 1). */
  random(): number;
  /** The connection is up, or is not any more. */
  changed(link: BrokerLink): void;
}

interface Request {
  correlationId: number;
  queues: PartitionQueue[];
  batches: ProduceBatch[];
  sentAtUs: Micros;
}

/** The connection to one broker, which takes the batches of the partitions that it leads. Comes back by itself while it is wanted. */
export class BrokerLink {
  readonly #settings: LinkSettings;
  #broker: BrokerAddress;
  /** Whose batches go this way. */
  readonly #queues: PartitionQueue[] = [];
  #connection: KafkaConnection | null = null;
  /** Counts connections, so that what an earlier one tells is told apart. */
  #generation = 0;
  #requests: Request[] = [];
  #correlationId = 0;
  #throttledUntilUs: Micros = 0;
  /** Takes turns, so that nobody waits for ever. */
  #first = 0;
  #started = false;
  #connecting = false;
  #pumping = false;
  /** Its login ends soon: nothing more is sent before the next connection. */
  #retiring = false;
  #everUp = false;
  #failures = 0;
  #closed = false;
  #cancelRetry: () => void = () => {};
  #cancelWake: () => void = () => {};
  #wakeAtUs: Micros = Number.POSITIVE_INFINITY;

  constructor(broker: BrokerAddress, settings: LinkSettings) {
    this.#broker = broker;
    this.#settings = settings;
  }

  get brokerId(): number {
    return this.#broker.id;
  }

  get up(): boolean {
    return this.#connection !== null;
  }

  /** Nobody's batches go this way, and none is under way. */
  get idle(): boolean {
    return this.#queues.length === 0 && this.#requests.length === 0;
  }

  /** Connects for the first time; later it does so by itself. Rejects with what the cluster says. */
  async open(): Promise<void> {
    await this.#connect();
    this.start();
  }

  /** Connects by itself from now on. */
  start(): void {
    this.#started = true;
    this.#reconnect(0);
  }

  /** The broker as the newest metadata has it; elsewhere than before, it is connected anew. */
  move(broker: BrokerAddress): void {
    const { host, port } = this.#broker;
    this.#broker = broker;
    if (host !== broker.host || port !== broker.port) this.#end('moved');
  }

  add(queue: PartitionQueue): void {
    this.#queues.push(queue);
    this.#reconnect(0);
  }

  remove(queue: PartitionQueue): void {
    this.#queues.splice(this.#queues.indexOf(queue), 1);
  }

  /** Sends what may be sent. */
  pump(): void {
    if (this.#pumping || this.#retiring) return;
    this.#pumping = true;
    const nowUs = this.#settings.clock.nowUs();
    while (this.#connection !== null && this.#requests.length < this.#settings.maxInFlight) {
      const dueUs = Math.max(this.#throttledUntilUs, this.#dueUs(nowUs));
      if (dueUs > nowUs) {
        this.#wakeAt(dueUs, nowUs);
        break;
      }
      this.#send(this.#connection, nowUs);
    }
    this.#pumping = false;
  }

  /** Ends a connection that does not answer, and one whose login ends soon. */
  sweep(nowUs: Micros): void {
    const oldest = this.#requests[0];
    if (oldest !== undefined && nowUs - oldest.sentAtUs >= this.#settings.requestTimeoutUs)
      this.#end('request timeout');
    const replaceByUs = this.#connection?.replaceByUs ?? null;
    if (replaceByUs === null || nowUs < replaceByUs - RENEW_AHEAD_US) return;
    this.#retiring = true;
    this.#retire();
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    this.#end('closed');
  }

  /** When the first of the queues has something; now as soon as one has. */
  #dueUs(nowUs: Micros): Micros {
    let dueUs = Number.POSITIVE_INFINITY;
    for (const queue of this.#queues) {
      dueUs = Math.min(dueUs, queue.dueUs());
      if (dueUs <= nowUs) break;
    }
    return dueUs;
  }

  #send(connection: KafkaConnection, nowUs: Micros): void {
    const { head, crc, aheadUs, acks } = this.#settings;
    const queues: PartitionQueue[] = [];
    const batches: ProduceBatch[] = [];
    const pieces: Uint8Array[] = [new Uint8Array(0)];
    let bytes = 0;
    const count = this.#queues.length;
    let seen = 0;
    for (; seen < count && bytes < REQUEST_BYTES; seen++) {
      const queue = this.#queues[(this.#first + seen) % count] as PartitionQueue;
      const batch = queue.take(nowUs, aheadUs);
      if (batch === null) continue;
      const piece = batch.piece(queue.partition, crc);
      queues.push(queue);
      batches.push(batch);
      pieces.push(piece);
      bytes += piece.length;
    }
    this.#first = (this.#first + seen) % count;
    const correlationId = this.#correlationId++ & 0x7fffffff;
    pieces[0] = head.write(correlationId, batches.length, bytes);
    const request = { correlationId, queues, batches, sentAtUs: nowUs };
    this.#requests.push(request);
    connection.write(pieces, acks === 0 ? () => this.#written(request) : undefined);
  }

  /** With acks: 0: the system has taken it. */
  #written(request: Request): void {
    const place = this.#requests.indexOf(request);
    if (place < 0) return;
    this.#requests.splice(place, 1);
    for (const [i, queue] of request.queues.entries()) queue.written(request.batches[i] as ProduceBatch);
    this.#retire();
    this.pump();
  }

  #answered(frame: Uint8Array): void {
    const request = this.#requests[0];
    const answer = parsed(frame);
    if (request === undefined || answer?.correlationId !== request.correlationId) {
      this.#end('an answer to something else');
      return;
    }
    this.#requests.shift();
    const nowUs = this.#settings.clock.nowUs();
    if (answer.throttleMs > 0) {
      this.#settings.notices.add('throttled', this.#name);
      this.#throttledUntilUs = nowUs + answer.throttleMs * 1000;
    }
    for (const [i, queue] of request.queues.entries()) {
      const batch = request.batches[i] as ProduceBatch;
      // In the order of the request, as a rule.
      const inOrder = answer.partitions[i];
      const mine =
        inOrder?.partition === queue.partition
          ? inOrder
          : answer.partitions.find(({ partition }) => partition === queue.partition);
      queue.answered(batch, mine?.errorCode ?? ErrorCode.unknownServerError, nowUs);
    }
    this.#retire();
    this.pump();
  }

  /** Ends the connection, if there is one; what is in flight on it is lost. */
  #end(reason: string): void {
    const connection = this.#connection;
    this.#generation++;
    this.#connection = null;
    this.#retiring = false;
    connection?.destroy();
    if (connection !== null) this.#lose(reason);
  }

  #lose(reason: string): void {
    const { clock, notices, changed } = this.#settings;
    const requests = this.#requests;
    this.#requests = [];
    this.#cancelWake();
    this.#wakeAtUs = Number.POSITIVE_INFINITY;
    const nowUs = clock.nowUs();
    if (!this.#closed) notices.add('disconnected', `${this.#name}: ${reason}`);
    for (const { queues, batches } of requests) {
      const why = this.#closed ? 'closed' : 'connection lost';
      for (const [i, queue] of queues.entries()) queue.lost(batches[i] as ProduceBatch, why, true, nowUs);
    }
    changed(this);
    this.#reconnect(0);
  }

  /** Replaces a connection whose login ends, once nothing is in flight on it. */
  #retire(): void {
    if (!this.#retiring || this.#requests.length > 0) return;
    this.#retiring = false;
    const connection = this.#connection;
    this.#generation++;
    this.#connection = null;
    connection?.destroy();
    this.#settings.changed(this);
    this.#reconnect(0);
  }

  #reconnect(afterMs: number): void {
    if (this.#closed || !this.#started || this.#connection !== null || this.#connecting) return;
    this.#cancelRetry();
    this.#cancelRetry = this.#settings.clock.after(afterMs, () => {
      if (this.#closed || this.#connection !== null || this.#connecting || this.#queues.length === 0) return;
      this.#connect().catch(() => {
        const pauseMs = retryPauseMs(this.#failures++, this.#settings.random());
        this.#settings.changed(this);
        this.#reconnect(pauseMs);
      });
    });
  }

  async #connect(): Promise<void> {
    const { cluster, changed, notices } = this.#settings;
    const generation = ++this.#generation;
    const current = (): boolean => generation === this.#generation;
    this.#connecting = true;
    try {
      const connection = await cluster.connect(this.#broker, {
        answered: (frame) => {
          if (current()) this.#answered(frame);
        },
        closed: (reason) => {
          if (current()) this.#end(reason);
        },
      });
      if (this.#closed || !current()) {
        connection.destroy();
        throw new IotloadError('target-unreachable', 'the connection was lost at once', { value: this.#name });
      }
      this.#connection = connection;
    } finally {
      this.#connecting = false;
    }
    if (this.#everUp) notices.add('reconnected', this.#name);
    this.#everUp = true;
    this.#failures = 0;
    changed(this);
    this.pump();
  }

  #wakeAt(dueUs: Micros, nowUs: Micros): void {
    if (dueUs === Number.POSITIVE_INFINITY || (this.#wakeAtUs <= dueUs && this.#wakeAtUs > nowUs)) return;
    this.#cancelWake();
    this.#wakeAtUs = dueUs;
    this.#cancelWake = this.#settings.clock.after((dueUs - nowUs) / 1000, () => {
      this.#wakeAtUs = Number.POSITIVE_INFINITY;
      this.pump();
    });
  }

  get #name(): string {
    return `${this.#broker.host}:${this.#broker.port}`;
  }
}

function parsed(frame: Uint8Array): ProduceResponse | null {
  try {
    return readProduceResponse(frame);
  } catch {
    return null;
  }
}
