import type { Clock } from '../../../src/core/clock.ts';
import { IotloadError } from '../../../src/core/errors.ts';
import type {
  BrokerAddress,
  ClusterMetadata,
  ConnectionEvents,
  KafkaCluster,
  KafkaConnection,
  ProducerIdentity,
} from '../../../src/targets/kafka/cluster.ts';
import { ErrorCode } from '../../../src/wire/kafka/error-codes.ts';
import { ProtocolReader } from '../../../src/wire/kafka/protocol-reader.ts';
import { ProtocolWriter } from '../../../src/wire/kafka/protocol-writer.ts';
import { ModelLog } from './model-log.ts';

/** What a broker does with a request, besides the rules. */
export interface Deed {
  /** Answered instead of storing, for every partition. */
  code?: number;
  /** Answered although it was stored. */
  codeAfter?: number;
  /** The connection ends: before anything is stored, after it, or the answer never comes. */
  ends?: 'cut-before' | 'cut-after' | 'mute';
  delayMs?: number;
  throttleMs?: number;
  /** These bytes are the answer. */
  frame?: Uint8Array;
}

/** A partition's batch within a Produce request. */
export interface ModelBatch {
  partition: number;
  bytes: Uint8Array;
}

export interface ModelRequest {
  broker: number;
  acks: number;
  batches: ModelBatch[];
}

/** Brokers without sockets, whose state a test sees and sets. Time and everything that happens in it come from a clock. */
export class ModelCluster implements KafkaCluster {
  readonly topic: string;
  readonly logs: ModelLog[];
  /** By partition: id of its leader, −1 for none. */
  readonly leaders: number[];
  readonly brokers: BrokerAddress[];
  readonly connections: ModelConnection[] = [];
  readonly requests: ModelRequest[] = [];
  /** Brokers that cannot be connected to. */
  readonly down = new Set<number>();
  /** What happens to a request; called when the broker has it. */
  onProduce: (request: ModelRequest) => Deed = () => ({});
  onIdentity: () => void = () => {};
  onMetadata: () => void = () => {};
  replaceByUs: number | null = null;
  identities = 0;
  lookups = 0;
  closed = 0;
  /** Largest number of requests of one connection that were unanswered at once. */
  mostInFlight = 0;
  readonly clock: Clock;

  constructor(clock: Clock, partitions: number, brokers = 1, topic = 'model') {
    this.clock = clock;
    this.topic = topic;
    this.logs = Array.from({ length: partitions }, () => new ModelLog());
    this.brokers = Array.from({ length: brokers }, (_, id) => ({ id, host: 'broker', port: 9000 + id }));
    this.leaders = Array.from({ length: partitions }, (_, partition) => partition % brokers);
  }

  /** Everything stored, over all partitions. */
  get values(): string[] {
    return this.logs.flatMap(({ records }) => records.map(({ value }) => value));
  }

  async metadata(topics: readonly string[]): Promise<ClusterMetadata> {
    await this.#turn();
    this.lookups++;
    this.onMetadata();
    const states = this.leaders.map((leader, partition) => ({ partition, leader, replicas: 1, inSync: 1 }));
    return {
      brokers: this.brokers.filter(({ id }) => !this.down.has(id)),
      topics: new Map(topics.includes(this.topic) && states.length > 0 ? [[this.topic, states]] : []),
    };
  }

  async connect(broker: BrokerAddress, events: ConnectionEvents): Promise<KafkaConnection> {
    await this.#turn();
    if (this.down.has(broker.id)) {
      throw new IotloadError('target-unreachable', `broker ${broker.id} is down`, { where: 'target.endpoint' });
    }
    const connection = new ModelConnection(this, broker, events);
    this.connections.push(connection);
    return connection;
  }

  async producerIdentity(): Promise<ProducerIdentity> {
    await this.#turn();
    this.onIdentity();
    return { id: BigInt(1000 + this.identities++), epoch: 0 };
  }

  async close(): Promise<void> {
    this.closed++;
  }

  /** Ends every connection to a broker, as when it is killed. */
  cut(broker: number): void {
    for (const connection of this.connections) if (connection.broker.id === broker) connection.end('reset');
  }

