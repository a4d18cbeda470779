import { openProduceSink, type ProduceOptions } from '../../../src/targets/kafka/produce-sink.ts';
import type { Sink, SinkContext } from '../../../src/targets/target.ts';
import { crc32cInJs } from '../../../src/wire/kafka/crc32c.ts';
import type { ModelCluster } from './model-cluster.ts';

/** Options as the plan has them when a scenario says nothing. */
export const plainOptions: ProduceOptions = {
  endpoint: 'broker:9092',
  acks: -1,
  idempotent: true,
  lingerUs: 5_000,
  batchBytes: 256 * 1024,
  maxInFlight: 5,
  timeoutUs: 30_000_000,
};

/** Our sink on a model of a cluster. */
export function openOnModel(
  cluster: ModelCluster,
  options: Partial<ProduceOptions>,
  context: SinkContext,
): Promise<Sink> {
  const parts = { cluster, topic: cluster.topic, clientId: 'test', codec: null, crc: crc32cInJs };
  return openProduceSink(parts, { ...plainOptions, ...options }, context);
}
