import type { Clock } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import { ErrorCode, errorWords, kafkaError } from '../../wire/kafka/error-codes.ts';
import { OffsetOf, Replica } from '../../wire/kafka/list-offsets.ts';
import { askOffsets } from './ask-offsets.ts';
import type { BrokerAddress, ClusterMetadata, KafkaCluster, PartitionState } from './cluster.ts';

type Which = (typeof OffsetOf)[keyof typeof OffsetOf];
type As = (typeof Replica)[keyof typeof Replica];

/**
 * Where the logs of a topic's partitions begin and end, as all their leaders say. Each method rejects with IotloadError: `target-unreachable`
 * while a leader is missing or does not answer, `target-refused` where we may not know.
 */
export class LogBounds {
  readonly #cluster: KafkaCluster;
  readonly #clock: Clock;
  readonly #clientId: string;
  readonly #topic: string;

  constructor(cluster: KafkaCluster, clock: Clock, clientId: string, topic: string) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#clientId = clientId;
    this.#topic = topic;
  }

  /** The offset of the oldest record of each partition. */
  starts(metadata: ClusterMetadata): Promise<Map<number, number>> {
    return this.#ask(metadata, OffsetOf.start, Replica.consumer);
  }

  /** The offset behind the newest record of each partition, whether or not it is committed. */
  ends(metadata: ClusterMetadata, as: As): Promise<Map<number, number>> {
    return this.#ask(metadata, OffsetOf.end, as);
  }

  async #ask(metadata: ClusterMetadata, which: Which, replica: As): Promise<Map<number, number>> {
    const topic = this.#topic;
    const partitions = metadata.topics.get(topic) ?? [];
    const byLeader = new Map<BrokerAddress, number[]>();
    for (const { partition } of partitions) {
      const leader = leaderOf(metadata, partitions, partition);
      if (leader === undefined) throw leaderless(topic, partition);
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition]);
    }
    const settings = { clientId: this.#clientId, topic, replica, committed: false };
    const answers = await Promise.all(
      [...byLeader].map(([leader, led]) => askOffsets(this.#cluster, this.#clock, leader, settings, led, which)),
    );
    const offsets = new Map<number, number>();
    for (const { partition, errorCode, offset } of answers.flat()) {
      if (errorCode !== ErrorCode.none) throw refusedError(topic, partition, errorCode);
      offsets.set(partition, offset);
    }
    const missing = partitions.find(({ partition }) => !offsets.has(partition));
    if (missing !== undefined) throw leaderless(topic, missing.partition);
    return offsets;
  }
}

/** The broker that leads a partition; undefined while there is none. */
export function leaderOf(
  { brokers }: ClusterMetadata,
  partitions: readonly PartitionState[],
  partition: number,
): BrokerAddress | undefined {
  const leader = partitions.find((state) => state.partition === partition)?.leader;
  return leader === undefined ? undefined : brokers.find(({ id }) => id === leader);
}

/** What an error code in an answer about a partition means to somebody who wants to read it. */
export function refusedError(topic: string, partition: number, code: number): IotloadError {
  const { remedy, class: kind } = kafkaError(code);
  return new IotloadError(
    kind === 'retry' ? 'target-unreachable' : 'target-refused',
    `partition ${partition} of ${topic} cannot be read: ${errorWords(code)}`,
    { where: 'target.topic', value: topic, ...(remedy === '' ? {} : { hint: remedy }) },
  );
}

export function leaderless(topic: string, partition: number): IotloadError {
  return new IotloadError('target-unreachable', `partition ${partition} of ${topic} has no leader`, {
    where: 'target.topic',
    value: topic,
    hint: 'Are all brokers of the cluster up?',
  });
}
