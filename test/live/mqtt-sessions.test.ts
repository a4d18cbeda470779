import { describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../src/core/clock.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { streamRoot } from '../../src/core/random.ts';
import { openSink } from '../../src/targets/mqtt/sink.ts';
import { openSource } from '../../src/targets/mqtt/source.ts';
import { payloadOf, SinkRecord, sendSlots, sinkContext, testFleet } from '../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../contracts/source.ts';
import { mqttOptions } from '../targets/mqtt/mqtt-options.ts';
import { startMosquitto } from './mosquitto.ts';

const clock = systemClock();
const fleet = testFleet(0, 20, 'test/<device>/reading');
const key = streamRoot(1, 'cut');
const EVENTS = 30_000;
const kept = (version: number) => ({ version, cleanStart: false, sessionExpiryS: version === 5 ? 600 : null });

describe('Mosquitto with sessions that are kept', () => {
  // At QoS 2, Mosquitto 2.0 publishes again after a restart what it had released, beyond the first 20; in MQTT 5 it keeps no session.
  it('is shut down and started again: nothing is unknown, nothing acked is missing', async () => {
    const broker = await startMosquitto({ persistent: true, log: 'errors', config: ['max_queued_messages 100000'] });
    const [sent, arrived] = [new SinkRecord(), new SourceRecord()];
    const options = mqttOptions(broker.endpoint, {
      ...kept(4),
      connections: 3,
      maxInFlight: 20,
      timeoutUs: 60_000_000,
    });
    const source = await openSource(options, sourceContext(arrived, [fleet]));
    const sink = await openSink(options, sinkContext(sent, [fleet]));
    const room = Array.from(sink.room);
    const sending = sendSlots(sink, sent, fleet, 0, EVENTS);
    await until(() => sent.outcomes.size > 3000);
    await broker.shutDown();
    await broker.restart();
    await sending;
    await sink.flush(30_000);
    expect(sent.repeated).toEqual([]);
    expect(sent.count(Outcome.acked)).toBe(EVENTS);
    expect(sent.again.length).toBeGreaterThan(0);
    expect(Array.from(sink.room)).toEqual(room);
    await until(() => everySeen(arrived));
    expect(source.health().gaps).toBe(0);
    await Promise.all([sink.close(), source.close()]);
    await broker.stop();
  });

  it.each([
    [4, 1],
    [4, 2],
    [5, 1],
    [5, 2],
  ])(
    'loses connections that come back: nothing is unknown, nothing acked is missing, version %i, QoS %i',
    async (version, qos) => {
      const broker = await startMosquitto({ log: 'errors', config: ['max_queued_messages 100000'] });
      const [sent, arrived] = [new SinkRecord(), new SourceRecord()];
      const options = mqttOptions(broker.endpoint, { ...kept(version), qos, connections: 3, maxInFlight: 20 });
      const source = await openSource(options, sourceContext(arrived, [fleet]));
      const sink = await openSink(options, sinkContext(sent, [fleet]));
      const room = Array.from(sink.room);
      const sending = sendSlots(sink, sent, fleet, 0, EVENTS);
      for (let cut = 1; cut <= 5; cut++) {
        await until(() => sent.outcomes.size > 3000 * cut);
        sink.disconnect?.({ fleets: null, share: 1, key }, 20);
      }
      await sending;
      await sink.flush(30_000);
      expect(sent.repeated).toEqual([]);
      expect(sent.count(Outcome.acked)).toBe(EVENTS);
      expect(sent.again.length).toBeGreaterThan(0);
      expect(Array.from(sink.room)).toEqual(room);
      await until(() => everySeen(arrived));
      if (qos === 2) expect(arrived.arrivals.length).toBe(EVENTS);
      await Promise.all([sink.close(), source.close()]);
      await broker.stop();
    },
  );

  it('is killed and has forgotten them: what was in flight is unknown', async () => {
    const broker = await startMosquitto({ log: 'errors' });
    const sent = new SinkRecord();
    const sink = await openSink(
      mqttOptions(broker.endpoint, { ...kept(5), connections: 3, maxInFlight: 20 }),
      sinkContext(sent, [fleet]),
    );
    const room = Array.from(sink.room);
    const sending = sendSlots(sink, sent, fleet, 0, EVENTS);
    await until(() => sent.outcomes.size > 3000);
    await broker.kill();
    await broker.restart();
    await sending;
    await sink.flush(30_000);
    expect(sent.repeated).toEqual([]);
    expect(sent.again).toEqual([]);
    expect(sent.count(Outcome.acked) + sent.count(Outcome.unknown)).toBe(EVENTS);
    expect(sent.count(Outcome.unknown)).toBeGreaterThan(0);
    for (const { outcome, reason } of sent.outcomes.values()) {
      expect(reason).toBe(outcome === Outcome.acked ? 'puback' : 'session lost');
    }
    expect(Array.from(sink.room)).toEqual(room);
    await sink.close();
    await broker.stop();
  });
});

function everySeen({ arrivals }: SourceRecord): boolean {
  const seen = new Set(arrivals.map(({ payload }) => payload));
  return seen.size === EVENTS && seen.has(payloadOf(0, EVENTS - 1));
}

async function until(holds: () => boolean): Promise<void> {
  const deadlineUs = clock.nowUs() + 30_000_000;
  while (!holds()) {
    if (clock.nowUs() > deadlineUs) throw new Error('waited in vain');
    await sleep(clock, 5);
  }
}
