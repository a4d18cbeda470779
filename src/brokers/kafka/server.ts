import { type AddressInfo, createServer } from 'node:net';
import type { Clock, Micros } from '../../core/clock.ts';
import type { Crc32c } from '../../wire/kafka/crc32c.ts';
import { BlockStore, type MemoryBounds } from '../block-store.ts';
import { repeatStall } from '../stalls.ts';
import { Connection } from './connection.ts';
import type { KafkaFaultPlan } from './faults/fault-plan.ts';
import { ProduceFaults } from './faults/produce-faults.ts';
import type { BrokerState } from './request.ts';
import { Topics } from './topics.ts';

const HOST = '127.0.0.1';
/** Of topics that nobody said a number for. */
const DEFAULT_PARTITIONS = 6;
const FIRST_PRODUCER_ID = 1000n;

export interface KafkaServerOptions<Kept = null> {
  /** On 127.0.0.1; 0: a free one. */
  port: number;
  clock: Clock;
  crc32c: Crc32c;
  bounds?: MemoryBounds;
  /** It is to do harm some time. `keep`: what is remembered of the value of an event that was harmed; without, nothing of what was done is. */
  harmful?: { keep?: (value: Buffer) => Kept };
}

/** A Kafka broker of one node: a log, and no product. */
export interface KafkaServer<Kept = null> {
  readonly port: number;
  /** What was done on purpose; null where there will never be any. */
  readonly faults: ProduceFaults<Kept> | null;
  /** Stalls that have begun; `toUs` is null while one lasts. */
  readonly stalls: readonly { fromUs: Micros; toUs: Micros | null }[];
  /** Bytes of records in memory. */
  readonly residentBytes: number;
  /** From now on these faults instead; a stall under way ends. */
  setFaults(plan: KafkaFaultPlan): void;
  /** Ends every connection and gives everything back that is stored. */
  close(): Promise<void>;
}

/** Rejects with Node's error where nobody can listen there. */
export async function startKafkaServer<Kept = null>(options: KafkaServerOptions<Kept>): Promise<KafkaServer<Kept>> {
  const { clock, crc32c, harmful } = options;
  const store = new BlockStore(options.bounds);
  const topics = new Topics(store);
  const connections = new Set<Connection>();
  const stalls: { fromUs: Micros; toUs: Micros | null }[] = [];
  const keep = harmful?.keep ?? (() => null as Kept);
  const remembers = harmful?.keep !== undefined;
  const faults = harmful === undefined ? null : new ProduceFaults({ plan: {}, clock, crc32c, keep, remembers });
  let producerId = FIRST_PRODUCER_ID;
  let cancelStall = (): void => {};
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
  const stall = (on: boolean): void => {
    if (state.stalled === on) return;
    state.stalled = on;
    if (on) stalls.push({ fromUs: clock.nowUs(), toUs: null });
    else Object.assign(stalls[stalls.length - 1] as object, { toUs: clock.nowUs() });
    for (const connection of connections) connection.stallChanged();
  };
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
    stalls,
    get residentBytes() {
      return store.residentBytes;
    },
    setFaults(plan) {
      cancelStall();
      stall(false);
      faults?.setPlan(plan);
      if (plan.stall !== undefined && faults !== null) cancelStall = repeatStall(clock, plan.stall, stall);
    },
    close() {
      cancelStall();
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
