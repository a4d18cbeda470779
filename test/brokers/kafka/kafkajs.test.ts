import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { expect, it, onTestFinished } from 'vitest';
import { fetchFrom, rawClient, server } from './raw-client.ts';

async function kafkaJs(): Promise<{ kafka: Kafka; port: number }> {
  const { port } = await server();
  return { port, kafka: new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING }) };
}

it('serves the admin client of kafkajs', async () => {
  const { kafka } = await kafkaJs();
  const admin = kafka.admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  const configEntries = [{ name: 'max.message.bytes', value: '1000' }];
  expect(await admin.createTopics({ topics: [{ topic: 'a', numPartitions: 3, configEntries }, { topic: 'b' }] })).toBe(
    true,
  );
  expect(await admin.createTopics({ topics: [{ topic: 'a' }] })).toBe(false);
  const bad = { topic: 'c', replicationFactor: 3 };
  await expect(admin.createTopics({ topics: [bad] })).rejects.toMatchObject({
    errors: [{ type: 'INVALID_REPLICATION_FACTOR' }],
  });
  expect((await admin.listTopics()).sort()).toEqual(['a', 'b']);
  expect(await admin.describeCluster()).toMatchObject({ controller: 1, brokers: [{ nodeId: 1, host: '127.0.0.1' }] });
  const { topics } = await admin.fetchTopicMetadata({ topics: ['a'] });
  expect(topics[0]?.partitions).toHaveLength(3);
  expect(topics[0]?.partitions[2]).toMatchObject({ leader: 1, replicas: [1], isr: [1], partitionErrorCode: 0 });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: 2, name: 'a', configNames: ['max.message.bytes', 'min.insync.replicas'] }],
  });
  expect(resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue, entry.isDefault])).toEqual([
    ['max.message.bytes', '1000', false],
    ['min.insync.replicas', '1', true],
  ]);
  await admin.deleteTopics({ topics: ['b'] });
  expect(await admin.listTopics()).toEqual(['a']);
});

it('serves its producers, and answers offsets by time', async () => {
  const { kafka, port } = await kafkaJs();
  const admin = kafka.admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  const producer = kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  // No one has created it, and it has the default of six partitions then.
  const messages = (from: number) =>
    Array.from({ length: 60 }, (_, i) => ({
      partition: 2,
      value: `v${from + i}`,
      timestamp: `${1_700_000_000_000 + 10 * (from + i)}`,
    }));
  for (const from of [0, 60]) {
    const [answer] = await producer.send({ topic: 'auto', messages: messages(from) });
    expect(answer).toMatchObject({ topicName: 'auto', partition: 2, errorCode: 0, baseOffset: `${from}` });
  }
  expect(await admin.fetchTopicOffsets('auto')).toHaveLength(6);
  expect((await admin.fetchTopicOffsets('auto'))[2]).toEqual({ partition: 2, offset: '120', high: '120', low: '0' });
  for (const [after, offset] of [
    [-5, '0'],
    [0, '0'],
    [1, '1'],
    [605, '61'],
    [1190, '119'],
    [1191, '120'],
  ] as const) {
    const found = await admin.fetchTopicOffsetsByTimestamp('auto', 1_700_000_000_000 + after);
    expect(found[2]).toEqual({ partition: 2, offset });
  }
  const { records } = await fetchFrom(rawClient(port), 'auto', 2, 0);
  expect(records.includes('v119')).toBe(true);
});
