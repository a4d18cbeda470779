import type { Clock } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import { ErrorCode, kafkaError } from '../../wire/kafka/error-codes.ts';
import type { ClusterMetadata, KafkaCluster, PartitionState } from './cluster.ts';
import { answerError } from './cluster-error.ts';
import type { NewTopic, TopicAdmin } from './open-cluster.ts';
import type { KafkaOptions } from './options.ts';
import { PARTITIONS } from './topic-name.ts';

/** Longest wait until every partition of a topic has a leader, and the pause between two looks. */
const LEADERS_MS = 10_000;
const LOOK_MS = 100;
/** "As the brokers are set"; brokers before Kafka 2.4 take no such number. */
const BROKERS_CHOICE = -1;

/** A topic that can be used. */
export interface ReadyTopic {
  topic: string;
  /** This run created it, now or in another of its processes. */
  created: boolean;
  partitions: readonly PartitionState[];
  brokers: number;
}

/**
 * Makes sure that a topic exists as the options ask for it, and that all its partitions have leaders. Creates it where they say so.
 * @throws IotloadError `target-refused` or `target-unreachable` that names broker, topic and remedy
 */
export async function readyTopic(
  cluster: KafkaCluster & TopicAdmin,
  topic: string,
  { create, endpoint }: Pick<KafkaOptions, 'create' | 'endpoint'>,
  clock: Clock,
): Promise<ReadyTopic> {
  const before = (await cluster.metadata([topic])).topics.get(topic);
  const created = before === undefined;
  if (created && create === null) throw missingTopic(topic, endpoint);
  if (created && create !== null) {
    await createTopic(cluster, {
      topic,
      partitions: create.partitions ?? PARTITIONS,
      replication: create.replication ?? BROKERS_CHOICE,
      config: create.config,
    });
  }
  const { brokers, topics } = await awaitLeaders(cluster, topic, endpoint, clock);
  const partitions = topics.get(topic) ?? [];
  if (create !== null) checkShape(topic, create, partitions, endpoint);
  return { topic, created, partitions, brokers: brokers.length };
}

/** The error of a topic that has to exist. */
export function missingTopic(topic: string, endpoint: string): IotloadError {
  return new IotloadError('target-refused', `Kafka at ${endpoint} has no topic ${topic}`, {
    where: 'target.topic',
    value: topic,
    hint: 'Write create: { partitions: 6 } so that the run creates it, or create it; a topic that this user may not describe looks the same.',
  });
}

async function createTopic(cluster: TopicAdmin, asked: NewTopic): Promise<void> {
  let told = await cluster.createTopic(asked);
  if (told.code === ErrorCode.invalidReplicationFactor && asked.replication === BROKERS_CHOICE)
    told = await cluster.createTopic({ ...asked, replication: 1 });
  // Another process of this run was faster.
  if (told.code === ErrorCode.none || told.code === ErrorCode.topicAlreadyExists) return;
  const about = {
    where: told.code === ErrorCode.invalidConfig ? 'target.create.config' : 'target.create',
    hint:
      told.code === ErrorCode.topicAuthorizationFailed || told.code === ErrorCode.clusterAuthorizationFailed
        ? 'Give this user the right to create topics, or create it beforehand and leave create out.'
        : kafkaError(told.code).remedy,
    said: printable(told.said),
  };
  throw answerError(told.broker, told.code, `create topic ${asked.topic}`, about);
}

/** Asks until every partition has a leader. */
async function awaitLeaders(
  cluster: KafkaCluster,
  topic: string,
  endpoint: string,
  clock: Clock,
): Promise<ClusterMetadata> {
  const untilUs = clock.nowUs() + LEADERS_MS * 1000;
  for (;;) {
    const metadata = await cluster.metadata([topic]);
    const partitions = metadata.topics.get(topic) ?? [];
    const without = partitions.filter(({ leader }) => leader < 0).map(({ partition }) => partition);
    if (partitions.length > 0 && without.length === 0) return metadata;
    if (clock.nowUs() > untilUs) {
      const what =
        partitions.length === 0
          ? `does not know topic ${topic}, which was created`
          : `has no leader for ${without.length === 1 ? 'partition' : 'partitions'} ${without.join(', ')} of topic ${topic}`;
      throw new IotloadError('target-unreachable', `Kafka at ${endpoint} ${what} after ${LEADERS_MS / 1000} s`, {
        where: 'target.topic',
        value: topic,
        hint: 'Are all brokers up? kafka-topics.sh --describe shows who is missing.',
      });
    }
    await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
  }
}

/** A topic that exists is never changed; where it is not what was asked for, the run would measure something else. */
function checkShape(
  topic: string,
  create: NonNullable<KafkaOptions['create']>,
  partitions: readonly PartitionState[],
  endpoint: string,
): void {
  const copies = Math.min(...partitions.map(({ replicas }) => replicas));
  const differ = (is: number, asked: number | null, key: string, what: string): void => {
    if (asked === null || asked === is) return;
    const message = `topic ${topic} of Kafka at ${endpoint} has ${is} ${what}, and create asks for ${asked}`;
    const hint = `Name another topic, or write ${key}: ${is}; nothing that exists is changed.`;
    throw new IotloadError('target-refused', message, { where: `target.create.${key}`, value: `${asked}`, hint });
  };
  differ(partitions.length, create.partitions, 'partitions', 'partitions');
  differ(copies, create.replication, 'replication', 'copies of each partition');
}

function printable(text: string): string {
  return text
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 200)
    .replace(/[.\s]+$/, '');
}
