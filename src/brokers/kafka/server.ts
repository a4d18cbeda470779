import { type AddressInfo, createServer } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import type { Crc32c } from '../../wire/kafka/crc32c.ts';
import { Connection } from './connection.ts';
import { BlockStore, type MemoryBounds } from './log/block-store.ts';
import type { BrokerState } from './request.ts';
import { Topics } from './topics.ts';

const HOST = '127.0.0.1';
/** Of topics that nobody said a number for. */
const DEFAULT_PARTITIONS = 6;
const FIRST_PRODUCER_ID = 1000n;

export interface KafkaServerOptions {
  /** On 127.0.0.1; 0: a free one. */
  port: number;
  clock: Clock;
  crc32c: Crc32c;
  bounds?: MemoryBounds;
}

/** A Kafka broker of one node: a log, and no product. */
export interface KafkaServer {
  readonly port: number;
  readonly topics: Topics;
  /** Ends every connection and gives everything back that is stored. */
  close(): Promise<void>;
}

/** Rejects with Node's error where nobody can listen there. */
export async function startKafkaServer({ port, clock, crc32c, bounds }: KafkaServerOptions): Promise<KafkaServer> {
  const store = new BlockStore(bounds);
  const topics = new Topics(store);
  const connections = new Set<Connection>();
  let producerId = FIRST_PRODUCER_ID;
  const state: BrokerState = {
    clock,
    crc32c,
    store,
    topics,
    host: HOST,
    port: () => (server.address() as AddressInfo).port,
    defaultPartitions: DEFAULT_PARTITIONS,
    nextProducerId: () => producerId++,
  };
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = new Connection(socket, state);
    connections.add(connection);
    connection.whenEnded(() => connections.delete(connection));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: HOST, backlog: 4096 }, resolve);
  });
  return {
    port: state.port(),
    topics,
    close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const connection of connections) connection.destroy();
      for (const { name } of [...topics.all()]) topics.delete(name);
      return closed;
    },
  };
}
