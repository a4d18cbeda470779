import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { sleep, systemClock } from '../../../src/core/clock.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { streamRoot } from '../../../src/core/random.ts';
import { openSink } from '../../../src/targets/mqtt/sink.ts';
import type { TargetFleet } from '../../../src/targets/target.ts';
import { SinkRecord, sendSlots, sinkContext, testFleet } from '../../contracts/sink.ts';
import { until } from '../../until.ts';
import { mqttOptions } from './mqtt-options.ts';
import { puback, scriptedBroker } from './scripted-broker.ts';

const clock = systemClock();
const fleet: TargetFleet = {
  ...testFleet(0, 3, 'test/<device>'),
  deviceId: (seat, incarnation = 0) => `d${seat}.${incarnation}`,
};

it('lets what is in flight be acknowledged, says farewell, and comes back under the new id', async () => {
  const pending: [Socket, number][] = [];
  let hold = true;
  const broker = await scriptedBroker((socket, packetId) => {
    if (hold) pending.push([socket, packetId]);
    else socket.write(puback(packetId));
  });
  const record = new SinkRecord();
  const sink = await openSink(
    mqttOptions(broker.endpoint, { connections: 'per_device' }),
    sinkContext(record, [fleet]),
  );
  await sendSlots(sink, record, fleet, 0, 9);
  await until(() => pending.length === 9);
  sink.reload?.(0, 1, 1);
  expect(Array.from(sink.room, (room) => room > 0)).toEqual([true, false, true]);
  await sleep(clock, 20);
  expect(broker.farewells).toBe(0);
  hold = false;
  for (const [socket, packetId] of pending) socket.write(puback(packetId));
  await until(() => (sink.room[1] as number) > 0);
  expect(broker.clients.sort()).toEqual(['d0.0', 'd1.0', 'd1.1', 'd2.0']);
  expect(broker.farewells).toBe(1);
  await sendSlots(sink, record, fleet, 9, 30);
  await sink.flush(5000);
  expect(record.count(Outcome.acked)).toBe(30);
  expect(record.repeated).toEqual([]);
  expect(record.notices).toEqual([`connected: ${broker.endpoint}`]);
  expect(Array.from(sink.room)).toEqual([50, 50, 50]);
  await sink.close();
  await broker.stop();
});

it('waits for an acknowledgement that never comes no longer than the timeout', async () => {
  const broker = await scriptedBroker(() => {});
  const record = new SinkRecord();
  const options = mqttOptions(broker.endpoint, { connections: 'per_device', timeoutUs: 50_000 });
  const sink = await openSink(options, sinkContext(record, [fleet]));
  await sendSlots(sink, record, fleet, 0, 3);
  sink.reload?.(0, 2, 4);
  await until(() => broker.clients.includes('d2.4'));
  expect(record.outcomes.get('0/2')).toMatchObject({ outcome: Outcome.unknown, reason: 'timeout' });
  await sink.close();
  await broker.stop();
});

it('sends events of the old device that the engine has already taken the room for', async () => {
  const topics: string[] = [];
  const broker = await scriptedBroker((socket, packetId, topic) => {
    topics.push(topic);
    socket.write(puback(packetId));
  });
  const record = new SinkRecord();
  const sink = await openSink(
    mqttOptions(broker.endpoint, { connections: 'per_device' }),
    sinkContext(record, [fleet]),
  );
  sink.room[0] = (sink.room[0] as number) - 1;
  sink.reload?.(0, 0, 1);
  expect(sink.room[0]).toBe(0);
  // The one that was taken is sent as if there were room.
  sink.room[0] = 1;
  await sendSlots(sink, record, fleet, 0, 1);
  await until(() => broker.clients.includes('d0.1'));
  await sink.flush(1000);
  expect(record.outcomes.get('0/0')).toMatchObject({ outcome: Outcome.acked });
  expect(topics).toHaveLength(1);
  await sink.close();
  await broker.stop();
});

it('goes at once at QoS 0', async () => {
  const broker = await scriptedBroker(() => {});
  const sink = await openSink(
    mqttOptions(broker.endpoint, { connections: 'per_device', qos: 0 }),
    sinkContext(new SinkRecord(), [fleet]),
  );
  sink.reload?.(0, 0, 1);
  await until(() => broker.clients.includes('d0.1'));
  await sink.close();
  await broker.stop();
});

it('takes the newest id when the device changes again, or is cut, in between', async () => {
  const broker = await scriptedBroker((socket, packetId) => socket.write(puback(packetId)));
  const sink = await openSink(
    mqttOptions(broker.endpoint, { connections: 'per_device' }),
    sinkContext(new SinkRecord(), [fleet]),
  );
  sink.reload?.(0, 0, 1);
  sink.reload?.(0, 0, 2);
  sink.reload?.(0, 1, 1);
  sink.disconnect?.({ fleets: null, share: 1, key: streamRoot(1, 'cut') }, 20);
  sink.reload?.(0, 2, 5);
  await until(() => sink.room.every((room) => room > 0));
  expect(new Set(broker.clients.slice(-3))).toEqual(new Set(['d0.2', 'd1.1', 'd2.5']));
  await sink.close();
  await broker.stop();
});

it('does nothing to a pool, whose connections are nobody’s', async () => {
  const broker = await scriptedBroker(() => {});
  const sink = await openSink(mqttOptions(broker.endpoint, { connections: 2 }), sinkContext(new SinkRecord(), [fleet]));
  sink.reload?.(0, 0, 1);
  expect(Array.from(sink.room)).toEqual([50, 50]);
  await sink.close();
  await broker.stop();
});
