import { IotloadError } from '../../core/errors.ts';
import type { BridgePlan } from './bridge-plan.ts';
import type { BridgeRecord } from './forwarder.ts';

/** The side of a bridge that writes. */
export interface KafkaSide {
  /** Resolves when every replica in sync has them; repeats them, under their sequence numbers, for as long as that may help. */
  send(records: readonly BridgeRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** Attempts to begin with; about 3 s. */
const FIRST_ATTEMPTS = 6;

/**
 * Connects an idempotent KafkaJS producer that waits for all replicas in sync, and sees to the topics.
 * @throws IotloadError `target-unreachable`; `target-refused` where a topic is missing and not to be made
 */
export async function openKafkaSide({
  id,
  to,
  routes,
  createsTopics,
}: Pick<BridgePlan, 'id' | 'to' | 'routes' | 'createsTopics'>): Promise<KafkaSide> {
  const { Kafka, logLevel, Partitioners } = await import('kafkajs');
  const brokers = to
    .replace(/^kafka:\/\//i, '')
    .split(',')
    .map((host) => host.trim());
  const client = (retries: number) =>
    new Kafka({
      clientId: id,
      brokers,
      logLevel: logLevel.NOTHING,
      retry: { retries, initialRetryTime: 50, maxRetryTime: 1_000 },
    });
  // A request that is given up would have to be repeated under other sequence numbers, and would be doubled.
  const producer = client(Number.MAX_SAFE_INTEGER).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  const admin = client(FIRST_ATTEMPTS).admin();
  try {
    await admin.connect();
    const there = new Set(await admin.listTopics());
    const missing = [...new Set(routes.map(({ topic }) => topic))].filter((topic) => !there.has(topic));
    if (missing.length > 0 && !createsTopics) throw missingTopics(to, missing);
    // -1: as many as the broker's default.
    const topics = missing.map((topic) => ({ topic, numPartitions: -1, replicationFactor: -1 }));
    if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: true });
    await producer.connect();
  } catch (cause) {
    if (cause instanceof IotloadError) throw cause;
    throw new IotloadError('target-unreachable', `Kafka at ${to} cannot be used: ${(cause as Error).message}`, {
      where: 'bridge.to',
      value: to,
      hint: 'Is a broker listening there?',
      cause,
    });
  } finally {
    await admin.disconnect();
  }
  return {
    async send(records) {
      const byTopic = new Map<string, { key: string; value: Buffer | string; timestamp: string }[]>();
      for (const { topic, key, value, timestampMs } of records) {
        const messages = byTopic.get(topic) ?? [];
        byTopic.set(topic, messages);
        messages.push({ key, value, timestamp: `${timestampMs}` });
      }
      const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
      try {
        await producer.sendBatch({ acks: -1, topicMessages });
      } catch (cause) {
        throw new IotloadError('target-refused', `Kafka at ${to} does not take it: ${(cause as Error).message}`, {
          where: 'bridge.to',
          value: to,
          hint: 'Is a record larger than the topic allows?',
          cause,
        });
      }
    },
    close: () => producer.disconnect(),
  };
}

function missingTopics(to: string, topics: readonly string[]): IotloadError {
  const names = topics.map((topic) => `"${topic}"`).join(', ');
  return new IotloadError('target-refused', `Kafka at ${to} has no topic ${names}`, {
    where: 'bridge.topics',
    hint: 'Make it with Kafka’s own tools.',
  });
}
