import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BridgeCounts, BridgePlan } from '../../src/brokers/bridge/bridge-plan.ts';
import { type Bridge, startBridge } from '../../src/brokers/bridge/start-bridge.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { openSink } from '../../src/targets/mqtt/sink.ts';
import { payloadOf, SinkRecord, sendSlots, sinkContext, testFleet } from '../contracts/sink.ts';
import { type BridgeLogText, bridgeLogOf } from '../e2e/bridge-log.ts';
import { scratch } from '../e2e/iotload.ts';
import { mqttOptions } from '../targets/mqtt/mqtt-options.ts';
import { type Kafka, startKafka } from './kafka.ts';
import { type KafkaAdmin, kafkaAdmin } from './kafka-admin.ts';
import { kcatRead, kcatTimestamps } from './kafka-clients.ts';
import { newTopic } from './kafka-targets.ts';
import { type Mosquitto, startMosquitto } from './mosquitto.ts';

/** One in 10 000. */
const rare = { share: 1e-4 };

const fleet = testFleet(0, 50, 'boards/<device>/reading');

describe('Mosquitto, the bridge, Apache Kafka 4', () => {
  let mosquitto: Mosquitto;
  let kafka: Kafka;
  let admin: KafkaAdmin;
  let topic: string;
  let space: ReturnType<typeof scratch>;
  beforeAll(async () => {
    kafka = await startKafka();
    admin = await kafkaAdmin(kafka.endpoint);
    // By default Mosquitto throws away what a slow subscriber has not taken.
    mosquitto = await startMosquitto({ log: 'errors', config: ['max_queued_messages 0', 'max_inflight_messages 0'] });
  });
  afterAll(async () => {
    await mosquitto.stop();
    await admin.close();
    await kafka.stop();
  });
  beforeEach(async () => {
    space = scratch();
    topic = newTopic('bridged');
    await admin.createTopic(topic, 6);
  });
  afterEach(() => space.remove());

  const start = (plan: Partial<BridgePlan>): Promise<Bridge> =>
    startBridge(
      {
        id: `bridge-${topic}`,
        from: mosquitto.endpoint,
        to: kafka.endpoint,
        routes: [{ filter: 'boards/+/reading', topic }],
        wrap: 'none',
        key: { level: 2 },
        faults: {},
        log: space.path('bridge.ndjson'),
        createsTopics: false,
        ...plan,
      },
      () => {},
    );

  /** Publishes slots at QoS 1 and waits until the bridge has them; `meanwhile` begins behind the first half. */
  async function publish(
    bridge: Bridge,
    events: number,
    meanwhile = async (): Promise<void> => {},
    endpoint = mosquitto.endpoint,
  ): Promise<void> {
    const sent = new SinkRecord();
    const sink = await openSink(
      mqttOptions(endpoint, { topic: fleet.address, maxInFlight: 400, timeoutUs: 60_000_000 }),
      sinkContext(sent, [fleet]),
    );
    await sendSlots(sink, sent, fleet, 0, events / 2);
    await Promise.all([meanwhile(), sendSlots(sink, sent, fleet, events / 2, events)]);
    await sink.flush(60_000);
    await sink.close();
    expect(sent.count(Outcome.acked)).toBe(events);
    const isOver = (counts: BridgeCounts | null): boolean => counts === null || counts.came >= events;
    const deadlineUs = systemClock().nowUs() + 60_000_000;
    while (!isOver(await bridge.counts()) && systemClock().nowUs() < deadlineUs);
  }

  const said = (): BridgeLogText => bridgeLogOf(space.dir);

  /** What has to lie in Kafka of so many events. */
  function expected(events: number, { dropped, doubled }: BridgeLogText): string[] {
    const gone = new Set(dropped);
    const all = Array.from({ length: events }, (_, slot) => payloadOf(fleet.index, slot));
    return [...all.filter((payload) => !gone.has(payload)), ...doubled].sort();
  }

  it('one in 10 000 dropped, one in 10 000 doubled: Kafka holds what the log says, and nothing else', async () => {
    const events = 100_000;
    const bridge = await start({ faults: { seed: 1, drop: rare, double: rare } });
    await publish(bridge, events);
    const counts = await bridge.stop();
    const log = said();
    // Which ordinals are hit follows from the seed alone.
    expect([log.dropped.length, log.doubled.length]).toEqual([14, 11]);
    const produced = events - log.dropped.length + log.doubled.length;
    const hit = { dropped: log.dropped.length, doubled: log.doubled.length };
    expect(counts).toEqual({ came: events, produced, ...hit, redelivered: 0, open: 0 });
    expect(log.end).toEqual({ kind: 'end', ...counts });
    const records = await kcatRead(kafka.endpoint, topic);
    expect(records.map(({ value }) => value).sort()).toEqual(expected(events, log));
    // Within a device in the order in which it was published, under the device's own name.
    const next = new Map<string, number>();
    for (const { key, value } of records) {
      const { slot } = JSON.parse(value) as { slot: number };
      expect(key).toBe(fleet.deviceId(slot % fleet.devices));
      expect(slot).toBeGreaterThanOrEqual(next.get(key) ?? 0);
      next.set(key, slot);
    }
  });

  it('with the payload as a string in the result of a rule, and the message’s time as the record’s', async () => {
    // One partition, so that two readers see one order.
    topic = newTopic('wrapped');
    await admin.createTopic(topic, 1);
    const bridge = await start({ wrap: 'rule', faults: { delayMs: 2000 } });
    const fromMs = Math.floor(systemClock().wallUs() / 1000);
    await publish(bridge, 1000);
    const toMs = systemClock().wallUs() / 1000;
    await bridge.stop();
    const records = await kcatRead(kafka.endpoint, topic);
    const results = records.map(
      ({ value }) => JSON.parse(value) as { payload: string; clientid: string; timestamp: number },
    );
    expect(results.map(({ payload }) => payload).sort()).toEqual(expected(1000, said()));
    expect(results.map(({ clientid }) => clientid)).toEqual(records.map(({ key }) => key));
    const times = await kcatTimestamps(kafka.endpoint, topic);
    expect(results.map(({ timestamp }) => timestamp)).toEqual(times);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(fromMs);
    expect(Math.max(...times)).toBeLessThanOrEqual(toMs);
  });

  it('a Kafka that is killed and comes back costs nothing', async () => {
    const events = 20_000;
    const bridge = await start({ faults: { drop: { share: 0.001 }, double: { share: 0.001 } } });
    await publish(bridge, events, async () => {
      await kafka.brokers[0]?.kill();
      await kafka.brokers[0]?.start();
    });
    expect(await bridge.stop()).toMatchObject({ came: events, open: 0 });
    const log = said();
    expect(log.dropped.length).toBeGreaterThan(0);
    expect((await kcatRead(kafka.endpoint, topic)).map(({ value }) => value).sort()).toEqual(expected(events, log));
  });

  it('what Mosquitto sends again after a restart is not produced again', async () => {
    const events = 1000;
    const config = ['max_queued_messages 0', 'max_inflight_messages 0'];
    const other = await startMosquitto({ log: 'errors', persistent: true, config });
    // Until the bridge stops nothing is produced, so that nothing is acknowledged either.
    const stall = { everyMs: 1e9, forMs: 9e8, firstAfterMs: 0 };
    const bridge = await start({ from: other.endpoint, faults: { stall } });
    await publish(bridge, events, async () => {}, other.endpoint);
    await other.shutDown();
    await other.restart();
    while (((await bridge.counts())?.redelivered ?? 0) < events);
    const counts = await bridge.stop();
    await other.stop();
    expect(counts).toMatchObject({ came: events, produced: events, redelivered: events, open: 0 });
    expect((await kcatRead(kafka.endpoint, topic)).map(({ value }) => value).sort()).toEqual(expected(events, said()));
  });
});
