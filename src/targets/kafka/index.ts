import { partitionOf } from '../../wire/kafka/murmur2.ts';
import { seatLanes } from '../seat-lanes.ts';
import type { TargetDefinition, TargetOptions, TargetTraits } from '../target.ts';
import { hostText, parseEndpoint } from './endpoint.ts';
import type { KafkaOptions } from './options.ts';
import { PARTITIONS, topicInScenario } from './topic-name.ts';

/** Batches of a worker that wait or are under way, at most. */
const POOL_BYTES = 64 * 1024 * 1024;

/** Kafka: one topic, its partitions as lanes. */
export const kafka: TargetDefinition = {
  name: 'kafka',
  doc: 'Apache Kafka 2.1 or later: one topic, keyed events, every record read back',
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
  seatPartitions: (partitions, { fleets, runId }) =>
    seatLanes(partitions, partitionOf, { part: { index: 0, count: 1 }, fleets, runId }),
  outline: (options) => outlineOf(options as unknown as KafkaOptions),
  sizing: () => import('./sizing.ts'),
  // Batches that go out because their time is over hold fewer events than those of the bench.
  effort: () => ({ sendNs: 700, readNs: 430, workerBytes: POOL_BYTES }),
  options: () => import('./options.ts'),
  prepare: () => import('./prepare.ts'),
  sink: () => import('./sink.ts'),
  source: () => import('./source.ts'),
};

function outlineOf({ topic, create, readers }: KafkaOptions): string {
  const made =
    create === null
      ? 'which has to exist'
      : `made with ${create.partitions ?? PARTITIONS} partitions if it is not there`;
  const reading = readers === 1 ? 'one' : `${readers}`;
  return `topic ${topic}, ${made}; a connection per worker and broker, ${reading} per broker to read back`;
}
