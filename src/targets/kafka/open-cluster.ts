import type { Clock } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import { ErrorCode, kafkaError } from '../../wire/kafka/error-codes.ts';
import type { SocketFailure } from '../socket-failure.ts';
import { loadTlsMaterial } from '../tls-material.ts';
import { BrokerConnection } from './broker-connection.ts';
import { openSocket, type SocketSettings } from './broker-socket.ts';
import type {
  BrokerAddress,
  ClusterMetadata,
  ConnectionEvents,
  KafkaCluster,
  KafkaConnection,
  PartitionState,
  ProducerIdentity,
} from './cluster.ts';
import { answerError, brokerError, NO_ID } from './cluster-error.ts';
import { parseEndpoint } from './endpoint.ts';
import { type CallFailure, KafkaJsCalls } from './kafkajs-calls.ts';
import { type ApiName, loadKafkaJs } from './kafkajs-internals.ts';
import { type LoggedIn, type Login, type LoginSettings, logIn } from './kafkajs-login.ts';
import type { KafkaOptions } from './options.ts';

/** What opening a cluster needs besides its options. */
export interface ClusterContext {
  clock: Clock;
  runId: string;
  /** What this process calls itself in the brokers' logs. */
  clientId: string;
  random(): number;
  /** Replaces `${NAME}` references to secrets by their values. */
  reveal(text: string): string;
}

/** What creating topics and looking into them takes, besides producing and reading. */
export interface TopicAdmin {
  /** Asks for a topic; resolves with Kafka's error code, 0 where it is being created, and what the broker says about it. */
  createTopic(topic: NewTopic): Promise<{ code: number; said: string; broker: BrokerAddress }>;
  /** Settings of a topic by name; null where we may not look. */
  topicSettings(topic: string, names: readonly string[]): Promise<ReadonlyMap<string, string> | null>;
}

export interface NewTopic {
  topic: string;
  partitions: number;
  /** −1: as the brokers are set. */
  replication: number;
  config: Readonly<Record<string, string>>;
}

/** Longest time until a connection is up and logged in, and until a request has its answer. */
const TIMEOUT_MS = 10_000;
/** What plain sockets read into: several would read less at once, and one at a time reads. */
const READ_BYTES = 256 * 1024;
/** Pause before a producer's identity is asked for again, while the brokers cannot give one yet. */
const AGAIN_MS = 200;
/** As DescribeConfigs counts kinds of things. */
const TOPIC_RESOURCE = 2;

/**
 * Connects to one broker of the endpoint, whichever answers first in turn.
 * @throws IotloadError `target-unreachable` or `target-refused` that names the brokers and a remedy; `bad-scenario` for the endpoint;
 * `file-unreadable` for certificates
 */
export async function openCluster(options: KafkaOptions, context: ClusterContext): Promise<KafkaCluster & TopicAdmin> {
  const kafkajs = loadKafkaJs();
  const { auth, tls } = options;
  const { clock, clientId, reveal } = context;
  const sockets: SocketSettings = {
    clock,
    tls: tls === null ? null : { context: (await loadTlsMaterial(tls)).shared, alpn: tls.alpn },
    timeoutMs: TIMEOUT_MS,
    readBuffer: new Uint8Array(READ_BYTES),
  };
  const login = auth === null ? null : revealed(auth, reveal);
  const cluster = new Cluster(
    options.endpoint,
    { sockets, kafkajs, clock, clientId, login, timeoutMs: TIMEOUT_MS },
    context,
  );
  await cluster.open();
  return cluster;
}

function revealed(auth: NonNullable<KafkaOptions['auth']>, reveal: (text: string) => string): Login {
  if (auth.kind === 'oauthbearer') return { kind: auth.kind, token: reveal(auth.token) };
  return { kind: auth.kind, username: reveal(auth.username), password: reveal(auth.password) };
}

/** Metadata as KafkaJS decodes it, from version 1 on. */
interface MetadataAnswer {
  brokers: { nodeId: number; host: string; port: number }[];
  controllerId?: number;
  topicMetadata: {
    topicErrorCode: number;
    topic: string;
    partitionMetadata: { partitionId: number; leader: number; replicas: number[]; isr: number[] }[];
  }[];
}

class Cluster implements KafkaCluster, TopicAdmin {
  readonly #endpoint: string;
  readonly #settings: LoginSettings & { sockets: SocketSettings };
  readonly #context: ClusterContext;
  /** Brokers to ask, those of the endpoint first. */
  readonly #seeds: BrokerAddress[];
  #known: readonly BrokerAddress[] = [];
  #control: Promise<KafkaJsCalls> | null = null;
  #closed = false;

