import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectWriter } from '../../../src/targets/mqtt/direct-writer.ts';

let server: Server;
let socket: Socket;
let peer: Socket;
let received: Buffer[];
let completed: (Error | null)[];
let writer: DirectWriter;

beforeEach(async () => {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => {});
  [peer] = (await accepted) as [Socket];
  if (socket.connecting) await once(socket, 'connect');
  received = [];
  completed = [];
  peer.on('data', (chunk: Buffer) => received.push(chunk));
  peer.on('error', () => {});
  peer.pause();
  writer = new DirectWriter(socket, (error) => completed.push(error));
});

afterEach(() => {
  socket.destroy();
  peer.destroy();
  server.close();
});

/** Writes as a channel does: what the direct way does not take goes through the stream. */
function write(bytes: Buffer): 'taken' | 'kept' | 'stream' {
  const written = writer.write(bytes);
  if (written === null) socket.write(bytes);
  return written ?? 'stream';
}

async function arrivedInAll(bytes: number): Promise<Buffer> {
  peer.resume();
  while (received.reduce((sum, chunk) => sum + chunk.length, 0) < bytes) await once(peer, 'data');
  return Buffer.concat(received);
}

/** The first write of a process teaches how requests are made. */
async function taught(): Promise<void> {
  write(Buffer.from('-'));
  while (socket.writableLength > 0) await once(socket, 'drain');
}

describe('DirectWriter', () => {
  it('hands bytes to the kernel, which may be used again at once', async () => {
    await taught();
    const bytes = Buffer.from('abc');
    expect(write(bytes)).toBe('taken');
    bytes.fill(0);
    expect(writer.waitingBytes).toBe(0);
    expect((await arrivedInAll(4)).toString()).toBe('-abc');
    expect(completed).toEqual([]);
  });

  it('keeps what the kernel does not take, in order with what goes through the stream meanwhile, and says when it is gone', async () => {
    await taught();
    const ways = new Set<string>();
    const sent: Buffer[] = [Buffer.from('-')];
    for (let i = 0; i < 200; i++) {
      const bytes = Buffer.alloc(100_000, i);
      ways.add(write(bytes));
      sent.push(bytes);
    }
    expect(ways).toEqual(new Set(['taken', 'kept', 'stream']));
    expect(writer.waitingBytes).toBeGreaterThan(0);
    const all = Buffer.concat(sent);
    expect((await arrivedInAll(all.length)).equals(all)).toBe(true);
    expect(completed).toEqual([null]);
    expect(writer.waitingBytes).toBe(0);
    while (socket.writableLength > 0) await once(socket, 'drain');
    expect(write(Buffer.from('z'))).toBe('taken');
  });

  it('leaves a socket alone that waits, is connecting or is gone', async () => {
    await taught();
    const early = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    early.on('error', () => {});
    expect(new DirectWriter(early, () => {}).write(Buffer.from('x'))).toBeNull();
    early.destroy();
    socket.destroy();
    expect(writer.write(Buffer.from('x'))).toBeNull();
  });

  it('tells what kept bytes from going', async () => {
    await taught();
    while (write(Buffer.alloc(1_000_000)) === 'taken');
    expect(writer.waitingBytes).toBeGreaterThan(0);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    peer.resetAndDestroy();
    await closed;
    expect(completed).toHaveLength(1);
    expect(completed[0]).toMatchObject({ syscall: 'write', code: expect.stringMatching(/^E/) });
  });
});
