import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { openSink } from '../../../src/targets/mqtt/sink.ts';
import { openSource } from '../../../src/targets/mqtt/source.ts';
import { SinkRecord, sinkContext, testFleet } from '../../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../../contracts/source.ts';
import { deadPort } from './aedes-broker.ts';
import { mqttOptions } from './mqtt-options.ts';

const fleets = [testFleet(0, 3, 'test/<device>')];
const servers: { server: Server; sockets: Set<Socket> }[] = [];

/** A server that does `onData` with whatever it receives. */
async function serverThat(onData: (socket: Socket, data: Buffer) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (data: Buffer) => onData(socket, data));
    socket.on('error', () => {});
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
});

async function failure(endpoint: string, role: 'sink' | 'source', overrides = {}): Promise<Error> {
  const options = mqttOptions(endpoint, overrides);
  const opening =
    role === 'sink'
      ? openSink(options, sinkContext(new SinkRecord(), fleets))
      : openSource(options, sourceContext(new SourceRecord(), fleets));
  return opening.then(
    () => new Error('opened'),
    (error: Error) => error,
  );
}

const connack = (code: number): Buffer => Buffer.from([0x20, 2, 0, code]);

it.each([
  [1, 'unacceptable protocol version'],
  [2, 'client identifier rejected'],
  [3, 'server unavailable'],
  [4, 'bad user name or password'],
  [5, 'not authorized'],
  [77, 'CONNACK return code 77'],
])('says what CONNACK %i means', async (code, words) => {
  const endpoint = await serverThat((socket) => socket.write(connack(code)));
  for (const role of ['sink', 'source'] as const) {
    const error = await failure(endpoint, role, { username: 'ann', password: 'hunter2' });
    expect(error).toMatchObject({
      name: 'IotloadError',
      code: 'target-refused',
      where: 'target.endpoint',
      value: endpoint,
    });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('hunter2');
  }
});

it('names host, port, what was tried and for how long when nobody listens', async () => {
  const endpoint = `mqtt://127.0.0.1:${await deadPort()}`;
  for (const role of ['sink', 'source'] as const) {
    const error = await failure(endpoint, role);
    expect(error).toMatchObject({ code: 'target-unreachable', hint: 'Is a broker listening there?' });
    expect(error.message).toMatch(
      new RegExp(`^${endpoint} cannot be reached: connection refused \\(.*1 attempt in 0\\.\\d s\\)$`),
    );
  }
});

it('gives up on a broker that never answers within the connect timeout', async () => {
  const endpoint = await serverThat(() => {});
  const clock = systemClock();
  for (const role of ['sink', 'source'] as const) {
    const startUs = clock.nowUs();
    const error = await failure(endpoint, role, { connectTimeoutUs: 200_000 });
    expect(error).toMatchObject({ code: 'target-unreachable' });
    expect(error.message).toContain('no CONNACK came within 0.2 s');
    expect(clock.nowUs() - startUs).toBeGreaterThan(190_000);
    expect(clock.nowUs() - startUs).toBeLessThan(2_000_000);
  }
});

it('gives up on a broker that answers CONNECT and PINGREQ but never SUBSCRIBE', async () => {
  const endpoint = await serverThat((socket, data) => {
    const type = (data[0] as number) >>> 4;
    if (type === 1) socket.write(connack(0));
    if (type === 12) socket.write(Buffer.from([0xd0, 0]));
  });
  const clock = systemClock();
  const startUs = clock.nowUs();
  const error = await failure(endpoint, 'source', { connectTimeoutUs: 200_000 });
  expect(error).toMatchObject({ code: 'target-unreachable', value: endpoint });
  expect(error.message).toContain('no SUBACK within 0.2 s');
  expect(clock.nowUs() - startUs).toBeGreaterThan(190_000);
  expect(clock.nowUs() - startUs).toBeLessThan(2_000_000);
});

it('tells a service that hangs up from one that is no broker', async () => {
  const closing = await serverThat((socket) => socket.end());
  expect(await failure(closing, 'sink')).toMatchObject({
    code: 'target-refused',
    message: expect.stringContaining('closed without an answer to CONNECT'),
  });
  const web = await serverThat((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const error = await failure(web, 'sink');
  expect(error).toMatchObject({ code: 'target-refused', hint: expect.stringContaining('speak MQTT') });
});

it('reads the secrets through the context, and they reach CONNECT', async () => {
  const seen: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (chunk) => {
      seen.push(chunk);
      socket.write(connack(0));
    });
    socket.on('error', () => {});
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const endpoint = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const context = {
    ...sinkContext(new SinkRecord(), fleets),
    reveal: (text: string) => text.replace('${PW}', 's3cret'),
  };
  const sink = await openSink(mqttOptions(endpoint, { connections: 1, username: 'ann', password: '${PW}' }), context);
  await sink.close();
  expect(Buffer.concat(seen).toString('latin1')).toContain('\0\u0003ann\0\u0006s3cret');
});

it('refuses an endpoint that is not MQTT, and certificate files that cannot be read', async () => {
  expect(await failure('http://127.0.0.1:1883', 'sink')).toMatchObject({
    code: 'bad-scenario',
    value: 'http://127.0.0.1:1883',
  });
  const tls = { ca: '/nonexistent/ca.pem' };
  expect(await failure('mqtts://127.0.0.1:8883', 'sink', { tls })).toMatchObject({
    code: 'file-unreadable',
    value: tls.ca,
  });
});
