import type { PrepareContext, TargetOptions } from '../target.ts';
import { type ManyTopics, topicsOfRun } from './fleet-topics.ts';
import { hasKafkaJsInside } from './kafkajs-internals.ts';
import { openCluster } from './open-cluster.ts';
import type { KafkaOptions } from './options.ts';
import { type ReadyTopic, readyTopic } from './topic.ts';
import { topicWarnings } from './topic-settings.ts';

/**
 * Sees to the topics before workers and verifier come: creates them where the options say so, waits for their leaders, and says what of
 * their settings weakens the verdict. Resolves with what it found.
 * @throws IotloadError what the cluster or the topic has against it
 */
export async function prepare(options: TargetOptions, context: PrepareContext): Promise<string> {
  const kafka = options as unknown as KafkaOptions & ManyTopics;
  const { runId, clock, lastsUs, notice, reveal } = context;
  const topics = topicsOfRun(kafka, runId);
  if (!hasKafkaJsInside()) return 'not looked at: kafkajs is not the version iotload knows';
  const cluster = await openCluster(kafka, { ...context, clientId: `iotload-${runId}` });
  try {
    const found = [loginText(kafka, reveal)];
    const warned = new Set<string>();
    for (const topic of topics) {
      const ready = await readyTopic(cluster, topic, kafka, clock);
      for (const warning of await topicWarnings(cluster, ready, kafka, lastsUs)) warned.add(warning);
      found.push(topicText(ready));
    }
    for (const warning of warned) notice('warning', warning);
    return found.join('; ');
  } finally {
    await cluster.close();
  }
}

function loginText({ auth }: KafkaOptions, reveal: (text: string) => string): string {
  if (auth === null) return 'accepted, without a login';
  return auth.kind === 'oauthbearer' ? 'accepted, by token' : `accepted, user ${reveal(auth.username)}`;
}

function topicText({ topic, created, partitions }: ReadyTopic): string {
  const copies = Math.min(...partitions.map(({ replicas }) => replicas));
  const counts = `${partitions.length} ${partitions.length === 1 ? 'partition' : 'partitions'}, ${copies} ${copies === 1 ? 'copy' : 'copies'} of each`;
  return `topic ${topic}${created ? ', created just now,' : ''} has ${counts}`;
}
