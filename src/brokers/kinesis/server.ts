import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { BlockStore, type MemoryBounds } from '../block-store.ts';
import type { BrokerState } from './broker-state.ts';
import { answer } from './exchange.ts';
import { Streams } from './streams.ts';

const HOST = '127.0.0.1';
/** How long the status of a stream that changes lasts. */
const TRANSITION_MS = 20;

export interface KinesisServerOptions {
  /** On 127.0.0.1; 0: a free one. */
  port: number;
  clock: Clock;
  /** false: shards take and give whatever comes. Default true. */
  limits?: boolean;
  /** Of its ARNs; default us-east-1. */
  region?: string;
  bounds?: MemoryBounds;
  /** How long a stream is CREATING, UPDATING and DELETING, ms; default 20. */
  transitionMs?: number;
}

/** A Kinesis of one account in memory: an endpoint, and no product. */
export interface KinesisServer {
  readonly port: number;
  /** Bytes of records in memory. */
  readonly residentBytes: number;
  /** Ends every connection and gives everything back that is stored. */
  close(): Promise<void>;
}

/** Rejects with Node's error where nobody can listen there. */
export async function startKinesisServer(options: KinesisServerOptions): Promise<KinesisServer> {
  const { clock } = options;
  const store = new BlockStore(options.bounds);
  const streams = new Streams(clock, store, options.transitionMs ?? TRANSITION_MS);
  const state: BrokerState = {
    clock,
    store,
    streams,
    region: options.region ?? 'us-east-1',
    limited: options.limits ?? true,
  };
  const server = createServer({ keepAlive: true, noDelay: true }, (request, response) => {
    void answer(state, request, response);
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: options.port, host: HOST, backlog: 4096 }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    get residentBytes() {
      return store.residentBytes;
    },
    close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      streams.close();
      return closed;
    },
  };
}
