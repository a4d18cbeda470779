import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { whenOrphaned } from '../../core/child-process.ts';
import { systemClock } from '../../core/clock.ts';
import type { BrokerFaults } from '../broker-faults.ts';
import { faultPlanOf } from './fault-knobs.ts';
import type { FaultProxy } from './fault-proxy/fault-proxy.ts';

/** What the parent asks. */
export type BrokerRequest = { kind: 'usage'; id: number } | { kind: 'inject'; faults: BrokerFaults };
/** What this process says. */
export type BrokerReply =
  | { kind: 'listening'; port: number }
  | { kind: 'failed'; code: string; message: string }
  | { kind: 'usage'; id: number; cpuSeconds: number; rssBytes: number };

/** The broker in its own process: no shared garbage collector, its CPU counted apart. Ends itself when its parent is gone. */
async function main(): Promise<void> {
  const say = (reply: BrokerReply): void => {
    // Without a callback a parent that has just hung up would be an error that nobody catches; 'disconnect' ends this process anyway.
    process.send?.(reply, undefined, undefined, () => {});
  };
  whenOrphaned(() => process.exit(0));
  // Ctrl-C reaches every process of a terminal; the run still drains through this broker and ends it by closing the channel.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  const broker = await Aedes.createBroker({
    // No bound on publishes under way: beyond one, aedes queues in an array whose head it shifts off, and with 1 000 busy connections
    // falls from 50 000 to 9 000 messages/s. Each connection is bounded anyway: its next read waits for what the last one brought.
    concurrency: 0,
    // Long enough for the identifiers that iotload makes; 23 is what MQTT 3.1.1 demands at least.
    maxClientsIdLength: 1024,
    // A slow reader holds its publishers back and is never cut off, so that nothing is dropped.
    drainTimeout: 0,
  });
  /** Stands before the broker in this process, and does harm when it is told to. */
  let proxy: FaultProxy<null> | null = null;
  const seed = process.argv[3] === undefined ? null : Number(process.argv[3]);
  const standBefore = async (port: number): Promise<void> => {
    const { startFaultProxy } = await import('./fault-proxy/fault-proxy.ts');
    const upstream = { host: '127.0.0.1', port };
    proxy = await startFaultProxy({ upstream, faults: {}, clock: systemClock(), keep: () => null, remembers: false });
    say({ kind: 'listening', port: proxy.port });
  };
  const server = createServer({ noDelay: true }, (socket) => void broker.handle(socket));
  server.on('error', (error: NodeJS.ErrnoException) => {
    say({ kind: 'failed', code: error.code ?? '', message: error.message });
  });
  server.listen({ port: Number(process.argv[2] ?? 0), host: '127.0.0.1', backlog: 4096 }, () => {
    const address = server.address();
    if (address === null || typeof address !== 'object') return;
    if (seed === null) say({ kind: 'listening', port: address.port });
    else void standBefore(address.port);
  });
  process.on('message', (request: BrokerRequest) => {
    if (request.kind === 'inject') {
      proxy?.setFaults(faultPlanOf(request.faults, seed ?? 1));
      return;
    }
    const { user, system } = process.cpuUsage();
    say({ kind: 'usage', id: request.id, cpuSeconds: (user + system) / 1e6, rssBytes: process.memoryUsage.rss() });
  });
}

await main();
