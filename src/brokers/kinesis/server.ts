import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock, Micros } from '../../core/clock.ts';
import { BlockStore, type MemoryBounds } from '../block-store.ts';
import { repeatStall } from '../stalls.ts';
import type { BrokerState } from './broker-state.ts';
import { answer } from './exchange.ts';
import type { KinesisFaultPlan } from './faults/fault-plan.ts';
import { PutFaults } from './faults/put-faults.ts';
import { Gate } from './gate.ts';
import type { Credentials } from './signature.ts';
import { Streams } from './streams.ts';

const HOST = '127.0.0.1';
/** How long the status of a stream that changes lasts. */
const TRANSITION_MS = 20;

export interface KinesisServerOptions<Kept = null> {
  /** On 127.0.0.1; 0: a free one. */
  port: number;
  clock: Clock;
  /** false: shards take and give whatever comes. Default true. */
  limits?: boolean;
  /** Of its ARNs; default us-east-1. */
  region?: string;
  /** Who may call; default anyone. */
  credentials?: readonly Credentials[];
  bounds?: MemoryBounds;
  /** How long a stream is CREATING, UPDATING and DELETING, ms; default 20. */
  transitionMs?: number;
  /** It is to do harm some time. `keep`: what is remembered of the data of an event that was harmed; without, nothing of what was done is. */
  harmful?: { keep?: (value: Buffer) => Kept };
}

/** A Kinesis of one account in memory: an endpoint, and no product. */
export interface KinesisServer<Kept = null> {
  readonly port: number;
  /** What was done on purpose; null where there will never be any. */
  readonly faults: PutFaults<Kept> | null;
  /** Stalls that have begun; `toUs` is null while one lasts. */
  readonly stalls: readonly { fromUs: Micros; toUs: Micros | null }[];
  /** Bytes of records in memory. */
  readonly residentBytes: number;
  /** From now on these faults instead; a stall under way ends. */
  setFaults(plan: KinesisFaultPlan): void;
  /** Ends every connection and gives everything back that is stored. */
  close(): Promise<void>;
}

/** Rejects with Node's error where nobody can listen there. */
export async function startKinesisServer<Kept = null>(
  options: KinesisServerOptions<Kept>,
): Promise<KinesisServer<Kept>> {
  const { clock, harmful } = options;
  const store = new BlockStore(options.bounds);
  const streams = new Streams(clock, store, options.transitionMs ?? TRANSITION_MS);
  const keep = harmful?.keep ?? (() => null as Kept);
  const remembers = harmful?.keep !== undefined;
  const faults = harmful === undefined ? null : new PutFaults({ clock, keep, remembers });
  const gate = new Gate();
  const stalls: { fromUs: Micros; toUs: Micros | null }[] = [];
  let cancelStall = (): void => {};
  const state: BrokerState = {
    clock,
    store,
    streams,
    faults,
    gate,
    region: options.region ?? 'us-east-1',
    credentials: options.credentials ?? null,
    limited: options.limits ?? true,
  };
  const stall = (on: boolean): void => {
    if (gate.isShut === on) return;
    if (on) {
      stalls.push({ fromUs: clock.nowUs(), toUs: null });
      gate.shut();
    } else {
      Object.assign(stalls[stalls.length - 1] as object, { toUs: clock.nowUs() });
      gate.open();
    }
  };
  const server = createServer({ keepAlive: true, noDelay: true }, (request, response) => {
    void answer(state, request, response);
  });
  // A client that sends nothing for a while keeps its connection.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: options.port, host: HOST, backlog: 4096 }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
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
      server.closeAllConnections();
      gate.open();
      streams.close();
      return closed;
    },
  };
}
