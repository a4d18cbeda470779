import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kafka, startKafka } from './kafka.ts';
import { type KafkaAdmin, kafkaAdmin, quietKafkajs } from './kafka-admin.ts';
import { apiVersionsOf } from './kafka-request.ts';

describe('Apache Kafka 4', () => {
  let kafka: Kafka;
  let admin: KafkaAdmin;
  beforeAll(async () => {
    kafka = await startKafka();
    admin = await kafkaAdmin(kafka.endpoint);
  });
  afterAll(async () => {
    await admin.close();
    await kafka.stop();
  });

  it.each([
    ['Produce', 0, 7],
    ['Fetch', 1, 11],
    ['ListOffsets', 2, 2],
    ['Metadata', 3, 6],
    ['InitProducerId', 22, 1],
  ])('takes %s (%i) in version %i, which is the one of our frames', async (_, key, version) => {
    const { from, to } = (await apiVersionsOf(kafka.endpoint)).get(key) ?? { from: -1, to: -1 };
    expect(version).toBeGreaterThanOrEqual(from);
    expect(version).toBeLessThanOrEqual(to);
  });

  it('talks to kafkajs: topics, metadata, what is produced comes back', async () => {
    await admin.createTopic('kafkajs', 3);
    expect(await admin.leaders('kafkajs')).toEqual([1, 1, 1]);
    const client = quietKafkajs(kafka.endpoint);
    const producer = client.producer({ idempotent: true });
    await producer.connect();
    const sent = Array.from({ length: 30 }, (_, i) => ({ key: `device-${i}`, value: `${i}`, partition: i % 3 }));
    await producer.send({ topic: 'kafkajs', messages: sent, acks: -1 });
    await producer.disconnect();
    expect(await admin.records('kafkajs')).toBe(30);
    const consumer = client.consumer({ groupId: 'readers' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'kafkajs', fromBeginning: true });
    const read: { key: string; value: string; partition: number }[] = [];
    await new Promise<void>((resolve, reject) => {
      // The group's coordinator may still be loading, upon which kafkajs begins anew.
      consumer.on('consumer.crash', ({ payload }) => (payload.restart ? undefined : reject(payload.error)));
      void consumer.run({
        async eachMessage({ partition, message }) {
          read.push({ key: `${message.key}`, value: `${message.value}`, partition });
          if (read.length === sent.length) resolve();
        },
      });
    });
    await consumer.disconnect();
    expect(read.sort((a, b) => Number(a.value) - Number(b.value))).toEqual(sent);
  });
});

describe('Apache Kafka 4 as three brokers', () => {
  it('moves leaders, loses a broker and gets it back', async () => {
    const kafka = await startKafka({ brokers: 3 });
    const admin = await kafkaAdmin(kafka.endpoint);
    try {
      await admin.createTopic('moved', 3);
      const before = await admin.leaders('moved');
      const after = await admin.moveLeaders('moved');
      expect(after.every((leader, partition) => leader !== before[partition])).toBe(true);
      const [, second] = kafka.brokers;
      await second?.kill();
      await second?.start();
      expect(await admin.leaders('moved')).toHaveLength(3);
    } finally {
      await admin.close();
      await kafka.stop();
    }
  });
});
