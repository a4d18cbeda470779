import type { Clock } from '../../../src/core/clock.ts';
import { IotloadError } from '../../../src/core/errors.ts';
import type {
  BrokerAddress,
  ClusterMetadata,
  ConnectionEvents,
  KafkaCluster,
  KafkaConnection,
} from '../../../src/targets/kafka/cluster.ts';
import { ProtocolReader } from '../../../src/wire/kafka/protocol-reader.ts';
import { ProtocolWriter } from '../../../src/wire/kafka/protocol-writer.ts';

/** One partition: batches as they lie in its log. */
export class FakeLog {
  batches: { baseOffset: number; lastOffset: number; bytes: Buffer }[] = [];
  leader = 1;
  start = 0;
  /** Where what all replicas have ends; null: as the log. */
  highWatermark: number | null = null;
  lastStable: number | null = null;
  aborted: { producerId: number; firstOffset: number }[] = [];
  /** Error codes of the next answers to Fetch, one each. */
  errors: number[] = [];
  /** Changes what is sent, not what is stored. */
  alter: (bytes: Buffer) => Buffer = (bytes) => bytes;

  get end(): number {
    return (this.batches.at(-1)?.lastOffset ?? this.start - 1) + 1;
  }

  /** Of its leader's term. */
  epoch = 0;

  append(bytes: Buffer): void {
    bytes.writeInt32BE(this.epoch, 12);
    const baseOffset = Number(bytes.readBigInt64BE(0));
    this.batches.push({ baseOffset, lastOffset: baseOffset + bytes.readInt32BE(23), bytes });
  }
}

interface Waiting {
  answer(): boolean;
}

/** A cluster in memory with one topic, whose brokers answer Fetch 11 and ListOffsets 2 and can be told to fail. */
export class FakeCluster implements KafkaCluster {
  readonly logs: FakeLog[] = [];
  brokers: BrokerAddress[] = [
    { id: 1, host: 'k1', port: 9092 },
    { id: 2, host: 'k2', port: 9092 },
  ];
  exists = true;
  /** Ids of brokers that take no connection. */
  readonly down = new Set<number>();
  readonly connections = new Set<FakeConnection>();
  /** Fetch requests so far. */
  fetches = 0;
  metadataAsked = 0;
  throttleMs = 0;
  closed = 0;
  /** Most bytes of one partition in an answer, whatever is asked for. */
  answerBytes = Number.POSITIVE_INFINITY;
  replaceByUs: number | null = null;
  readonly clock: Clock;

  constructor(clock: Clock, partitions: number) {
    this.clock = clock;
    for (let i = 0; i < partitions; i++) this.logs.push(new FakeLog());
  }

  async metadata(topics: readonly string[]): Promise<ClusterMetadata> {
    this.metadataAsked++;
    const states = this.logs.map(({ leader }, partition) => ({ partition, leader, replicas: 1, inSync: 1 }));
    return { brokers: this.brokers, topics: new Map(this.exists ? topics.map((topic) => [topic, states]) : []) };
  }

  async connect(broker: BrokerAddress, events: ConnectionEvents): Promise<KafkaConnection> {
    if (this.down.has(broker.id)) throw new IotloadError('target-unreachable', `broker ${broker.id} is down`);
    const connection = new FakeConnection(this, broker, events);
    this.connections.add(connection);
    return connection;
  }

  async producerIdentity(): Promise<never> {
    throw new Error('nobody asks for that');
  }

  async close(): Promise<void> {
    this.closed++;
  }

  /** Has those answered who wait for something new. */
  appended(): void {
    for (const { waiting } of this.connections) waiting?.answer();
  }

  /** Cuts all connections to a broker. */
  cut(id: number): void {
    for (const connection of [...this.connections]) if (connection.broker.id === id) connection.cut();
  }
}

class FakeConnection implements KafkaConnection {
  readonly broker: BrokerAddress;
  readonly unsentBytes = 0;
  readonly #cluster: FakeCluster;
  readonly #events: ConnectionEvents;
  waiting: Waiting | null = null;
  #open = true;

  constructor(cluster: FakeCluster, broker: BrokerAddress, events: ConnectionEvents) {
    this.#cluster = cluster;
    this.broker = broker;
    this.#events = events;
  }

  get replaceByUs(): number | null {
    return this.#cluster.replaceByUs;
  }

  write(pieces: readonly Uint8Array[]): void {
    const reader = new ProtocolReader(Buffer.concat(pieces));
    reader.int32();
    const [key, , correlationId] = [reader.int16(), reader.int16(), reader.int32()];
    reader.string();
    if (key === 23) this.#send(this.#epochs(reader, correlationId));
    else if (key === 2) this.#send(this.#listOffsets(reader, correlationId));
    else this.#fetch(reader, correlationId);
  }

