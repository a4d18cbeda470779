import type { Sink, SinkContext, SourceContext } from '../../src/targets/target.ts';
import type { Dice } from './dice.ts';
import { KafkaBroker } from './kafka-broker.ts';
import { openKafkaSink, type SimulatedCluster } from './kafka-sink.ts';
import type { SimulatedCalls } from './kinesis-calls.ts';
import { KinesisService } from './kinesis-service.ts';
import { openKinesisSink } from './kinesis-sink.ts';
import { KinesisSource } from './kinesis-source.ts';
import { PartitionSink, type SinkWorld } from './partition-sink.ts';
import { PartitionSource } from './partition-source.ts';
import { PartitionedBroker } from './partitioned-broker.ts';
import { QueueBroker } from './queue-broker.ts';
import { QueueSink } from './queue-sink.ts';
import { QueueSource } from './queue-source.ts';
import type { Setting } from './setting.ts';
import type { Trace } from './trace.ts';
import type { Twist } from './twist.ts';
import type { VirtualClock } from './virtual-clock.ts';

export type AnyBroker = PartitionedBroker | QueueBroker | KinesisService;
/** What of a sink can be cut off. */
export type AnyLink = PartitionSink | QueueSink | SimulatedCluster | SimulatedCalls;
export type AnySource = PartitionSource | QueueSource | KinesisSource;

const brokers = {
  log: PartitionedBroker,
  shards: PartitionedBroker,
  queue: QueueBroker,
  kafka: KafkaBroker,
  kinesis: KinesisService,
} as const;

export function brokerOf(setting: Setting, clock: VirtualClock, dice: Dice, trace: Trace): AnyBroker {
  return new brokers[setting.kind](setting, clock, dice, trace);
}

/** The sink that goes with the broker, and what of it can be cut off. */
export async function openSinkOf(
  world: SinkWorld<AnyBroker>,
  context: SinkContext,
  { calls = (same) => same }: Twist,
): Promise<[Sink, AnyLink]> {
  const { broker } = world;
  if (broker instanceof KafkaBroker) return openKafkaSink({ ...world, broker }, context);
  if (broker instanceof KinesisService) return openKinesisSink({ ...world, broker }, context, calls);
  const sink =
    broker instanceof QueueBroker ? new QueueSink({ ...world, broker }, context) : new PartitionSink(world, context);
  return [sink, sink];
}

/** The source that goes with the broker; `made` is called before it is open. */
export async function openSourceOf(
  world: SinkWorld<AnyBroker>,
  context: SourceContext,
  { calls = (same) => same }: Twist,
): Promise<AnySource> {
  const { broker } = world;
  if (broker instanceof KinesisService) return KinesisSource.open({ ...world, broker }, context, calls);
  return broker instanceof QueueBroker
    ? new QueueSource({ ...world, broker }, context)
    : new PartitionSource({ ...world, broker }, context);
}