  constructor(endpoint: string, settings: LoginSettings & { sockets: SocketSettings }, context: ClusterContext) {
    this.#endpoint = endpoint;
    this.#settings = settings;
    this.#context = context;
    const hosts = parseEndpoint(endpoint).map((host) => ({ id: NO_ID, ...host }));
    // Many processes with one endpoint spread over its brokers.
    const first = Math.floor(context.random() * hosts.length);
    this.#seeds = [...hosts.slice(first), ...hosts.slice(0, first)];
  }

  async open(): Promise<void> {
    await this.#calls();
  }

  async metadata(topics: readonly string[]): Promise<ClusterMetadata> {
    const { broker, answer } = await this.#metadata(topics);
    const found = new Map<string, readonly PartitionState[]>();
    for (const { topicErrorCode: code, topic, partitionMetadata } of answer.topicMetadata) {
      if (code === ErrorCode.none) found.set(topic, partitionMetadata.map(partitionState).sort(byPartition));
      else if (kafkaError(code).class !== 'retry') throw answerError(broker, code, `tell us of topic ${topic}`);
    }
    return { brokers: this.#known, topics: found };
  }

  async connect(broker: BrokerAddress, events: ConnectionEvents): Promise<KafkaConnection> {
    if (this.#closed) throw brokerError(broker, closedFailure, this.#endpoint);
    const { connection } = await this.#connect(broker, events);
    return connection;
  }

  async producerIdentity(): Promise<ProducerIdentity> {
    const { clock } = this.#context;
    const untilUs = clock.nowUs() + TIMEOUT_MS * 1000;
    for (;;) {
      const { broker, answer } = await this.#ask('InitProducerId', {
        transactionalId: null,
        transactionTimeout: 60_000,
      });
      const { errorCode, producerId, producerEpoch } = answer as {
        errorCode: number;
        producerId: string;
        producerEpoch: number;
      };
      if (errorCode === ErrorCode.none) return { id: BigInt(producerId), epoch: producerEpoch };
      if (kafkaError(errorCode).class !== 'retry' || clock.nowUs() > untilUs) {
        const where = 'target.idempotent';
        throw answerError(broker, errorCode, 'give an identity to an idempotent producer', { where });
      }
      await new Promise<void>((resolve) => void clock.after(AGAIN_MS, resolve));
    }
  }

  async createTopic({ topic, partitions, replication, config }: NewTopic): ReturnType<TopicAdmin['createTopic']> {
    const { answer } = await this.#metadata([topic]);
    const request = {
      topic,
      numPartitions: partitions,
      replicationFactor: replication,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    };
    const payload = { topics: [request], validateOnly: false, timeout: TIMEOUT_MS };
    const told = await this.#askController(answer.controllerId, payload);
    const [error] = (told.answer as { topicErrors: { errorCode: number; errorMessage?: string | null }[] }).topicErrors;
    return {
      code: error?.errorCode ?? ErrorCode.unknownServerError,
      said: error?.errorMessage ?? '',
      broker: told.broker,
    };
  }

  async topicSettings(topic: string, names: readonly string[]): Promise<ReadonlyMap<string, string> | null> {
    const resources = [{ type: TOPIC_RESOURCE, name: topic, configNames: [...names] }];
    const { answer } = await this.#ask('DescribeConfigs', { resources, includeSynonyms: false });
    const [resource] = (answer as ConfigAnswer).resources;
    if (resource === undefined || resource.errorCode !== ErrorCode.none) return null;
    return new Map(resource.configEntries.map(({ configName, configValue }) => [configName, configValue ?? '']));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const control = this.#control;
    this.#control = null;
    (await control?.catch(() => null))?.close();
  }

