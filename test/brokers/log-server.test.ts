import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startKafkaServer } from '../../src/brokers/kafka/server.ts';
import { startKinesisServer } from '../../src/brokers/kinesis/server.ts';
import type { LogServer, LogServerOptions } from '../../src/brokers/log-server.ts';
import { loadCrc32c } from '../../src/wire/kafka/crc32c.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

type Start = (options: LogServerOptions<string>) => Promise<LogServer<unknown, object>>;

const servers: Readonly<Record<string, Start>> = {
  kafka: async (options) => startKafkaServer({ ...options, crc32c: await loadCrc32c() }),
  kinesis: (options) => startKinesisServer(options),
};

describe.each(Object.entries(servers))('a server that keeps a log: %s', (_, startServer) => {
  async function started(options: Partial<LogServerOptions<string>> = {}) {
    const server = await startServer({ port: 0, clock: new VirtualClock(), ...options });
    let open = true;
    const close = async (): Promise<void> => {
      if (open) await server.close();
      open = false;
    };
    onTestFinished(close);
    return { server, close };
  }

  it('listens on a port of its own, and on the one that it is told', async () => {
    const [first, second] = [await started(), await started()];
    expect(first.server.port).not.toBe(second.server.port);
    await expect(started({ port: first.server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('can do harm only where it was said that it may', async () => {
    expect((await started()).server.faults).toBeNull();
    const { server } = await started({ harmful: { keep: String } });
    expect(server.faults).not.toBeNull();
    expect(server.stalls).toEqual([]);
    server.setFaults({ stall: { everyMs: 1000, forMs: 10 } });
    server.setFaults({});
    expect(server.residentBytes).toBeGreaterThanOrEqual(0);
  });

  it('ends its connections when it closes', async () => {
    const { server, close } = await started();
    const socket = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    await close();
    await ended;
  });
});
