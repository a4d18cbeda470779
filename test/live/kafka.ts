import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaJars } from './kafka-jars/kafka-jars.ts';
import { type KafkaProcess, kafkaProcess } from './kafka-process.ts';
import { format, type KafkaListener, layOut } from './kafka-properties.ts';
import { freePorts } from './ports.ts';

/** An Apache Kafka of our own on loopback: one broker, or three. */
export interface Kafka {
  /** Addresses of all brokers, in plaintext, as `host:port,host:port`. */
  endpoint: string;
  /** The same of the other listeners; throws for one that was not asked for. */
  endpointOf(listener: KafkaListener): string;
  /** By number of the broker - 1. The first is the controller too, and the only one: the others can be killed without losing it. */
  brokers: readonly KafkaProcess[];
  /** Where the brokers' jars are: a class path is `<jars>/*`. */
  jars: string;
  /** Ends all brokers and removes their files. */
  stop(): Promise<void>;
}

export interface KafkaOptions {
  /** 1 by default. Topics of three brokers have three replicas, two of which have to be in sync, unless they say otherwise. */
  brokers?: 1 | 3;
  /** Users with passwords, for SASL's PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512; needs `tls`. */
  users?: Record<string, string>;
  /** Certificate and key (PEM files) of the listeners with TLS. */
  tls?: { cert: string; key: string };
  /** Certificate and key of one more listener with TLS, for one that shall be refused. */
  badTls?: { cert: string; key: string };
  /** More lines of server.properties, which win over those of the fixture. */
  config?: Record<string, string>;
  /** Memory of each broker, as java takes it: 512m by default. */
  heap?: string;
  /** For benchmarks: compiled as well as can be, which costs time at the start. */
  steady?: true;
}

/**
 * Starts Apache Kafka in KRaft mode on free ports of 127.0.0.1, with its files in a directory of its own; resolves when each broker says that
 * it has started. Throws, saying what is missing, where Java or Maven is not installed.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const jars = await kafkaJars();
  const dir = mkdtempSync(join(tmpdir(), 'iotload-kafka-'));
  const listeners: KafkaListener[] = [
    'PLAINTEXT',
    ...(options.tls === undefined ? [] : (['TLS'] as const)),
    ...(options.users === undefined ? [] : (['LOGIN'] as const)),
    ...(options.badTls === undefined ? [] : (['BAD'] as const)),
  ];
  const count = options.brokers ?? 1;
  const ports = await freePorts(count * listeners.length + 1);
  const controllerPort = ports[count * listeners.length] as number;
  const portOf = (broker: number, listener: KafkaListener): number => {
    const at = listeners.indexOf(listener);
    if (at < 0) throw new Error(`the fixture has no listener ${listener}`);
    return ports[broker * listeners.length + at] as number;
  };
  const clusterId = randomBytes(16).toString('base64url');
  const brokers: KafkaProcess[] = [];
  for (let broker = 0; broker < count; broker++) {
    const folder = join(dir, `${broker + 1}`);
    mkdirSync(folder);
    const properties = layOut(folder, {
      ...options,
      id: broker + 1,
      brokers: count,
      controllerPort,
      ports: new Map(listeners.map((listener) => [listener, portOf(broker, listener)])),
    });
    if (broker === 0 && options.users !== undefined) await formatWithUsers(jars, properties, clusterId, options.users);
    else format(folder, broker + 1, clusterId);
    brokers.push(kafkaProcess({ id: broker + 1, folder, jars, properties, ...options }));
  }
  const stop = async (): Promise<void> => {
    // At once, since a broker that is ended in good order waits for the others.
    await Promise.all(brokers.map((broker) => broker.kill()));
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await Promise.all(brokers.map((broker) => broker.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  const endpointOf = (listener: KafkaListener): string =>
    brokers.map((_, broker) => `127.0.0.1:${portOf(broker, listener)}`).join(',');
  return { endpoint: endpointOf('PLAINTEXT'), endpointOf, brokers, jars, stop };
}

/** SCRAM's users are records of the cluster, which its controller finds at its first start. */
async function formatWithUsers(
  jars: string,
  properties: string,
  clusterId: string,
  users: Record<string, string>,
): Promise<void> {
  const scram = Object.entries(users).flatMap(([name, password]) =>
    [256, 512].flatMap((bits) => ['--add-scram', `SCRAM-SHA-${bits}=[name=${name},password=${password}]`]),
  );
  const tool = ['-XX:TieredStopAtLevel=1', '-cp', `${jars}/*`, 'kafka.tools.StorageTool', 'format'];
  await promisify(execFile)('java', [...tool, '-t', clusterId, '-c', properties, ...scram]);
}
