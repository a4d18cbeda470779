import { afterAll, beforeAll } from 'vitest';
import type { EmbeddedBroker } from '../../../src/brokers/embedded-broker.ts';
import { startKafkaBroker } from '../../../src/brokers/kafka/embedded-kafka-broker.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { FallbackSink } from '../../../src/targets/kafka/fallback-sink.ts';
import { fleetTopics } from '../../../src/targets/kafka/fleet-topics.ts';
import { openPlainProducer } from '../../../src/targets/kafka/kafkajs-producer.ts';
import type { KafkaOptions } from '../../../src/targets/kafka/options.ts';
import { openSink } from '../../../src/targets/kafka/sink.ts';
import type { Sink, SinkContext, TargetOptions } from '../../../src/targets/target.ts';
import { sinkContract } from '../../contracts/sink.ts';
import { kafkaOptions } from './kafka-options.ts';

let broker: EmbeddedBroker;
let runs = 0;

beforeAll(async () => {
  broker = await startKafkaBroker();
});
afterAll(() => broker.stop());

const ways: [name: string, outcome: Outcome, options: Record<string, unknown>][] = [
  ['idempotent', Outcome.acked, {}],
  ['acks 1, lz4', Outcome.acked, { acks: 1, compression: 'lz4', linger: '0s' }],
  ['acks 0, zstd', Outcome.noAck, { acks: 0, compression: 'zstd' }],
];

for (const [name, outcome, options] of ways) {
  sinkContract(`kafka on the embedded broker, ${name}`, {
    outcome,
    address: '<device>',
    async start() {
      const topic = `sink-${runs++}`;
      const endpoint = broker.endpoint.replace('kafka://', '');
      return {
        open: (context) => openSink(kafkaOptions(endpoint, { topic, ...options }), context),
        openDead: (context) => openSink(kafkaOptions('127.0.0.1:1', options), context),
        deadCode: 'target-unreachable',
        async stop() {},
      };
    },
  });
}

sinkContract('kafka on the embedded broker, a topic for each fleet', {
  outcome: Outcome.acked,
  address: '<device>',
  async start() {
    const topic = `sink-${runs++}`;
    const fleets = new Map([
      ['fleet0', null],
      ['fleet3', `${topic}-others`],
    ]);
    const open = (endpoint: string): TargetOptions =>
      fleetTopics.into(kafkaOptions(endpoint, { topic }), fleets, { scenario: 's', used: false });
    return {
      open: (context) => openSink(open(broker.endpoint.replace('kafka://', '')), context),
      openDead: (context) => openSink(open('127.0.0.1:1'), context),
      deadCode: 'target-unreachable',
      async stop() {},
    };
  },
});

sinkContract('kafka by nothing but KafkaJS', {
  outcome: Outcome.acked,
  address: '<device>',
  async start() {
    const topic = `plain-${runs++}`;
    const open = async (endpoint: string, context: SinkContext): Promise<Sink> => {
      const kafka = kafkaOptions(endpoint, { topic }) as unknown as KafkaOptions;
      return new FallbackSink(await openPlainProducer(kafka, { ...context, topic, clientId: 'test' }), kafka, context);
    };
    return {
      open: (context) => open(broker.endpoint.replace('kafka://', ''), context),
      openDead: (context) => open('127.0.0.1:1', context),
      deadCode: 'target-unreachable',
      async stop() {},
    };
  },
});
