import { type Admin, Kafka, logLevel } from 'kafkajs';
import { until } from '../until.ts';
import { electPreferred } from './kafka-request.ts';

/** What tests ask of a cluster in plaintext, by kafkajs. */
export interface KafkaAdmin {
  createTopic(topic: string, partitions: number, config?: Record<string, string>, replicas?: number): Promise<void>;
  topics(): Promise<string[]>;
  deleteTopic(topic: string): Promise<void>;
  /** Ids of the brokers that lead the partitions of a topic, in the order of the partitions. */
  leaders(topic: string): Promise<number[]>;
  /** Replicas in sync, in the order of the partitions. */
  inSync(topic: string): Promise<number[][]>;
  /** Number of records of a topic: by the offsets, so that control records count as well. */
  records(topic: string): Promise<number>;
  /** Has each partition led by another of its replicas than now; resolves when it is so. Returns the new leaders. */
  moveLeaders(topic: string): Promise<number[]>;
  close(): Promise<void>;
}

/** A kafkajs client that says nothing on its own. */
export function quietKafkajs(endpoint: string): Kafka {
  return new Kafka({
    clientId: 'live-test',
    brokers: endpoint.split(','),
    logLevel: logLevel.NOTHING,
    retry: { retries: 10, initialRetryTime: 50, maxRetryTime: 500 },
  });
}

/** Connects to the cluster at `endpoint` (`host:port,…`); its first address has to be the controller's. */
export async function kafkaAdmin(endpoint: string): Promise<KafkaAdmin> {
  const controller = endpoint.split(',')[0] as string;
  const admin: Admin = quietKafkajs(endpoint).admin();
  await admin.connect();
  const partitionsOf = async (topic: string) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return [...(topics[0]?.partitions ?? [])].sort((a, b) => a.partitionId - b.partitionId);
  };
  const leaders = async (topic: string): Promise<number[]> => (await partitionsOf(topic)).map(({ leader }) => leader);
  return {
    async createTopic(topic, partitions, config = {}, replicas = -1) {
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
      await admin.createTopics({
        topics: [{ topic, numPartitions: partitions, replicationFactor: replicas, configEntries }],
        waitForLeaders: true,
      });
    },
    topics: () => admin.listTopics(),
    deleteTopic: (topic) => admin.deleteTopics({ topics: [topic] }),
    leaders,
    inSync: async (topic) => (await partitionsOf(topic)).map(({ isr }) => isr),
    async records(topic) {
      const offsets = await admin.fetchTopicOffsets(topic);
      return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
    },
    async moveLeaders(topic) {
      const partitions = await partitionsOf(topic);
      const wanted = partitions.map(({ partitionId, leader, replicas }) => {
        const other = replicas.find((replica) => replica !== leader);
        if (other === undefined) throw new Error(`partition ${partitionId} of ${topic} has no other replica`);
        return { partition: partitionId, replicas: [other, ...replicas.filter((replica) => replica !== other)] };
      });
      await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: wanted }] });
      const codes = await electPreferred(controller, topic, partitions.length);
      const failed = codes.find((code) => code !== 0 && code !== 84);
      if (failed !== undefined) throw new Error(`the election of leaders of ${topic} failed with ${failed}`);
      let now: number[] = [];
      let asked: Promise<void> | null = null;
      await until(() => {
        asked ??= leaders(topic)
          .then((found) => {
            now = found;
          })
          // A broker that is just losing its connections is asked once more.
          .catch(() => {})
          .finally(() => {
            asked = null;
          });
        return wanted.every(({ replicas }, partition) => now[partition] === replicas[0]);
      });
      // Whoever kills a broker next does not cut off a question.
      await asked;
      return now;
    },
    close: () => admin.disconnect(),
  };
}
