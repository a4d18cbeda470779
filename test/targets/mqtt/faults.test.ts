import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../../src/core/clock.ts';
import { createEventBatch } from '../../../src/core/event-batch.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { openSink } from '../../../src/targets/mqtt/sink.ts';
import { openSource } from '../../../src/targets/mqtt/source.ts';
import { appendEvent, SinkRecord, sendSlots, sinkContext, testFleet } from '../../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../../contracts/source.ts';
import { until } from '../../until.ts';
import { startAedes, type TestBroker } from './aedes-broker.ts';
import { mqttOptions } from './mqtt-options.ts';
import { puback, scriptedBroker } from './scripted-broker.ts';

const clock = systemClock();
const fleet = testFleet(0, 4, 'test/<device>');

describe('a sink whose broker goes away', () => {
  let broker: TestBroker;
  beforeEach(async () => {
    broker = await startAedes();
  });
  afterEach(() => broker.stop());

  it('has no room meanwhile, reconnects by itself, and its rooms come back', async () => {
    const record = new SinkRecord();
    const sink = await openSink(mqttOptions(broker.endpoint), sinkContext(record, [fleet]));
    const full = Array.from(sink.room);
    broker.cut();
    await until(() => sink.room.every((room) => room === 0));
    await until(() => Array.from(sink.room).every((room, lane) => room === full[lane]));
    expect(record.drains.slice(-2).sort()).toEqual([0, 1]);
    await sendSlots(sink, record, fleet, 0, 100);
    await sink.flush(5000);
    await sink.close();
    expect(record.count(Outcome.acked)).toBe(100);
    const kinds = record.notices.map((notice) => notice.split(':')[0]);
    expect(kinds).toContain('disconnected');
    expect(kinds).toContain('reconnected');
  });

  it('finds a broker again that was restarted on its port', async () => {
    const record = new SinkRecord();
    const sink = await openSink(mqttOptions(broker.endpoint), sinkContext(record, [fleet]));
    await sendSlots(sink, record, fleet, 0, 50);
    await broker.stop();
    await until(() => sink.room.every((room) => room === 0));
    broker = await startAedes(broker.port);
    await until(() => sink.room.every((room) => room === 50));
    await sendSlots(sink, record, fleet, 50, 100);
    await sink.flush(5000);
    await sink.close();
    expect(record.repeated).toEqual([]);
    expect(record.outcomes.size).toBe(100);
  });

  it('closes while it is reconnecting', async () => {
    const record = new SinkRecord();
    const sink = await openSink(mqttOptions(broker.endpoint), sinkContext(record, [fleet]));
    await broker.stop();
    await until(() => sink.room.every((room) => room === 0));
    await sink.flush(1000);
    await sink.close();
    const notices = record.notices.length;
    await sleep(clock, 400);
    expect(record.notices).toHaveLength(notices);
    await expect(sink.publish('a', Buffer.from('b'))).rejects.toMatchObject({ code: 'target-unreachable' });
    broker = await startAedes();
  });

  it('says that events handed over without a connection were not stored', async () => {
    const record = new SinkRecord();
    const sink = await openSink(mqttOptions(broker.endpoint, { connections: 1 }), sinkContext(record, [fleet]));
    sink.room[0] = (sink.room[0] as number) - 1;
    broker.cut();
    await until(() => sink.room[0] === 0);
    const batch = createEventBatch(1, 1000);
    appendEvent(batch, fleet, 7);
    sink.send(batch, clock.nowUs());
    expect(record.outcomes.get('0/7')).toMatchObject({ outcome: Outcome.rejected, reason: 'not connected' });
    await until(() => sink.room[0] === 50);
    await sink.close();
  });

  it('leaves a gap in its source, which reconnects and subscribes again', async () => {
    const arrived = new SourceRecord();
    const source = await openSource(mqttOptions(broker.endpoint), sourceContext(arrived, [fleet]));
    expect(source.health()).toEqual({ gaps: 0, fullReads: 0, brokerDropped: null });
    broker.cut();
    await until(() => arrived.notices.some((notice) => notice.startsWith('reconnected')));
    expect(source.health().gaps).toBe(1);
    const record = new SinkRecord();
    const sink = await openSink(mqttOptions(broker.endpoint), sinkContext(record, [fleet]));
    await sendSlots(sink, record, fleet, 0, 20);
    await arrived.reached(20);
    await Promise.all([sink.close(), source.close()]);
  });
});

