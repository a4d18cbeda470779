import { partitionOf } from '../../wire/kafka/murmur2.ts';
import { seatLanes } from '../seat-lanes.ts';
import type { TargetDefinition, TargetOptions, TargetTraits } from '../target.ts';
import { hostText, parseEndpoint } from './endpoint.ts';
import { firstPartition, fleetTopics, type ManyTopics, topicNumber } from './fleet-topics.ts';
import type { KafkaOptions } from './options.ts';
import { POOL_BYTES } from './pool-bytes.ts';
import { PARTITIONS, topicInScenario } from './topic-name.ts';

/** By its key, among the partitions of its fleet's topic. */
const seatPartitions: NonNullable<TargetDefinition['seatPartitions']> = (partitions, { options, fleets, runId }) => {
  const numberOf = (fleet: string): number => topicNumber(options as unknown as ManyTopics, fleet);
  const ofFleet: ((fleet: number, seat: number) => number)[] = [];
  for (const fleet of fleets) {
    const first = firstPartition(numberOf(fleet.name));
    const own = partitions.filter((number) => number >= first && number < firstPartition(numberOf(fleet.name) + 1));
    const laneOf = seatLanes(own.length, partitionOf, { part: { index: 0, count: 1 }, fleets: [fleet], runId });
    ofFleet[fleet.index] = (index, seat) => first + laneOf(index, seat);
  }
  return (fleet, seat) => (ofFleet[fleet] as (fleet: number, seat: number) => number)(fleet, seat);
};

/** Kafka: topics, their partitions as lanes. */
export const kafka: TargetDefinition = {
  name: 'kafka',
  doc: 'Apache Kafka 2.1 or later: keyed events, every record read back',
  partitions: 'partition',
  traits(options: TargetOptions): TargetTraits {
    const { endpoint, acks, idempotent, maxInFlight, tls } = options as unknown as KafkaOptions;
    return {
      acknowledges: acks !== 0,
      address: 'key',
      headers: true,
      ordered: idempotent || maxInFlight === 1,
      hosts: endpoint === 'embedded' ? [] : parseEndpoint(endpoint).map(hostText),
      readable: true,
      connected: false,
      secure: tls !== null,
      unpaced: false,
    };
  },
  inScenario: (options, scenario) => ({ ...options, topic: topicInScenario(String(options['topic']), scenario) }),
  fleetTopics,
  seatPartitions,
  outline: (options) => outlineOf(options as unknown as KafkaOptions),
  sizing: () => import('./sizing.ts'),
  // Batches that go out because their time is over hold fewer events than those of the bench.
  effort: () => ({ sendNs: 700, readNs: 430, workerBytes: POOL_BYTES }),
  options: () => import('./options.ts'),
  prepare: () => import('./prepare.ts'),
  sink: () => import('./sink.ts'),
  source: () => import('./source.ts'),
};

function outlineOf({ topic, topics = [topic], create, readers }: KafkaOptions & ManyTopics): string {
  const several = topics.length > 1;
  const made =
    create === null
      ? `which ${several ? 'have' : 'has'} to exist`
      : `made with ${create.partitions ?? PARTITIONS} partitions ${several ? 'each where they are' : 'if it is'} not there`;
  const reading = readers === 1 ? 'one' : `${readers}`;
  const each = several ? 'per topic, worker and broker' : 'per worker and broker';
  const read = several ? 'per topic and broker' : 'per broker';
  return `topic${several ? 's' : ''} ${topics.join(' and ')}, ${made}; a connection ${each}, ${reading} ${read} to read back`;
}
