import type { Clock, Micros } from '../../core/clock.ts';
import type { Crc32c } from '../../wire/kafka/crc32c.ts';
import type { ProtocolReader } from '../../wire/kafka/protocol-reader.ts';
import type { BlockStore } from '../block-store.ts';
import type { ProduceFaults } from './faults/produce-faults.ts';
import type { Topics } from './topics.ts';

/** One request as it came; `reader` stands behind its header and is valid until the request is answered. */
export interface Request {
  apiKey: number;
  version: number;
  correlationId: number;
  clientId: string | null;
  reader: ProtocolReader;
  /** The frame without its length, to which positions of `reader` refer. */
  bytes: Uint8Array;
}

/** The body of an answer in as many pieces as it lies in. */
export interface Answer {
  pieces: readonly Uint8Array[];
  /** Called when the pieces have been sent, or never will be. */
  sent?: () => void;
  /** It goes no earlier, nor does what follows it. */
  holdUntilUs?: Micros;
  /** Called when it goes. */
  leaves?: (atUs: Micros) => void;
}

/** What a request leads to: null for no answer, `hang-up` for the end of its connection once everything before has been answered. */
export type Reply = Answer | null | 'hang-up';

/** What all requests share. */
export interface BrokerState {
  readonly clock: Clock;
  readonly crc32c: Crc32c;
  readonly store: BlockStore;
  readonly topics: Topics;
  /** Where clients are told to connect. */
  readonly host: string;
  port(): number;
  /** Of topics that nobody said a number for. */
  readonly defaultPartitions: number;
  /** A producer's id that nobody has yet. */
  nextProducerId(): bigint;
  /** Harm that is done on purpose; null where there will never be any. */
  readonly faults: ProduceFaults | null;
  /** Nothing passes at present. */
  stalled: boolean;
}

/** Told by a connection that it is over. */
export interface Ending {
  readonly ended: boolean;
  /** Calls `task` when it ends; returns what forgets that. */
  whenEnded(task: () => void): () => void;
}

/** One of Kafka's APIs: a file in `api/`, a line in its registry. */
export interface Api {
  readonly key: number;
  readonly name: string;
  /** Least and greatest version. */
  readonly versions: readonly [number, number];
  /** @throws IotloadError `target-refused` where the request is malformed, which ends its connection */
  handle(request: Request, broker: BrokerState, connection: Ending): Reply | Promise<Reply>;
}

/** The only broker. */
export const NODE_ID = 1;
export const CLUSTER_ID = 'iotload-embedded-cluster';