  destroy(): void {
    this.#open = false;
    this.waiting = null;
    this.#cluster.connections.delete(this);
  }

  cut(): void {
    if (!this.#open) return;
    this.destroy();
    this.#events.closed('connection reset');
  }

  #send(frame: Uint8Array): void {
    this.#cluster.clock.soon(() => {
      if (this.#open) this.#events.answered(frame);
    });
  }

  #listOffsets(reader: ProtocolReader, correlationId: number): Uint8Array {
    const replica = reader.int32();
    reader.int8();
    const writer = new ProtocolWriter().int32(correlationId).int32(0);
    const topics = reader.array((topic) => ({
      name: topic.string(),
      partitions: topic.array((one) => ({ partition: one.int32(), which: one.int64() })),
    }));
    return writer
      .array(topics, ({ name, partitions }) => {
        writer.string(name).array(partitions, ({ partition, which }) => {
          const log = this.#cluster.logs[partition] as FakeLog;
          const error = log.leader === this.broker.id ? 0 : 6;
          const end = replica === -2 ? log.end : (log.highWatermark ?? log.end);
          writer
            .int32(partition)
            .int16(error)
            .int64(-1)
            .int64(which === -2n ? log.start : end);
        });
      })
      .take();
  }

  #epochs(reader: ProtocolReader, correlationId: number): Uint8Array {
    reader.int32();
    const topics = reader.array((topic) => ({
      name: topic.string(),
      partitions: topic.array((one) => ({ partition: one.int32(), current: one.int32(), epoch: one.int32() })),
    }));
    const writer = new ProtocolWriter().int32(correlationId).int32(0);
    return writer
      .array(topics, ({ name, partitions }) => {
        writer.string(name).array(partitions, ({ partition, epoch }) => {
          const { batches, end } = this.#cluster.logs[partition] as FakeLog;
          const next = batches.find(({ bytes }) => bytes.readInt32BE(12) > epoch);
          writer
            .int16(0)
            .int32(partition)
            .int32(epoch)
            .int64(next?.baseOffset ?? end);
        });
      })
      .take();
  }

  #fetch(reader: ProtocolReader, correlationId: number): void {
    this.#cluster.fetches++;
    reader.int32();
    const maxWaitMs = reader.int32();
    reader.skip(8);
    const committed = reader.int8() === 1;
    reader.skip(8);
    reader.int32();
    const topic = reader.string();
    const wanted = reader.array((one) => {
      const partition = one.int32();
      one.int32();
      const offset = one.safeInt64();
      one.skip(8);
      return { partition, offset, bytes: one.int32() };
    });
    const attempt = (late: boolean): boolean => {
      const answers = wanted.map(({ partition, offset, bytes }) => this.#answer(partition, offset, bytes, committed));
      if (!late && answers.every(({ error, records }) => error === 0 && records.length === 0)) return false;
      this.waiting = null;
      for (const { log, error } of answers) if (error !== 0 && log.errors.length > 0) log.errors.shift();
      const writer = new ProtocolWriter().int32(correlationId).int32(this.#cluster.throttleMs).int16(0).int32(0);
      writer.array([topic], (name) => {
        writer.string(name).array(answers, ({ partition, error, log, records }) => {
          const high = log.highWatermark ?? log.end;
          writer.int32(partition).int16(error).int64(high);
          writer.int64(log.lastStable ?? high).int64(log.start);
          writer.array(log.aborted, (one) => writer.int64(one.producerId).int64(one.firstOffset));
          writer.int32(-1).bytes(records);
        });
      });
      this.#send(writer.take());
      return true;
    };
    if (attempt(maxWaitMs === 0)) return;
    const cancel = this.#cluster.clock.after(maxWaitMs, () => attempt(true));
    this.waiting = {
      answer: () => {
        const done = this.#open && attempt(false);
        if (done) cancel();
        return done;
      },
    };
  }

  #answer(partition: number, offset: number, bytes: number, committed: boolean) {
    const log = this.#cluster.logs[partition] as FakeLog;
    const nothing = Buffer.alloc(0);
    const high = log.highWatermark ?? log.end;
    const limit = committed ? (log.lastStable ?? high) : high;
    let error = log.leader === this.broker.id ? (log.errors[0] ?? 0) : 6;
    if (error === 0 && (offset < log.start || offset > log.end)) error = 1;
    if (error !== 0) return { partition, log, error, records: nothing };
    const found: Buffer[] = [];
    let room = Math.min(bytes, this.#cluster.answerBytes);
    for (const { lastOffset, bytes: batch } of log.batches) {
      if (lastOffset < offset || lastOffset >= limit) continue;
      // The last one may be cut off, the first never.
      found.push(found.length === 0 ? batch : batch.subarray(0, room));
      room -= batch.length;
      if (room <= 0) break;
    }
    return { partition, log, error, records: log.alter(Buffer.concat(found)) };
  }
}
