import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { sleep, systemClock } from '../../../src/core/clock.ts';
import { createEventBatch } from '../../../src/core/event-batch.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { openSink } from '../../../src/targets/mqtt/sink.ts';
import { openSource } from '../../../src/targets/mqtt/source.ts';
import type { TargetOptions } from '../../../src/targets/target.ts';
import { appendEvent, SinkRecord, sendSlots, sinkContext, testFleet } from '../../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../../contracts/source.ts';
import { until } from '../../until.ts';
import { startAedesWebSocket } from './aedes-websocket.ts';
import { mqttContracts } from './mqtt-contracts.ts';
import { mqttOptions } from './mqtt-options.ts';

const clock = systemClock();
const fleet = testFleet(0, 4, 'test/<device>');
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const variants: [string, TargetOptions, number][] = [
  ['QoS 1, pooled', { qos: 1, connections: 2 }, Number.POSITIVE_INFINITY],
  ['QoS 0, one per device', { qos: 0, connections: 'per_device' }, Number.POSITIVE_INFINITY],
  ['QoS 1, messages of seven bytes', { qos: 1, connections: 2 }, 7],
];
for (const [name, overrides, fragment] of variants) {
  mqttContracts(`mqtt over WebSocket, ${name}`, overrides, () => startAedesWebSocket('/mqtt', fragment));
}

it('comes back after the connections were cut', async () => {
  const broker = await startAedesWebSocket();
  closers.push(() => broker.stop());
  const record = new SinkRecord();
  const sink = await openSink(mqttOptions(broker.endpoint), sinkContext(record, [fleet]));
  broker.cut();
  await until(() => sink.room.every((room) => room === 0));
  await until(() => sink.room.every((room) => room === 50));
  await sendSlots(sink, record, fleet, 0, 100);
  await sink.flush(5000);
  await sink.close();
  expect(record.count(Outcome.acked)).toBe(100);
});

/** A web server that takes every WebSocket as one of `protocol`; returns its endpoint. */
async function startServer(
  protocol: string | false,
  connected: (client: WebSocket, request: IncomingMessage) => void = () => {},
): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, handleProtocols: () => protocol });
  sockets.on('connection', connected);
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
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

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
  const error = await failure(await startServer(false));
  expect(error).toMatchObject({ code: 'target-refused', message: expect.stringContaining('subprotocol') });
});

it('takes no more when the socket is full, goes on when it drains, and keeps the bytes it was given', async () => {
  const received: Buffer[] = [];
  let reading: (() => void) | null = null;
  const endpoint = await startServer('mqtt', (client, request) => {
    client.once('message', () => {
      client.send(Buffer.from([0x20, 2, 0, 0]));
      request.socket.pause();
      client.on('message', (data: Buffer) => received.push(data));
      reading = () => request.socket.resume();
    });
  });
  const record = new SinkRecord();
  const sink = await openSink(mqttOptions(endpoint, { qos: 0, connections: 1 }), sinkContext(record, [fleet]));
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
  await until(() => (sink.room[0] as number) > 0);
  await sink.flush(5000);
  await until(() => received.length === sent);
  received.forEach((message, i) => {
    expect(message.length).toBeGreaterThan(100_000);
    expect(message.at(-1)).toBe(i & 255);
  });
  await sink.close();
});