  /** What a broker stores of a request, by partition. */
  store(
    { broker, batches }: ModelRequest,
    { code, codeAfter }: Deed,
  ): { partition: number; code: number; offset: number }[] {
    return batches.map(({ partition, bytes }) => {
      if (this.leaders[partition] !== broker) return { partition, code: ErrorCode.notLeaderOrFollower, offset: -1 };
      if (code !== undefined && code !== 0) return { partition, code, offset: -1 };
      const stored = (this.logs[partition] as ModelLog).append(bytes);
      return stored.code === 0 && codeAfter !== undefined
        ? { partition, code: codeAfter, offset: -1 }
        : { partition, ...stored };
    });
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.clock.soon(resolve);
    });
  }
}

/** One connection: takes requests one after the other, as a broker does. */
export class ModelConnection implements KafkaConnection {
  readonly broker: BrokerAddress;
  readonly replaceByUs: number | null;
  readonly unsentBytes = 0;
  ended = false;
  readonly #cluster: ModelCluster;
  readonly #events: ConnectionEvents;
  #unanswered = 0;
  /** When the request before is done with. */
  #freeAtUs = 0;

  constructor(cluster: ModelCluster, broker: BrokerAddress, events: ConnectionEvents) {
    this.#cluster = cluster;
    this.broker = broker;
    this.#events = events;
    this.replaceByUs = cluster.replaceByUs;
  }

  write(pieces: readonly Uint8Array[], sent?: () => void): void {
    if (this.ended) throw new Error('written to a connection that has ended');
    const cluster = this.#cluster;
    const frame = Buffer.concat(pieces);
    const { correlationId, request } = parseProduce(frame, this.broker.id, cluster.topic);
    if ((request.acks === 0) !== (sent !== undefined)) throw new Error('acks and `sent` disagree');
    cluster.requests.push(request);
    this.#unanswered++;
    cluster.mostInFlight = Math.max(cluster.mostInFlight, this.#unanswered);
    const deed = cluster.onProduce(request);
    this.#at(deed.delayMs ?? 0, () => {
      if (!Buffer.concat(pieces).equals(frame)) throw new Error('pieces changed before the answer');
      if (deed.ends === 'cut-before') return this.end('reset');
      const stored = cluster.store(request, deed);
      if (deed.ends === 'cut-after') return this.end('reset');
      if (deed.ends === 'mute') return;
      this.#unanswered--;
      if (deed.frame !== undefined) this.#events.answered(deed.frame);
      else if (sent === undefined)
        this.#events.answered(produceAnswer(correlationId, cluster.topic, stored, deed.throttleMs ?? 0));
      else sent();
    });
  }

  destroy(): void {
    this.ended = true;
  }

  /** The other side ends it. */
  end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.#events.closed(reason);
  }

  /** Runs `task` `ms` after the task before, unless the connection has ended by then. */
  #at(ms: number, task: () => void): void {
    const { clock } = this.#cluster;
    this.#freeAtUs = Math.max(this.#freeAtUs, clock.nowUs()) + ms * 1000;
    const run = (): void => {
      if (!this.ended) task();
    };
    const waitMs = (this.#freeAtUs - clock.nowUs()) / 1000;
    if (waitMs <= 0) clock.soon(run);
    else clock.after(waitMs, run);
  }
}

/** A Produce request as the sink writes it, its length in front. Throws where it is not one. */
export function parseProduce(
  frame: Buffer,
  broker: number,
  topic: string,
): { correlationId: number; request: ModelRequest } {
  const reader = new ProtocolReader(frame);
  if (reader.int32() !== frame.length - 4) throw new Error('a frame of another length');
  if (reader.int16() !== 0 || reader.int16() !== 7) throw new Error('not Produce 7');
  const correlationId = reader.int32();
  reader.string();
  if (reader.nullableString() !== null) throw new Error('a transaction');
  const acks = reader.int16();
  reader.int32();
  const batches: ModelBatch[] = [];
  const named = reader.array((topics) => {
    const name = topics.string();
    topics.array((partitions) => batches.push({ partition: partitions.int32(), bytes: partitions.bytes().slice() }));
    return name;
  });
  if (reader.remaining !== 0 || `${named}` !== topic || batches.length === 0)
    throw new Error('not a request of this sink');
  return { correlationId, request: { broker, acks, batches } };
}

/** The answer to a Produce request. */
export function produceAnswer(
  correlationId: number,
  topic: string,
  stored: readonly { partition: number; code: number; offset: number }[],
  throttleMs: number,
): Uint8Array {
  return new ProtocolWriter()
    .int32(correlationId)
    .array([topic], (name, to) =>
      to
        .string(name)
        .array(stored, ({ partition, code, offset }, into) =>
          into.int32(partition).int16(code).int64(offset).int64(-1).int64(0),
        ),
    )
    .int32(throttleMs)
    .take();
}