describe('a sink whose broker acknowledges oddly', () => {
  it('gives up after the timeout, reopens the window, ignores late PUBACKs and keeps their identifiers apart', async () => {
    const ids: number[] = [];
    const broker = await scriptedBroker((_, packetId) => ids.push(packetId));
    const record = new SinkRecord();
    const options = mqttOptions(broker.endpoint, { connections: 1, maxInFlight: 3, timeoutUs: 700_000 });
    const sink = await openSink(options, sinkContext(record, [fleet]));
    await sendSlots(sink, record, fleet, 0, 6);
    await until(() => record.outcomes.size >= 3);
    await until(() => ids.length === 6);
    expect(new Set(ids).size).toBe(6);
    // The late acknowledgements of the first three settle nothing, and not the three that took their place in the window either.
    const [socket] = broker.sockets as [Socket];
    for (const id of ids.slice(0, 3)) socket.write(puback(id));
    for (const id of ids.slice(3)) socket.write(puback(id));
    await sink.flush(5000);
    expect([0, 1, 2, 3, 4, 5].map((slot) => record.outcomes.get(`0/${slot}`)?.reason)).toEqual([
      ...new Array(3).fill('timeout'),
      ...new Array(3).fill('puback'),
    ]);
    expect(record.repeated).toEqual([]);
    expect(sink.room[0]).toBe(3);
    await sink.close();
    await broker.stop();
  });

  it('takes PUBACKs out of order, twice, unknown ones and cut in two', async () => {
    const ids: number[] = [];
    const broker = await scriptedBroker((socket, packetId) => {
      ids.push(packetId);
      if (ids.length < 10) return;
      const acks = [...ids.reverse(), ids[0] as number, 65_535].map(puback);
      const bytes = Buffer.concat(acks);
      socket.write(bytes.subarray(0, 7));
      clock.after(5, () => socket.write(bytes.subarray(7)));
    });
    const record = new SinkRecord();
    const sink = await openSink(mqttOptions(broker.endpoint, { connections: 1 }), sinkContext(record, [fleet]));
    await sendSlots(sink, record, fleet, 0, 10);
    await sink.flush(5000);
    expect(record.count(Outcome.acked)).toBe(10);
    expect(record.repeated).toEqual([]);
    await sink.close();
    await broker.stop();
  });

  it('ends the session on bytes that are not MQTT: in flight is unknown', async () => {
    let told = false;
    const broker = await scriptedBroker((socket, packetId) => {
      socket.write(told ? puback(packetId) : Buffer.from([0xff, 0xff]));
      told = true;
    });
    const record = new SinkRecord();
    const sink = await openSink(
      mqttOptions(broker.endpoint, { connections: 1, maxInFlight: 1 }),
      sinkContext(record, [fleet]),
    );
    await sendSlots(sink, record, fleet, 0, 2);
    await sink.flush(5000);
    expect(record.outcomes.get('0/0')).toMatchObject({ outcome: Outcome.unknown, reason: 'connection lost' });
    expect(record.outcomes.get('0/1')).toMatchObject({ outcome: Outcome.acked });
    expect(record.notices[0]).toContain('not MQTT 3.1.1');
    await sink.close();
    await broker.stop();
  });

  it('settles what flush waited for in vain', async () => {
    const broker = await scriptedBroker(() => {});
    const record = new SinkRecord();
    const sink = await openSink(mqttOptions(broker.endpoint, { connections: 1 }), sinkContext(record, [fleet]));
    await sendSlots(sink, record, fleet, 0, 5);
    await sink.flush(50);
    expect(record.count(Outcome.unknown)).toBe(5);
    await sink.close();
    expect(record.repeated).toEqual([]);
    await broker.stop();
  });
});

it('stops taking events at QoS 0 when the socket is full, and goes on when it drains', async () => {
  const broker = await scriptedBroker((socket) => socket.pause());
  const record = new SinkRecord();
  const options = mqttOptions(broker.endpoint, { qos: 0, connections: 1 });
  const sink = await openSink(options, sinkContext(record, [fleet]));
  const batch = createEventBatch(1, 128 * 1024);
  appendEvent(batch, fleet, 0);
  batch.ends[0] = (batch.payloads[0] as number) + 100_000;
  let sent = 0;
  // The kernel takes a few megabytes; then the bytes wait in our process, and no more than the bound and one batch of them.
  while ((sink.room[0] as number) > 0) {
    batch.slots[0] = sent++;
    sink.room[0] = (sink.room[0] as number) - 1;
    sink.send(batch, clock.nowUs());
    if (sent % 20 === 0) await sleep(clock, 1);
    if (sent > 2000) throw new Error('no back-pressure after 200 MB');
  }
  expect(record.count(Outcome.noAck)).toBe(sent);
  expect(record.drains).toEqual([0]);
  for (const socket of broker.sockets) {
    socket.removeAllListeners('data');
    socket.resume();
  }
  await until(() => (sink.room[0] as number) > 0);
  expect(record.drains).toEqual([0, 0]);
  await sink.flush(5000);
  await sink.close();
  await broker.stop();
});
