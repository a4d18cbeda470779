import { expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { streamRoot } from '../../../src/core/random.ts';
import { openSink } from '../../../src/targets/mqtt/sink.ts';
import type { Sink } from '../../../src/targets/target.ts';
import { SinkRecord, sendSlots, sinkContext, testFleet } from '../../contracts/sink.ts';
import { until } from '../../until.ts';
import { mqttOptions } from './mqtt-options.ts';
import { puback, scriptedBroker } from './scripted-broker.ts';

const clock = systemClock();
const key = streamRoot(1, 'cut');
const fleet = testFleet(0, 40, 'test/<device>');

const cut = (sink: Sink, share: number, forMs: number): void => sink.disconnect?.({ fleets: null, share, key }, forMs);

it('a cut makes what is in flight unknown, once each; what waits goes out when the connections are back', async () => {
  let silent = true;
  const broker = await scriptedBroker((socket, packetId) => {
    if (!silent) socket.write(puback(packetId));
  });
  const record = new SinkRecord();
  const options = mqttOptions(broker.endpoint, { connections: 'per_device', maxInFlight: 5 });
  const sink = await openSink(options, sinkContext(record, [fleet]));
  const room = Array.from(sink.room);
  const sending = sendSlots(sink, record, fleet, 0, 400);
  await until(() => sink.room.every((free) => free === 0));
  silent = false;
  const cutAtUs = clock.nowUs();
  cut(sink, 1, 150);
  expect(record.outcomes.size).toBe(200);
  await sending;
  await sink.flush(5000);
  const outcomes = [...record.outcomes.values()];
  expect(outcomes.filter(({ outcome }) => outcome === Outcome.unknown).map(({ reason }) => reason)).toEqual(
    new Array(200).fill('connection lost'),
  );
  expect(record.count(Outcome.acked)).toBe(200);
  expect(record.repeated).toEqual([]);
  expect(Array.from(sink.room)).toEqual(room);
  const backUs = Math.min(
    ...outcomes.filter(({ outcome }) => outcome === Outcome.acked).map(({ sentAtUs }) => sentAtUs),
  );
  expect(backUs - cutAtUs).toBeGreaterThanOrEqual(150_000);
  expect(broker.farewells).toBe(0);
  expect(record.notices).toContain(`disconnected: ${broker.endpoint}: cut on purpose`);
  await sink.close();
  await broker.stop();
});

it('cuts those that were chosen and no other, and the storm comes back at the connect rate', async () => {
  const broker = await scriptedBroker((socket, packetId) => socket.write(puback(packetId)));
  const record = new SinkRecord();
  const options = mqttOptions(broker.endpoint, { connections: 'per_device', connectPerSecond: 200 });
  const sink = await openSink(options, sinkContext(record, [fleet]));
  cut(sink, 0.5, 30);
  const down = Array.from(sink.room, (room) => room === 0);
  const count = down.filter(Boolean).length;
  expect(count).toBeGreaterThan(8);
  expect(count).toBeLessThan(32);
  const startUs = clock.nowUs();
  await until(() => sink.room.every((room) => room > 0));
  // 30 ms down, then one every 5 ms, with the queue's 50 ms of grace for timers that fire late.
  expect(clock.nowUs() - startUs).toBeGreaterThanOrEqual(30_000 + count * 5000 - 60_000);
  expect(broker.clients.slice(40).sort()).toEqual(
    down.flatMap((isDown, lane) => (isDown ? [fleet.deviceId(lane)] : [])).sort(),
  );
  await sink.close();
  await broker.stop();
});

it('a second cut outlasts the first, whether the connection is down, waits for its turn, or is on its way', async () => {
  const broker = await scriptedBroker((socket, packetId) => socket.write(puback(packetId)));
  const record = new SinkRecord();
  const options = mqttOptions(broker.endpoint, { connections: 'per_device', connectPerSecond: 100 });
  const sink = await openSink(options, sinkContext(record, [testFleet(0, 12, 'test/<device>')]));
  cut(sink, 1, 10);
  // Some of them are back or on their way now, the others wait in the queue.
  await until(() => broker.clients.length > 12);
  const cutAtUs = clock.nowUs();
  cut(sink, 1, 200);
  // What the broker sees may have been on its way before; room is there only for who is back.
  expect(sink.room.every((room) => room === 0)).toBe(true);
  await until(() => sink.room.some((room) => room > 0));
  expect(clock.nowUs() - cutAtUs).toBeGreaterThanOrEqual(200_000);
  await until(() => sink.room.every((room) => room > 0));
  await sendSlots(sink, record, testFleet(0, 12, 'test/<device>'), 0, 120);
  await sink.flush(5000);
  await sink.close();
  expect(record.count(Outcome.acked)).toBe(120);
  await broker.stop();
});

it('closes while it is cut', async () => {
  const broker = await scriptedBroker(() => {});
  const record = new SinkRecord();
  const sink = await openSink(mqttOptions(broker.endpoint), sinkContext(record, [fleet]));
  cut(sink, 1, 60_000);
  await sink.flush(1000);
  await sink.close();
  await broker.stop();
});
