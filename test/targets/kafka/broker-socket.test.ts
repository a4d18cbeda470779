import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTls } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import {
  type BrokerSocket,
  isTlsAlert,
  openSocket,
  type SocketSettings,
  speaksTls,
} from '../../../src/targets/kafka/broker-socket.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { until } from '../../until.ts';

const folder = new URL('../../fixtures/tls/', import.meta.url);
const [key, cert] = [readFileSync(new URL('server.key', folder)), readFileSync(new URL('server.pem', folder))];

/** Somebody who listens, with the sockets that came. Gone with the test. */
async function listening(server: Server = createServer()) {
  const sockets: Socket[] = [];
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as { port: number }).port, sockets };
}

async function open(port: number, more: Partial<SocketSettings> = {}): Promise<BrokerSocket> {
  const settings = { clock: systemClock(), tls: null, timeoutMs: 5_000, readBuffer: new Uint8Array(1024), ...more };
  const opened = await openSocket(settings, { host: '127.0.0.1', port });
  onTestFinished(() => opened.destroy());
  return opened;
}

/** Writes down what comes. */
function heard(opened: BrokerSocket) {
  const said: string[] = [];
  opened.reader = {
    read: (chunk, length) => said.push(Buffer.from(chunk.subarray(0, length)).toString()),
    closed: ({ code, reason }) => said.push(`${code}: ${reason}`),
  };
  return said;
}

it('reads into the buffer of all, for whoever reads at the time', async () => {
  const { port, sockets } = await listening();
  const readBuffer = new Uint8Array(1024);
  const opened = await open(port, { readBuffer });
  const first = heard(opened);
  await until(() => sockets.length > 0);
  sockets[0]?.write('one');
  await until(() => first.length > 0);
  expect(Buffer.from(readBuffer.subarray(0, 3)).toString()).toBe('one');
  const second = heard(opened);
  sockets[0]?.write('two');
  await until(() => second.length > 0);
  sockets[0]?.end();
  await until(() => second.length > 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect([first, second]).toEqual([['one'], ['two', 'target-unreachable: connection closed by the broker']]);
  expect(opened.socket.destroyed).toBe(true);
});

it('tells nothing any more once it is destroyed', async () => {
  const { port, sockets } = await listening();
  const opened = await open(port);
  const said = heard(opened);
  opened.destroy();
  opened.fail(speaksTls);
  await until(() => sockets.length > 0);
  await new Promise((resolve) => opened.socket.once('close', resolve));
  expect(said).toEqual([]);
});

it('tells once why it is of no use', async () => {
  const { port } = await listening();
  const opened = await open(port);
  const said = heard(opened);
  opened.fail(speaksTls);
  opened.fail(speaksTls);
  expect([said, opened.socket.destroyed]).toEqual([['target-refused: this port speaks TLS'], true]);
});

it('is refused where nobody listens', async () => {
  await expect(open(1)).rejects.toMatchObject({ code: 'target-unreachable', reason: 'connection refused' });
});

it('waits so long and no longer for TLS that does not come', async () => {
  const { port, sockets } = await listening();
  const clock = new VirtualClock();
  const tls = { context: createSecureContext({ ca: cert }), alpn: [] };
  const opening = open(port, { clock, tls, timeoutMs: 3_000 });
  opening.catch(() => {});
  await until(() => sockets.length > 0);
  clock.advanceTo(clock.nowUs() + 3_000_000);
  await expect(opening).rejects.toMatchObject({
    code: 'target-unreachable',
    reason: 'no answer within 3 s',
    hint: expect.any(String),
  });
});

it('leaves no timer behind when it is open', async () => {
  const { port } = await listening();
  const clock = new VirtualClock();
  const opened = await open(port, { clock });
  const said = heard(opened);
  clock.advanceTo(clock.nowUs() + 60_000_000);
  expect([clock.ran, said, opened.socket.destroyed]).toEqual([0, [], false]);
});

it('speaks TLS where it is told to, and says when the port does not', async () => {
  const tls = { context: createSecureContext({ ca: cert }), alpn: ['kafka'] };
  const names: unknown[] = [];
  const { port } = await listening(
    createTls({ key, cert, ALPNProtocols: ['kafka'] }, (socket) => {
      names.push(socket.alpnProtocol);
      socket.write('hello');
    }),
  );
  // The certificate is for another name, which is for the check and not for us here.
  const opening = open(port, { tls });
  await expect(opening).rejects.toMatchObject({ code: 'target-refused', reason: expect.stringMatching(/^TLS failed/) });
  const plain = await listening();
  const refused = open(plain.port, { tls });
  refused.catch(() => {});
  await until(() => plain.sockets.length > 0);
  plain.sockets[0]?.destroy();
  await expect(refused).rejects.toMatchObject({
    code: 'target-refused',
    reason: 'connection closed during the TLS handshake',
  });
});

it.each([
  [[21, 3, 1], 3, true],
  [[21, 3], 2, true],
  [[21, 3], 1, false],
  [[21, 2], 2, false],
  [[22, 3], 2, false],
])('takes %o, of which %i came, for a TLS alert: %s', (bytes, length, is) => {
  expect(isTlsAlert(Uint8Array.from(bytes), length)).toBe(is);
});
