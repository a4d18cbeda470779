import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Outcome } from '../../src/core/outcome.ts';
import { openSink } from '../../src/targets/kafka/sink.ts';
import { SinkRecord, sendSlots, sinkContext, testFleet } from '../contracts/sink.ts';
import { until } from '../until.ts';
import { type Kafka, startKafka } from './kafka.ts';
import { type KafkaAdmin, kafkaAdmin } from './kafka-admin.ts';
import { kafkaOptions, loseNothing, newTopic } from './kafka-targets.ts';

const fleet = testFleet(0, 20, '<device>');

let kafka: Kafka;
let admin: KafkaAdmin;
beforeAll(async () => {
  kafka = await startKafka({ brokers: 3 });
  admin = await kafkaAdmin(kafka.endpoint);
});
afterAll(async () => {
  await admin.close();
  await kafka.stop();
});

describe('three brokers of Apache Kafka 4', () => {
  it('each partition gets another leader in mid-run, twice: nothing is missing, nothing is there twice', async () => {
    const topic = newTopic('moved');
    await admin.createTopic(topic, 6);
    await loseNothing(kafkaOptions(kafka.endpoint, topic, { create: null }), fleet, async (sent) => {
      await admin.moveLeaders(topic);
      const before = sent.outcomes.size;
      await until(() => sent.outcomes.size > before + 1000);
      await admin.moveLeaders(topic);
    });
  });

  it('one of them is killed in mid-run and stays away: nothing is missing, nothing is there twice', async () => {
    const topic = newTopic('fewer');
    await admin.createTopic(topic, 6);
    const [, second] = kafka.brokers;
    const options = kafkaOptions(kafka.endpoint, topic, { create: null });
    await loseNothing(options, fleet, () => second?.kill() ?? Promise.resolve());
    await second?.start();
  });

  it('two of them are gone: what needs both copies is refused, none of it is there; it goes on when they are back', async () => {
    const topic = newTopic('alone');
    await admin.createTopic(topic, 6);
    const [, second, third] = kafka.brokers;
    await Promise.all([second?.kill(), third?.kill()]);
    await aloneInSync(topic);
    const refused = new SinkRecord();
    const options = { create: null, timeout: '2s' };
    const sink = await openSink(kafkaOptions(kafka.endpoint, topic, options), sinkContext(refused, [fleet]));
    await sendSlots(sink, refused, fleet, 0, 600);
    await sink.flush(20_000);
    await sink.close();
    expect(refused.count(Outcome.rejected)).toBe(600);
    expect(new Set([...refused.outcomes.values()].map(({ reason }) => reason))).toEqual(
      new Set(['not enough replicas']),
    );
    expect(await admin.records(topic)).toBe(0);
    const patient = new SinkRecord();
    const later = await openSink(
      kafkaOptions(kafka.endpoint, topic, { ...options, timeout: '60s' }),
      sinkContext(patient, [fleet]),
    );
    const sending = sendSlots(later, patient, fleet, 0, 600);
    await Promise.all([second?.start(), third?.start()]);
    await sending;
    await later.flush(60_000);
    await later.close();
    expect(patient.count(Outcome.acked)).toBe(600);
    expect(await admin.records(topic)).toBe(600);
  });
});

/** Resolves when only the first broker is in sync for any partition. */
async function aloneInSync(topic: string): Promise<void> {
  for (;;) {
    const inSync = await admin.inSync(topic);
    if (inSync.every((replicas) => replicas.join() === '1')) return;
  }
}
