import type { Message, SASLOptions } from 'kafkajs';
import { IotloadError } from '../../core/errors.ts';
import { kafkaError } from '../../wire/kafka/error-codes.ts';
import { loadTlsMaterial } from '../tls-material.ts';
import { hostText, parseEndpoint } from './endpoint.ts';
import type { KafkaOptions } from './options.ts';
import { missingTopic } from './topic.ts';

/** What the public interface of KafkaJS can do for a sink. */
export interface PlainProducer {
  partitions: number;
  /** Sends messages to one partition; rejects with what KafkaJS throws. */
  send(partition: number, messages: Message[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects by nothing but the public interface of KafkaJS, whatever its version; creates the topic where the options say so. Compression is
 * gzip or none.
 * @throws IotloadError `target-unreachable`, `target-refused`
 */
export async function openPlainProducer(
  options: KafkaOptions,
  { topic, clientId, reveal }: { topic: string; clientId: string; reveal(text: string): string },
): Promise<PlainProducer> {
  const { Kafka, CompressionTypes, logLevel } = await import('kafkajs');
  const { endpoint, tls, auth, create, acks, idempotent, timeoutUs, compression } = options;
  const secureContext = tls === null ? null : (await loadTlsMaterial(tls)).shared;
  const kafka = new Kafka({
    clientId,
    brokers: parseEndpoint(endpoint).map(hostText),
    logLevel: logLevel.NOTHING,
    // What may be stored is repeated only where a repetition is noticed.
    retry: { retries: idempotent ? 5 : 0 },
    ...(secureContext === null ? {} : { ssl: { secureContext } }),
    ...(auth === null ? {} : { sasl: saslOf(auth, reveal) }),
  });
  const admin = kafka.admin();
  const producer = kafka.producer({ idempotent, allowAutoTopicCreation: false });
  try {
    await admin.connect();
    if (!(await admin.listTopics()).includes(topic)) {
      if (create === null) throw missingTopic(topic, endpoint);
      const { partitions, replication, config } = create;
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
      const asked = { topic, numPartitions: partitions ?? -1, replicationFactor: replication ?? -1, configEntries };
      await admin.createTopics({ topics: [asked], waitForLeaders: true });
    }
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    await producer.connect();
    return {
      partitions: topics[0]?.partitions.length ?? 0,
      send: async (_partition, messages) => {
        const timeout = Math.floor(timeoutUs / 1000);
        const codec = compression === 'none' ? CompressionTypes.None : CompressionTypes.GZIP;
        await producer.send({ topic, acks, timeout, compression: codec, messages });
      },
      close: () => producer.disconnect(),
    };
  } catch (cause) {
    await producer.disconnect();
    if (cause instanceof IotloadError) throw cause;
    const message = `Kafka at ${endpoint} cannot be used: ${(cause as Error).message}`;
    throw new IotloadError('target-unreachable', message, { where: 'target.endpoint', value: endpoint, cause });
  } finally {
    await admin.disconnect();
  }
}

/** Whether an error of `send` proves that nothing was stored: a broker's refusal at the first attempt. */
export function isRefusal(error: unknown): boolean {
  const { code, retryCount } = error as { code?: unknown; retryCount?: unknown };
  if (typeof code !== 'number' || (typeof retryCount === 'number' && retryCount > 0)) return false;
  const kind = kafkaError(code).class;
  return kind === 'refused' || kind === 'too-large';
}

function saslOf(auth: NonNullable<KafkaOptions['auth']>, reveal: (text: string) => string): SASLOptions {
  if (auth.kind === 'oauthbearer') {
    const value = reveal(auth.token);
    return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value }) };
  }
  // One of the three that take a name and a password.
  return { mechanism: auth.kind, username: reveal(auth.username), password: reveal(auth.password) } as SASLOptions;
}
