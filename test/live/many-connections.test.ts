import { expect, it, onTestFinished } from 'vitest';
import { Outcome } from '../../src/core/outcome.ts';
import { streamRoot } from '../../src/core/random.ts';
import { openSink } from '../../src/targets/mqtt/sink.ts';
import { openSource } from '../../src/targets/mqtt/source.ts';
import { SinkRecord, sendSlots, sinkContext, testFleet } from '../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../contracts/source.ts';
import { mqttOptions } from '../targets/mqtt/mqtt-options.ts';
import { until } from '../until.ts';
import { startMosquitto } from './mosquitto.ts';

const address = 'test/<device>/reading';
const fleet = testFleet(0, 20, address);

it('Mosquitto hands each event to one of four readers that share it, whose gaps add up', async () => {
  const broker = await startMosquitto({ config: ['max_queued_messages 100000'] });
  onTestFinished(() => broker.stop());
  const [sent, arrived] = [new SinkRecord(), new SourceRecord()];
  const options = mqttOptions(broker.endpoint, { connections: 4, share: 4 });
  const source = await openSource(options, sourceContext(arrived, [fleet]));
  const sink = await openSink(options, sinkContext(sent, [fleet]));
  await sendSlots(sink, sent, fleet, 0, 4000);
  await sink.flush(10_000);
  await arrived.reached(4000);
  const slots = arrived.arrivals.map(({ payload }) => (JSON.parse(payload) as { slot: number }).slot);
  expect(slots).toHaveLength(4000);
  expect(new Set(slots).size).toBe(4000);
  expect(new Set(broker.log().match(/Sending PUBLISH to iotload-r0000test-read-\w+-\d/g)).size).toBe(4);
  expect(source.health().gaps).toBe(0);
  await broker.kill();
  await broker.restart();
  await until(() => arrived.notices.filter((notice) => notice.startsWith('reconnected')).length === 4);
  expect(source.health().gaps).toBe(4);
  await Promise.all([sink.close(), source.close()]);
});

/** Counts how often connections were lost and came back. */
class ConnectionRecord extends SinkRecord {
  readonly changes: Record<string, number> = {};

  override notice(kind: string, detail: string, count: number): void {
    super.notice(kind, detail, count);
    this.changes[kind] = (this.changes[kind] ?? 0) + count;
  }
}

it('a thousand devices from four addresses: up, cut and back, with an outcome for each event', async () => {
  const broker = await startMosquitto({ log: 'errors', config: ['log_type notice', 'max_queued_messages 100000'] });
  onTestFinished(() => broker.stop());
  const devices = testFleet(0, 1000, address);
  const [sent, arrived] = [new ConnectionRecord(), new SourceRecord()];
  const options = mqttOptions(broker.endpoint, {
    connections: 'per_device',
    maxInFlight: 10,
    sourceAddresses: ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'],
  });
  const source = await openSource(options, sourceContext(arrived, [devices]));
  const sink = await openSink(options, sinkContext(sent, [devices]));
  expect(sink.lanes).toBe(1000);
  expect(new Set(broker.log().match(/New client connected from 127\.0\.0\.\d/g)).size).toBe(4);
  const room = Array.from(sink.room);
  const sending = sendSlots(sink, sent, devices, 0, 20_000);
  await until(() => sent.outcomes.size > 2000);
  sink.disconnect?.({ fleets: null, share: 0.8, key: streamRoot(1, 'storm') }, 500);
  await sending;
  await sink.flush(10_000);
  const acked = [...sent.outcomes].filter(([, { outcome }]) => outcome === Outcome.acked);
  expect(sent.repeated).toEqual([]);
  expect(acked.length + sent.count(Outcome.unknown)).toBe(20_000);
  // Events whose outcome is unknown may arrive too, so that a number of arrivals says nothing.
  const missing = new Set(acked.map(([key]) => Number(key.split('/')[1])));
  let looked = 0;
  await until(() => {
    for (const { payload } of arrived.arrivals.slice(looked)) missing.delete(JSON.parse(payload).slot);
    looked = arrived.arrivals.length;
    return missing.size === 0;
  });
  await until(() => sink.room.every((left, lane) => left === room[lane]));
  await Promise.all([sink.close(), source.close()]);
  expect(sent.changes['disconnected']).toBeGreaterThan(700);
  expect(sent.changes['disconnected']).toBeLessThan(900);
  expect(sent.changes['reconnected']).toBe(sent.changes['disconnected']);
});
