import { createRequire } from 'node:module';
import { IotloadError } from '../../core/errors.ts';

/*
 * The parts of KafkaJS that this house uses, as far as it uses them. Not all of them are public; the package is pinned, and they are
 * looked at before anything relies on them. Nothing but the files kafkajs-*.ts knows of it.
 */

/** What a request's definition makes of its arguments. */
export interface Exchange {
  request: { apiKey: number; apiVersion: number; apiName: string; encode(): Promise<unknown> };
  response: { decode(bytes: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<unknown> };
}

/** One kind of request in all versions that KafkaJS knows. */
interface Definition {
  versions: string[];
  protocol(of: { version: number }): (payload: object) => Exchange;
}

/** Names of the requests that are used. */
export type ApiName = 'Metadata' | 'CreateTopics' | 'DescribeConfigs' | 'InitProducerId';
const apiNames: readonly ApiName[] = ['Metadata', 'CreateTopics', 'DescribeConfigs', 'InitProducerId'];

interface LibraryConnection {
  requestQueue: { destroy(): void };
  /** Milliseconds until the broker ends the login, in the library's own 64-bit integer; 0: never. */
  sessionLifetime: { toString(): string };
}

interface LibraryPool {
  pool: LibraryConnection[];
}

interface LibraryBroker {
  connect(): Promise<void>;
  versions: object | null;
}

/** A logger that says nothing. */
export interface Silence {
  namespace(): Silence;
  debug(): void;
  info(): void;
  warn(): void;
  error(): void;
  setLogLevel(): void;
}

export const silence: Silence = {
  namespace: () => silence,
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLogLevel: () => {},
};

/** The modules. */
export interface KafkaJs {
  version: string;
  Broker: new (options: object) => LibraryBroker;
  ConnectionPool: new (options: object) => LibraryPool;
  requests: Record<ApiName, Definition>;
  apiKeys: Record<ApiName, number>;
  lookup(versions: object): (apiKey: number, definition: Definition) => (payload: object) => Exchange;
  createRequest(of: {
    request: Exchange['request'];
    correlationId: number;
    clientId: string;
  }): Promise<{ buffer: Buffer }>;
  oauthRequest(sasl: object, token: { value: string }): Promise<{ encode(): Promise<Buffer> }>;
}

/** The version whose internals these are. */
const VERSION = '2.2.4';

let loaded: KafkaJs | undefined;

/**
 * Loads what is used of KafkaJS, once per thread.
 * @throws IotloadError `defect` that names every part which is not as it has to be
 */
export function loadKafkaJs(): KafkaJs {
  if (loaded !== undefined) return loaded;
  const kafkajs = readKafkaJs();
  const missing = missingParts(kafkajs);
  if (missing.length > 0) {
    throw new IotloadError('defect', `kafkajs ${kafkajs.version ?? 'of no version'} lacks ${missing.join(', ')}`, {
      where: 'node_modules/kafkajs',
      hint: `iotload needs version ${VERSION}; npm ci installs it.`,
    });
  }
  loaded = kafkajs as KafkaJs;
  return loaded;
}

/** Whether the KafkaJS that is installed has all that `loadKafkaJs` asks of it. */
export function hasKafkaJsInside(): boolean {
  return loaded !== undefined || missingParts(readKafkaJs()).length === 0;
}

/** Whatever of it can be loaded. */
function readKafkaJs(): Partial<KafkaJs> {
  const require = createRequire(import.meta.url);
  const part = (path: string): unknown => {
    try {
      return require(path) as unknown;
    } catch {
      return undefined;
    }
  };
  const { version } = { ...(part('kafkajs/package.json') as { version?: string } | undefined) };
  const protocol = part('kafkajs/src/protocol/requests') as Pick<KafkaJs, 'requests' | 'lookup'> | undefined;
  const found: { [K in keyof KafkaJs]: KafkaJs[K] | undefined } = {
    version,
    Broker: part('kafkajs/src/broker') as KafkaJs['Broker'] | undefined,
    ConnectionPool: part('kafkajs/src/network/connectionPool') as KafkaJs['ConnectionPool'] | undefined,
    requests: protocol?.requests,
    lookup: protocol?.lookup,
    apiKeys: part('kafkajs/src/protocol/requests/apiKeys') as KafkaJs['apiKeys'] | undefined,
    createRequest: part('kafkajs/src/protocol/request') as KafkaJs['createRequest'] | undefined,
    oauthRequest: part('kafkajs/src/protocol/sasl/oauthBearer/request') as KafkaJs['oauthRequest'] | undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Partial<KafkaJs>;
}

/** The parts that are not as this house uses them, each by its name in KafkaJS. */
export function missingParts(kafkajs: Partial<KafkaJs>): string[] {
  const { version, Broker, ConnectionPool, requests, apiKeys, lookup, createRequest, oauthRequest } = kafkajs;
  const missing: string[] = [];
  const need = (there: boolean, name: string): void => {
    if (!there) missing.push(name);
  };
  need(version === VERSION, `version ${VERSION}`);
  need(typeof lookup === 'function', 'protocol/requests lookup');
  need(typeof createRequest === 'function', 'protocol/request');
  need(typeof oauthRequest === 'function', 'protocol/sasl/oauthBearer/request');
  for (const name of apiNames) {
    need(typeof requests?.[name]?.protocol === 'function', `protocol/requests.${name}.protocol`);
    need(typeof apiKeys?.[name] === 'number', `protocol/requests/apiKeys.${name}`);
  }
  if (typeof ConnectionPool !== 'function' || typeof Broker !== 'function') {
    need(typeof ConnectionPool === 'function', 'network/connectionPool');
    need(typeof Broker === 'function', 'broker');
    return missing;
  }
  try {
    const pool = new ConnectionPool({ logger: silence, host: 'h', port: 1, requestTimeout: 1, connectionTimeout: 1 });
    const [connection] = pool.pool ?? [];
    need(typeof connection?.requestQueue?.destroy === 'function', 'connection.requestQueue.destroy');
    need(/^\d+$/.test(String(connection?.sessionLifetime)), 'connection.sessionLifetime');
    const broker = new Broker({ logger: silence, connectionPool: pool });
    need(typeof broker.connect === 'function', 'broker.connect');
    need('versions' in broker, 'broker.versions');
  } catch (error) {
    missing.push(`a constructor that takes our options (${(error as Error).message})`);
  }
  return missing;
}
