import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { sleep, systemClock } from '../../../src/core/clock.ts';
import { createEventBatch } from '../../../src/core/event-batch.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { openSink } from '../../../src/targets/mqtt/sink.ts';
import { openSource } from '../../../src/targets/mqtt/source.ts';
import type { SinkContext, SourceContext, TargetOptions } from '../../../src/targets/target.ts';
import { appendEvent, SinkRecord, sendSlots, sinkContext, sinkContract, testFleet } from '../../contracts/sink.ts';
import { SourceRecord, sourceContext, sourceContract } from '../../contracts/source.ts';
import { deadPort } from './aedes-broker.ts';
import { startAedesWebSocket } from './aedes-websocket.ts';
import { mqttOptions } from './mqtt-options.ts';

const clock = systemClock();
const fleet = testFleet(0, 4, 'test/<device>');
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadlineUs = clock.nowUs() + 10_000_000;
  while (!holds()) {
    if (clock.nowUs() > deadlineUs) throw new Error(`waited in vain for ${what}`);
    await sleep(clock, 2);
  }
}

const variants: [string, TargetOptions, number][] = [
  ['QoS 1, pooled', { qos: 1, connections: 2 }, Number.POSITIVE_INFINITY],
  ['QoS 0, one per device', { qos: 0, connections: 'per_device' }, Number.POSITIVE_INFINITY],
  ['QoS 1, messages of seven bytes', { qos: 1, connections: 2 }, 7],
];
for (const [name, overrides, fragment] of variants) {
  const start = async () => {
    const broker = await startAedesWebSocket('/mqtt', fragment);
    const dead = mqttOptions(`ws://127.0.0.1:${await deadPort()}/mqtt`, overrides);
    const live = mqttOptions(broker.endpoint, overrides);
    return {
      open: (context: SinkContext) => openSink(live, context),
      openDead: (context: SinkContext) => openSink(dead, context),
      openSink: (context: SinkContext) => openSink(live, context),
      openSource: (context: SourceContext) => openSource(live, context),
      deadCode: 'target-unreachable' as const,
      stop: () => broker.stop(),
      dead,
    };
  };
  const address = 'test/<device>/reading';
  const outcome = overrides['qos'] === 0 ? Outcome.noAck : Outcome.acked;
  sinkContract(`mqtt over WebSocket, ${name}`, { outcome, address, start });
  sourceContract(`mqtt over WebSocket, ${name}`, {
    address,
    complete: false,
    start: async () => {
      const fixture = await start();
      return { ...fixture, openDead: (context) => openSource(fixture.dead, context) };
    },
  });
}

it('comes back after the connections were cut', async () => {
  const broker = await startAedesWebSocket();
  closers.push(() => broker.stop());
  const record = new SinkRecord();
  const sink = await openSink(mqttOptions(broker.endpoint), sinkContext(record, [fleet]));
  broker.cut();
  await until('no room', () => sink.room.every((room) => room === 0));
  await until('room', () => sink.room.every((room) => room === 50));
  await sendSlots(sink, record, fleet, 0, 100);
  await sink.flush(5000);
  await sink.close();
  expect(record.count(Outcome.acked)).toBe(100);
});

async function failure(endpoint: string): Promise<Error> {
  const arrived = new SourceRecord();
  const [sinkError, sourceError] = await Promise.all([
    openSink(mqttOptions(endpoint), sinkContext(new SinkRecord(), [fleet])).catch((error: Error) => error),
    openSource(mqttOptions(endpoint), sourceContext(arrived, [fleet])).catch((error: Error) => error),
  ]);
  expect(sinkError).toBeInstanceOf(Error);
  expect(sourceError).toMatchObject({ code: (sinkError as { code?: string }).code });
  return sinkError as Error;
}

it('says what a web server answers instead', async () => {
  const broker = await startAedesWebSocket('/mqtt');
  closers.push(() => broker.stop());
  const error = await failure(broker.endpoint.replace('/mqtt', '/elsewhere'));
  expect(error).toMatchObject({
    code: 'target-refused',
    message: expect.stringContaining('HTTP 400 instead of a WebSocket'),
    hint: expect.stringContaining('/mqtt'),
  });
});

it('refuses a WebSocket that is not for MQTT', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ server, handleProtocols: () => false });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
    return new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const error = await failure(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(error).toMatchObject({ code: 'target-refused', message: expect.stringContaining('subprotocol') });
});

it('takes no more when the socket is full, goes on when it drains, and keeps the bytes it was given', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'mqtt' });
  const received: Buffer[] = [];
  let reading: (() => void) | null = null;
  sockets.on('connection', (client, request) => {
    client.once('message', () => {
      client.send(Buffer.from([0x20, 2, 0, 0]));
      request.socket.pause();
      client.on('message', (data: Buffer) => received.push(data));
      reading = () => request.socket.resume();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
    return new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const record = new SinkRecord();
  const options = mqttOptions(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, { qos: 0, connections: 1 });
  const sink = await openSink(options, sinkContext(record, [fleet]));
  const batch = createEventBatch(1, 128 * 1024);
  let sent = 0;
  while ((sink.room[0] as number) > 0) {
    batch.count = 0;
    batch.end = 0;
    appendEvent(batch, fleet, 0);
    batch.ends[0] = (batch.payloads[0] as number) + 100_000;
    batch.bytes.fill(sent & 255, batch.payloads[0], batch.ends[0]);
    batch.slots[0] = sent++;
    sink.room[0] = (sink.room[0] as number) - 1;
    sink.send(batch, clock.nowUs());
    if (sent % 20 === 0) await sleep(clock, 1);
    if (sent > 2000) throw new Error('no back-pressure after 200 MB');
  }
  expect(record.drains).toEqual([0]);
  (reading as (() => void) | null)?.();
  await until('room', () => (sink.room[0] as number) > 0);
  await sink.flush(5000);
  await until('all messages', () => received.length === sent);
  received.forEach((message, i) => {
    expect(message.length).toBeGreaterThan(100_000);
    expect(message.at(-1)).toBe(i & 255);
  });
  await sink.close();
});
