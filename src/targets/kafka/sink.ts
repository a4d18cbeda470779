import { loadCodec } from '../../wire/kafka/compression.ts';
import { loadCrc32c } from '../../wire/kafka/crc32c.ts';
import type { Sink, SinkContext, TargetOptions } from '../target.ts';
import { FallbackSink } from './fallback-sink.ts';
import { type ManyTopics, topicNumber, topicsOfRun } from './fleet-topics.ts';
import { hasKafkaJsInside } from './kafkajs-internals.ts';
import { openPlainProducer } from './kafkajs-producer.ts';
import { openCluster } from './open-cluster.ts';
import type { KafkaOptions } from './options.ts';
import { openProduceSink } from './produce-sink.ts';
import { readyTopic } from './topic.ts';
import { openTopicsSink, type TopicPart } from './topics-sink.ts';

/**
 * Opens the write side of a part: one connection per topic and broker that leads a partition of it. A topic is created where nobody has
 * done so and the options say so.
 * @throws IotloadError `target-unreachable`, `target-refused`, `bad-scenario`, each naming broker or topic and a remedy
 */
export async function openSink(options: TargetOptions, context: SinkContext): Promise<Sink> {
  const kafka = options as unknown as KafkaOptions & ManyTopics;
  const topics = topicsOfRun(kafka, context.runId);
  const ready = (topic: string): Promise<TopicPart> => readyPart(kafka, topic, context);
  const [topic] = topics as [string, ...string[]];
  if (topics.length === 1) return (await ready(topic)).open(context);
  return openTopicsSink(topics, (fleet) => topicNumber(kafka, fleet), ready, context);
}

/** Sees to a topic, and says how many partitions it has. */
async function readyPart(kafka: KafkaOptions, topic: string, context: SinkContext): Promise<TopicPart> {
  const { runId, part, clock } = context;
  const clientId = `iotload-${runId}-${part.index}`;
  if (!hasKafkaJsInside()) {
    const producer = await openPlainProducer(kafka, { ...context, topic, clientId });
    return {
      partitions: producer.partitions,
      open: async (own, among) => new FallbackSink(producer, kafka, own, among?.room),
      close: () => producer.close(),
    };
  }
  const [crc, codec] = await Promise.all([
    loadCrc32c(),
    kafka.compression === 'none' ? null : loadCodec(kafka.compression),
  ]);
  const cluster = await openCluster(kafka, { ...context, clientId });
  try {
    const { partitions } = await readyTopic(cluster, topic, kafka, clock);
    const parts = { cluster, topic, clientId, codec, crc };
    return {
      partitions: partitions.length,
      open: (own, among) => openProduceSink(among === undefined ? parts : { ...parts, among }, kafka, own),
      close: () => cluster.close(),
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
