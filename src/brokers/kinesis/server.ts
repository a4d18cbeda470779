import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlockStore } from '../block-store.ts';
import type { LogServer, LogServerOptions } from '../log-server.ts';
import { Stalls } from '../stalls.ts';
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

export interface KinesisServerOptions<Kept = null> extends LogServerOptions<Kept> {
  /** false: shards take and give whatever comes. Default true. */
  limits?: boolean;
  /** Of its ARNs; default us-east-1. */
  region?: string;
  /** Who may call; default anyone. */
  credentials?: readonly Credentials[];
  /** How long a stream is CREATING, UPDATING and DELETING, ms; default 20. */
  transitionMs?: number;
}

/** A Kinesis of one account in memory: an endpoint, and no product. */
export type KinesisServer<Kept = null> = LogServer<PutFaults<Kept>, KinesisFaultPlan>;

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
  const stalls = new Stalls(clock, (on) => (on ? gate.shut() : gate.open()));
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
      server.closeAllConnections();
      gate.open();
      streams.close();
      return closed;
    },
  };
}
