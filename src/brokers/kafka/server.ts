import { type AddressInfo, createServer } from 'node:net';
import type { Crc32c } from '../../wire/kafka/crc32c.ts';
import { BlockStore } from '../block-store.ts';
import type { LogServer, LogServerOptions } from '../log-server.ts';
import { Stalls } from '../stalls.ts';
import { Connection } from './connection.ts';
import type { KafkaFaultPlan } from './faults/fault-plan.ts';
import { ProduceFaults } from './faults/produce-faults.ts';
import type { BrokerState } from './request.ts';
import { Topics } from './topics.ts';

const HOST = '127.0.0.1';
/** Of topics that nobody said a number for. */
const DEFAULT_PARTITIONS = 6;
const FIRST_PRODUCER_ID = 1000n;

export interface KafkaServerOptions<Kept = null> extends LogServerOptions<Kept> {
  crc32c: Crc32c;
}

/** A Kafka broker of one node: a log, and no product. */
export type KafkaServer<Kept = null> = LogServer<ProduceFaults<Kept>, KafkaFaultPlan>;

/** Rejects with Node's error where nobody can listen there. */
export async function startKafkaServer<Kept = null>(options: KafkaServerOptions<Kept>): Promise<KafkaServer<Kept>> {
  const { clock, crc32c, harmful } = options;
  const store = new BlockStore(options.bounds);
  const topics = new Topics(store);
  const connections = new Set<Connection>();
  const keep = harmful?.keep ?? (() => null as Kept);
  const remembers = harmful?.keep !== undefined;
  const faults = harmful === undefined ? null : new ProduceFaults({ plan: {}, clock, crc32c, keep, remembers });
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
    faults,
    stalled: false,
  };
  const stalls = new Stalls(clock, (on) => {
    state.stalled = on;
    for (const connection of connections) connection.stallChanged();
  });
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = new Connection(socket, state);
    connections.add(connection);
    connection.whenEnded(() => connections.delete(connection));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: options.port, host: HOST, backlog: 4096 }, resolve);
  });
  return {
    port: state.port(),
    faults,
    stalls: stalls.log,
    get residentBytes() {
      return store.residentBytes;
    },
    setFaults(plan) {
      // What was held back suffers what it would have suffered before.
      stalls.set(undefined);
      faults?.setPlan(plan);
      stalls.set(faults === null ? undefined : plan.stall);
    },
    close() {
      stalls.stop();
      faults?.close();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const connection of connections) connection.destroy();
      for (const { name } of [...topics.all()]) topics.delete(name);
      return closed;
    },
  };
}
