import type { Micros } from '../../core/clock.ts';
import type { TopicAdmin } from './open-cluster.ts';
import type { KafkaOptions } from './options.ts';
import type { ReadyTopic } from './topic.ts';

/** Settings that are read back. */
const names = [
  'cleanup.policy',
  'max.message.bytes',
  'message.timestamp.type',
  'min.insync.replicas',
  'retention.ms',
  'unclean.leader.election.enable',
] as const;

/** What weakens the verdict of a run on this topic, each a sentence of a closed vocabulary; all may be as the user wants it. */
export async function topicWarnings(
  cluster: TopicAdmin,
  { topic, partitions, brokers }: ReadyTopic,
  { acks, batchBytes, create }: Pick<KafkaOptions, 'acks' | 'batchBytes' | 'create'>,
  lastsUs: Micros,
): Promise<string[]> {
  const settings = await cluster.topicSettings(topic, names);
  if (settings === null) return ['the settings of the topic cannot be read: this user has no right to DescribeConfigs'];
  return warningsOf(
    { settings, copies: Math.min(...partitions.map(({ replicas }) => replicas)), brokers },
    {
      acks,
      batchBytes,
      config: create?.config ?? {},
      lastsUs,
    },
  );
}

/** What is known of a topic. */
export interface TopicFacts {
  settings: ReadonlyMap<string, string>;
  /** Replicas of each partition, the fewest. */
  copies: number;
  /** Brokers of the cluster. */
  brokers: number;
}

/** What a run asks of it. */
export interface TopicDemands {
  acks: -1 | 0 | 1;
  batchBytes: number;
  /** What `create` would have set. */
  config: Readonly<Record<string, string>>;
  lastsUs: Micros;
}

/** The warnings that follow from what is known. */
export function warningsOf({ settings, copies, brokers }: TopicFacts, demands: TopicDemands): string[] {
  const { acks, batchBytes, config, lastsUs } = demands;
  const number = (name: string): number => Number(settings.get(name) ?? Number.NaN);
  const found: string[] = [];
  const warn = (holds: boolean, text: string): void => {
    if (holds) found.push(text);
  };
  warn(
    copies === 1 && brokers > 1,
    'the topic has one copy of each partition: a broker that is lost takes acknowledged events along',
  );
  warn(
    acks === -1 && copies > 1 && number('min.insync.replicas') === 1,
    'min.insync.replicas is 1: acks: all may mean a single copy',
  );
  warn(
    settings.get('unclean.leader.election.enable') === 'true',
    'unclean.leader.election.enable is on: a change of leader may lose acknowledged events',
  );
  const retentionMs = number('retention.ms');
  warn(
    retentionMs >= 0 && retentionMs * 1000 < lastsUs,
    'retention.ms is shorter than the run: events may be gone before they are read back',
  );
  warn(
    (settings.get('cleanup.policy') ?? '').includes('compact'),
    'cleanup.policy is compact: all but the last event of a key may be gone before they are read back',
  );
  warn(
    settings.get('message.timestamp.type') === 'LogAppendTime',
    'message.timestamp.type is LogAppendTime: the times of records are the broker’s, not those of sending',
  );
  warn(
    number('max.message.bytes') < batchBytes,
    'max.message.bytes is smaller than batch: full batches will be refused and split',
  );
  for (const name of Object.keys(config).sort())
    warn(settings.has(name) && settings.get(name) !== config[name], `${name} of the topic is not what create asks for`);
  return found;
}
