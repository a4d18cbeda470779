import { loadCodec } from '../../wire/kafka/compression.ts';
import { loadCrc32c } from '../../wire/kafka/crc32c.ts';
import type { Sink, SinkContext, TargetOptions } from '../target.ts';
import { FallbackSink } from './fallback-sink.ts';
import { hasKafkaJsInside } from './kafkajs-internals.ts';
import { openPlainProducer } from './kafkajs-producer.ts';
import { openCluster } from './open-cluster.ts';
import type { KafkaOptions } from './options.ts';
import { openProduceSink } from './produce-sink.ts';
import { readyTopic } from './topic.ts';
import { topicOfRun } from './topic-name.ts';

/**
 * Opens the write side of a part: one connection per broker that leads a partition of the topic, which is created where nobody has
 * done so and the options say so.
 * @throws IotloadError `target-unreachable`, `target-refused`, `bad-scenario`, each naming broker or topic and a remedy
 */
export async function openSink(options: TargetOptions, context: SinkContext): Promise<Sink> {
  const kafka = options as unknown as KafkaOptions;
  const { runId, part, clock } = context;
  const topic = topicOfRun(kafka.topic, runId);
  const clientId = `iotload-${runId}-${part.index}`;
  if (!hasKafkaJsInside())
    return new FallbackSink(await openPlainProducer(kafka, { ...context, topic, clientId }), kafka, context);
  const [crc, codec] = await Promise.all([
    loadCrc32c(),
    kafka.compression === 'none' ? null : loadCodec(kafka.compression),
  ]);
  const cluster = await openCluster(kafka, { ...context, clientId });
  try {
    await readyTopic(cluster, topic, kafka, clock);
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return openProduceSink({ cluster, topic, clientId, codec, crc }, kafka, context);
}
