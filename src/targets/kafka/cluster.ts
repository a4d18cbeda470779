import type { Micros } from '../../core/clock.ts';

/** A broker as the cluster's metadata names it. */
export interface BrokerAddress {
  id: number;
  host: string;
  port: number;
}

/** A partition as the cluster's metadata has it. */
export interface PartitionState {
  partition: number;
  /** Id of the broker that leads it; -1 while there is none. */
  leader: number;
  replicas: number;
  inSync: number;
}

/** What is known of the topics that were asked for; a topic that does not exist is absent. */
export interface ClusterMetadata {
  brokers: readonly BrokerAddress[];
  topics: ReadonlyMap<string, readonly PartitionState[]>;
}

/** What a connection tells its owner. */
export interface ConnectionEvents {
  /**
   * The answer to the oldest request that is still unanswered: Kafka answers in the order of requests. Begins behind the frame's length,
   * with the correlation id; valid only during the call.
   */
  answered(frame: Uint8Array): void;
  /** Nothing more will come. `reason` is a short stable word. Told once, and not after `destroy`. */
  closed(reason: string): void;
}

/**
 * A connection to one broker that is up and authenticated. Its frames are ours: nothing is queued, timed or parsed by anybody else.
 */
export interface KafkaConnection {
  readonly broker: BrokerAddress;
  /** Monotonic time by which it has to be replaced, because the broker ends its login then; null where it does not. */
  readonly replaceByUs: Micros | null;
  /** Bytes handed over that the system has not taken yet. */
  readonly unsentBytes: number;
  /**
   * Sends one frame, whole, its length included, in as many pieces as it lies in. The pieces must not change before the answer has come or the
   * connection is closed, or, for a request that is not answered, before `sent` is called.
   */
  write(pieces: readonly Uint8Array[], sent?: () => void): void;
  /** Closes it at once; idempotent. */
  destroy(): void;
}

/** A producer's identity for idempotence. */
export interface ProducerIdentity {
  id: bigint;
  epoch: number;
}

/** Everything that a sink or source asks of a cluster besides its own frames. Every method rejects with an IotloadError that names broker, topic and remedy. */
export interface KafkaCluster {
  /** Asks any broker; never from memory. */
  metadata(topics: readonly string[]): Promise<ClusterMetadata>;
  connect(broker: BrokerAddress, events: ConnectionEvents): Promise<KafkaConnection>;
  /** A fresh identity each time. */
  producerIdentity(): Promise<ProducerIdentity>;
  /** Releases everything that it opened itself; connections that were handed out are their owners'. Idempotent. */
  close(): Promise<void>;
}
