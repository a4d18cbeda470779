import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { sleep, systemClock } from '../../src/core/clock.ts';

/** Ports of 127.0.0.1 that nobody listens on, each a different one. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  return ports;
}

/** A process that is starting. */
export interface Starting {
  name: string;
  alive(): boolean;
  /** What it said so far. */
  log(): string;
}

/** Resolves when each of these ports takes connections; rejects when the process is gone before, or after half a minute. */
export async function listening(ports: readonly number[], starting: Starting): Promise<void> {
  const clock = systemClock();
  const deadlineUs = clock.nowUs() + 30_000_000;
  for (const port of ports) {
    while (!(await takesConnections(port))) {
      if (!starting.alive() || clock.nowUs() > deadlineUs) {
        throw new Error(`${starting.name} did not start:\n${starting.log()}`);
      }
      await sleep(clock, 10);
    }
  }
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const up = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return up;
}
