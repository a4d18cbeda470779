import { afterAll, beforeAll } from 'vitest';
import type { EmbeddedBroker } from '../../../src/brokers/embedded-broker.ts';
import { startKafkaBroker } from '../../../src/brokers/kafka/embedded-kafka-broker.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { fleetTopics } from '../../../src/targets/kafka/fleet-topics.ts';
import { openCluster } from '../../../src/targets/kafka/open-cluster.ts';
import { type KafkaOptions, optionsSchema } from '../../../src/targets/kafka/options.ts';
import { openSink } from '../../../src/targets/kafka/sink.ts';
import { openSource } from '../../../src/targets/kafka/source.ts';
import { topicOfRun } from '../../../src/targets/kafka/topic-name.ts';
import type { CompressionName } from '../../../src/wire/kafka/compression.ts';
import { sourceContract } from '../../contracts/source.ts';

let broker: EmbeddedBroker;
let topics = 0;

beforeAll(async () => {
  broker = await startKafkaBroker();
});
afterAll(() => broker.stop());

for (const [name, compression, readers] of [
  ['kafka', 'none', 1],
  ['kafka, three readers', 'none', 3],
  ['kafka, gzip', 'gzip', 1],
  ['kafka, snappy', 'snappy', 1],
  ['kafka, lz4', 'lz4', 1],
  ['kafka, zstd', 'zstd', 1],
] as const satisfies [string, CompressionName, number][]) {
  sourceContract(name, {
    address: '<device>',
    complete: true,
    async start() {
      const topic = `t${++topics}-<run>`;
      const options = optionsSchema.parse({ endpoint: broker.endpoint, topic, compression, readers });
      return {
        openSink: async (context) => {
          await createTopic(options, context.runId);
          return openSink(options, context);
        },
        openSource: (context) => openSource(options, context),
        openDead: (context) => openSource({ ...options, endpoint: '127.0.0.1:1' }, context),
        deadCode: 'target-unreachable',
        async stop() {},
      };
    },
  });
}

sourceContract('kafka, a topic for each fleet', {
  address: '<device>',
  complete: true,
  async start() {
    const plain = optionsSchema.parse({ endpoint: broker.endpoint, topic: `t${++topics}-<run>` });
    const fleets = new Map([
      ['fleet0', null],
      ['fleet1', `t${topics}-others`],
    ]);
    const options = fleetTopics.into(plain, fleets, { scenario: 's', used: false });
    return {
      openSink: async (context) => {
        for (const topic of [plain.topic, `t${topics}-others`]) await createTopic({ ...plain, topic }, context.runId);
        return openSink(options, context);
      },
      openSource: (context) => openSource(options, context),
      openDead: (context) => openSource({ ...options, endpoint: '127.0.0.1:1' }, context),
      deadCode: 'target-unreachable',
      async stop() {},
    };
  },
});

/** The source was opened before, when there was no topic. */
async function createTopic(options: KafkaOptions, runId: string): Promise<void> {
  const context = { clock: systemClock(), runId, clientId: 'test', random: () => 0.5, reveal: (text: string) => text };
  const cluster = await openCluster(options, context);
  await cluster.createTopic({ topic: topicOfRun(options.topic, runId), partitions: 6, replication: 1, config: {} });
  await cluster.close();
}