  async #metadata(topics: readonly string[]): Promise<{ broker: BrokerAddress; answer: MetadataAnswer }> {
    const told = await this.#ask('Metadata', { topics: [...topics], allowAutoTopicCreation: false });
    const answer = told.answer as MetadataAnswer;
    const brokers = answer.brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port }));
    if (brokers.length > 0) this.#known = brokers;
    return { broker: told.broker, answer };
  }

  /** Asks the broker that we are connected to; where it has gone meanwhile, another one, once. */
  async #ask(api: ApiName, payload: object): Promise<{ broker: BrokerAddress; answer: unknown }> {
    for (let attempt = 0; ; attempt++) {
      const calls = await this.#calls();
      const broker = calls.connection?.broker ?? unknownBroker;
      try {
        return { broker, answer: await calls.ask(api, payload) };
      } catch (failure) {
        if (calls.open || attempt > 0 || this.#closed) throw this.#told(broker, failure as CallFailure);
      }
    }
  }

  /** With ZooKeeper, only the controller creates topics; with KRaft, whoever is called so hands the request on. */
  async #askController(id: number | undefined, payload: object): Promise<{ broker: BrokerAddress; answer: unknown }> {
    const calls = await this.#calls();
    const controller = this.#known.find((broker) => broker.id === id);
    const { host, port } = calls.connection?.broker ?? unknownBroker;
    if (controller === undefined || (controller.host === host && controller.port === port))
      return this.#ask('CreateTopics', payload);
    const own = await this.#openCalls(controller);
    try {
      return { broker: controller, answer: await own.ask('CreateTopics', payload) };
    } catch (failure) {
      throw this.#told(controller, failure as CallFailure);
    } finally {
      own.close();
    }
  }

  /** What we ask on: the connection that there is, or the first that can be had. */
  async #calls(): Promise<KafkaJsCalls> {
    for (;;) {
      if (this.#closed) throw brokerError(this.#seeds[0] as BrokerAddress, closedFailure, this.#endpoint);
      this.#control ??= this.#openAny();
      const control = this.#control;
      const forget = (): void => {
        if (this.#control === control) this.#control = null;
      };
      const calls = await control.catch((error: unknown) => {
        forget();
        throw error;
      });
      const replaceByUs = calls.connection?.replaceByUs ?? Number.POSITIVE_INFINITY;
      if (calls.open && this.#context.clock.nowUs() < replaceByUs) return calls;
      calls.close();
      forget();
    }
  }

  async #openAny(): Promise<KafkaJsCalls> {
    const errors: IotloadError[] = [];
    const tried = new Set<string>();
    for (const broker of [...this.#known, ...this.#seeds]) {
      const text = `${broker.host}:${broker.port}`;
      if (tried.has(text)) continue;
      tried.add(text);
      try {
        return await this.#openCalls(broker);
      } catch (error) {
        if (!(error instanceof IotloadError)) throw error;
        // The others would refuse us as well.
        if (error.code === 'target-refused') throw error;
        errors.push(error);
      }
    }
    const [first] = errors as [IotloadError, ...IotloadError[]];
    if (errors.length === 1) throw first;
    throw new IotloadError(first.code, errors.map(({ message }) => message).join('; '), {
      where: 'target.endpoint',
      value: this.#endpoint,
      ...(first.hint === undefined ? {} : { hint: first.hint }),
      cause: first,
    });
  }

  async #openCalls(broker: BrokerAddress): Promise<KafkaJsCalls> {
    let calls: KafkaJsCalls | null = null;
    const events: ConnectionEvents = {
      answered: (frame) => calls?.answered(frame),
      closed: (reason) => calls?.closed(reason),
    };
    const { connection, versions } = await this.#connect(broker, events);
    calls = new KafkaJsCalls({ ...this.#settings, versions });
    calls.connection = connection;
    return calls;
  }

  async #connect(
    broker: BrokerAddress,
    events: ConnectionEvents,
  ): Promise<{ connection: KafkaConnection; versions: object }> {
    const { sockets } = this.#settings;
    try {
      const opened = await openSocket(sockets, broker);
      const { versions, replaceByUs }: LoggedIn = await logIn(this.#settings, opened, broker);
      return { connection: new BrokerConnection(broker, opened, replaceByUs, events), versions };
    } catch (failure) {
      throw this.#told(broker, failure as SocketFailure);
    }
  }

  #told(broker: BrokerAddress, failure: SocketFailure): unknown {
    return failure instanceof Error ? failure : brokerError(broker, failure, this.#endpoint);
  }
}

interface ConfigAnswer {
  resources: { errorCode: number; configEntries: { configName: string; configValue: string | null }[] }[];
}

const unknownBroker: BrokerAddress = { id: NO_ID, host: '', port: 0 };
const closedFailure: SocketFailure = { code: 'target-unreachable', reason: 'the target has been closed' };

function partitionState(of: MetadataAnswer['topicMetadata'][number]['partitionMetadata'][number]): PartitionState {
  const { partitionId: partition, leader, replicas, isr } = of;
  return { partition, leader, replicas: replicas.length, inSync: isr.length };
}

function byPartition(a: PartitionState, b: PartitionState): number {
  return a.partition - b.partition;
}
