import type { Clock } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import { ErrorCode, errorWords, kafkaError } from '../../wire/kafka/error-codes.ts';
import { type EpochEnd, leaderEpochsFrame, readLeaderEpochsResponse } from '../../wire/kafka/leader-epochs.ts';
import { listOffsetsFrame, OffsetOf, Replica, readListOffsetsResponse } from '../../wire/kafka/list-offsets.ts';
import { askOnce } from './ask-once.ts';
import type { BrokerAddress, ClusterMetadata, KafkaCluster, PartitionState } from './cluster.ts';
import type { LeaderSeam } from './partition-reading.ts';

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

  /** Those seams at which an earlier leader's records end before they did when they were read, with where they end. */
  async movedSeams(metadata: ClusterMetadata, seams: readonly LeaderSeam[]): Promise<(LeaderSeam & { end: number })[]> {
    const topic = this.#topic;
    const moved: (LeaderSeam & { end: number })[] = [];
    // A request asks about a partition once.
    for (let rest = [...seams]; rest.length > 0; ) {
      const round = rest.filter(({ partition }, i) => rest.findIndex((other) => other.partition === partition) === i);
      rest = rest.filter((seam) => !round.includes(seam));
      const partitions = round.map(({ partition }) => partition);
      const ends = await this.#askLeaders(metadata, partitions, async (leader, led) => {
        const asked = round.filter(({ partition }) => led.includes(partition));
        const frame = leaderEpochsFrame({ clientId: this.#clientId, topic }, 0, asked);
        return readLeaderEpochsResponse(await askOnce(this.#cluster, this.#clock, leader, frame));
      });
      for (const seam of round) {
        const { endOffset: end } = ends.get(seam.partition) as EpochEnd;
        if (end >= 0 && end < seam.at) moved.push({ ...seam, end });
      }
    }
    return moved;
  }

  async #ask(metadata: ClusterMetadata, which: Which, replica: As): Promise<Map<number, number>> {
    const settings = { clientId: this.#clientId, topic: this.#topic, replica, committed: false };
    const partitions = (metadata.topics.get(this.#topic) ?? []).map(({ partition }) => partition);
    const listed = await this.#askLeaders(metadata, partitions, async (leader, led) => {
      const frame = listOffsetsFrame(settings, 0, led, which);
      return readListOffsetsResponse(await askOnce(this.#cluster, this.#clock, leader, frame)).partitions;
    });
    return new Map([...listed].map(([partition, { offset }]) => [partition, offset]));
  }

  /** Asks each leader about its own; what it answers, by partition, all of them. */
  async #askLeaders<Answer extends { partition: number; errorCode: number }>(
    metadata: ClusterMetadata,
    partitions: readonly number[],
    ask: (leader: BrokerAddress, led: readonly number[]) => Promise<Answer[]>,
  ): Promise<Map<number, Answer>> {
    const topic = this.#topic;
    const states = metadata.topics.get(topic) ?? [];
    const byLeader = new Map<BrokerAddress, number[]>();
    for (const partition of partitions) {
      const leader = leaderOf(metadata, states, partition);
      if (leader === undefined) throw leaderless(topic, partition);
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition]);
    }
    const answers = await Promise.all([...byLeader].map(([leader, led]) => ask(leader, led)));
    const found = new Map(answers.flat().map((answer) => [answer.partition, answer]));
    for (const partition of partitions) {
      const answer = found.get(partition);
      if (answer === undefined) throw leaderless(topic, partition);
      if (answer.errorCode !== ErrorCode.none) throw refusedError(topic, partition, answer.errorCode);
    }
    return found;
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
