import { loadCodec } from '../../wire/kafka/compression.ts';
import { loadCrc32c } from '../../wire/kafka/crc32c.ts';
import type { Source, SourceContext, TargetOptions } from '../target.ts';
import { type ManyTopics, topicsOfRun } from './fleet-topics.ts';
import { LogReader } from './log-reader.ts';
import { openCluster } from './open-cluster.ts';
import type { KafkaOptions } from './options.ts';
import { openTopicsSource } from './topics-source.ts';

/** The setting of a topic that says whether old records go by age, by key, or both. */
const CLEANUP = 'cleanup.policy';
/** What the brokers' logs call us. */
const CLIENT_ID = 'iotload-verifier';

/**
 * Reads the partitions of every topic, each at its leader. Older records of a topic that exists are left out; a topic may come into being
 * later.
 * @throws IotloadError `target-unreachable`, `target-refused`, `bad-scenario`
 */
export async function openSource(options: TargetOptions, context: SourceContext): Promise<Source> {
  const kafka = options as unknown as KafkaOptions & ManyTopics;
  const topics = topicsOfRun(kafka, context.runId);
  const [topic] = topics as [string, ...string[]];
  if (topics.length === 1) return openReader(kafka, topic, context);
  return openTopicsSource(topics, (name, own) => openReader(kafka, name, own), context);
}

async function openReader(kafka: KafkaOptions, topic: string, context: SourceContext): Promise<LogReader> {
  const { clock, runId, reveal, random } = context;
  const [crc, codec] = await Promise.all([loadCrc32c(), loadCodec(kafka.compression)]);
  const cluster = await openCluster(kafka, { clock, runId, reveal, random, clientId: CLIENT_ID });
  const isCompacted = async (): Promise<boolean | null> => {
    const settings = await cluster.topicSettings(topic, [CLEANUP]);
    return settings?.get(CLEANUP)?.includes('compact') ?? null;
  };
  const committed = kafka.isolation === 'read_committed';
  const reader = new LogReader(
    cluster,
    { topic, clientId: CLIENT_ID, committed, readers: kafka.readers, isCompacted },
    crc,
    codec,
    context,
  );
  try {
    await reader.open();
  } catch (error) {
    await reader.close();
    throw error;
  }
  return reader;
}
