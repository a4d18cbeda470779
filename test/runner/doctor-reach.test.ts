import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IotloadError } from '../../src/core/errors.ts';
import { dial, hostAndPort, opened } from '../../src/runner/doctor-reach.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { deadPort } from '../targets/mqtt/aedes-broker.ts';

/** A clock that knows how many of its timers are neither over nor cancelled. */
class WatchedClock extends VirtualClock {
  pending = 0;

  override after(ms: number, task: () => void): () => void {
    this.pending++;
    const over = (): void => {
      this.pending--;
    };
    const cancel = super.after(ms, () => {
      over();
      task();
    });
    return () => {
      over();
      cancel();
    };
  }
}

it.each([
  ['127.0.0.1:1883', '127.0.0.1', 1883],
  ['[::1]:8883', '::1', 8883],
  ['broker.example.com:443', 'broker.example.com', 443],
])('%s is host and port', (host, name, port) => {
  expect(hostAndPort(host, true)).toEqual({ name, port });
});

it.each([
  ['kinesis.eu-central-1.amazonaws.com', true, 'kinesis.eu-central-1.amazonaws.com', 443],
  ['localstack', false, 'localstack', 80],
  ['[::1]', true, '::1', 443],
])('%s has the port of HTTP, encrypted: %s', (host, secure, name, port) => {
  expect(hostAndPort(host, secure)).toEqual({ name, port });
});

describe('opened', () => {
  const failure = (error: Error | null): IotloadError =>
    new IotloadError('target-unreachable', error?.message ?? 'silence');

  it('leaves a socket that opened as it is, and no timer behind', async () => {
    const clock = new WatchedClock();
    const socket = new Socket();
    const opening = opened(socket, 'connect', clock, failure);
    socket.emit('connect');
    await opening;
    expect([socket.destroyed, clock.pending]).toEqual([false, 0]);
  });

  it('destroys one that failed, and leaves no timer behind', async () => {
    const clock = new WatchedClock();
    const socket = new Socket();
    const opening = opened(socket, 'connect', clock, failure);
    socket.emit('error', new Error('broken'));
    await expect(opening).rejects.toThrow('broken');
    expect([socket.destroyed, clock.pending]).toEqual([true, 0]);
  });

  it('gives up after five seconds and not before', async () => {
    const clock = new WatchedClock();
    const socket = new Socket();
    const opening = opened(socket, 'connect', clock, failure);
    clock.advanceTo(clock.nowUs() + 4_999_999);
    expect(socket.destroyed).toBe(false);
    clock.advanceTo(clock.nowUs() + 1);
    await expect(opening).rejects.toThrow('silence');
    expect(socket.destroyed).toBe(true);
  });
});

describe('dial', () => {
  it('says how long the answer took, and hangs up', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const clock = new VirtualClock();
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const dialled = dial(host, false, clock);
    clock.advanceTo(clock.nowUs() + 1500);
    expect(await dialled).toBe(`${host} answers in 1.5 ms`);
    const [socket] = await accepted;
    await once(socket.resume(), 'close');
  });

  it('says where nobody listens', async () => {
    const host = `127.0.0.1:${await deadPort()}`;
    await expect(dial(host, false, new VirtualClock())).rejects.toMatchObject({
      code: 'target-unreachable',
      message: `${host}: connection refused`,
      where: 'target.endpoint',
      hint: 'is a broker listening there?',
    });
  });

  it('says where nothing answers', async () => {
    const clock = new VirtualClock();
    const host = `127.0.0.1:${await deadPort()}`;
    const dialled = dial(host, false, clock);
    clock.advanceTo(clock.nowUs() + 5_000_000);
    await expect(dialled).rejects.toMatchObject({
      code: 'target-unreachable',
      message: `${host}: no answer within 5 s`,
      hint: 'check host, port and firewall',
    });
  });
});
