import { whenOrphaned } from '../core/child-process.ts';
import type { BrokerFaults } from './broker-faults.ts';
import type { BrokerReply, BrokerRequest } from './broker-messages.ts';

/** What the process of an embedded broker was started with. */
export interface BrokerArguments {
  port: number;
  /** null: it never does harm. */
  faultSeed: number | null;
  /** What it imitates has limits that it does without. */
  unlimited: boolean;
}

/** How a broker tells its parent how its start went. */
export interface BrokerStart {
  listening(port: number): void;
  failed(error: NodeJS.ErrnoException): void;
}

/**
 * The broker in its own process: no shared garbage collector, its CPU counted apart. Ends itself when its parent is gone, after `ended`.
 * `start` returns what does harm from then on.
 */
export async function serveParent(
  start: (args: BrokerArguments, start: BrokerStart) => Promise<(faults: BrokerFaults) => void>,
  ended: () => void = () => {},
): Promise<void> {
  const say = (reply: BrokerReply): void => {
    // Without a callback a parent that has just hung up would be an error that nobody catches; 'disconnect' ends this process anyway.
    process.send?.(reply, undefined, undefined, () => {});
  };
  whenOrphaned(() => {
    ended();
    process.exit(0);
  });
  // Ctrl-C reaches every process of a terminal; the run still drains through this broker and ends it by closing the channel.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  let inject: (faults: BrokerFaults) => void = () => {};
  process.on('message', (request: BrokerRequest) => {
    if (request.kind === 'inject') {
      inject(request.faults);
      return;
    }
    const { user, system } = process.cpuUsage();
    say({ kind: 'usage', id: request.id, cpuSeconds: (user + system) / 1e6, rssBytes: process.memoryUsage.rss() });
  });
  const [, , port = '0', seed = '', unlimited] = process.argv;
  inject = await start(
    { port: Number(port), faultSeed: seed === '' ? null : Number(seed), unlimited: unlimited !== undefined },
    {
      listening: (taken) => say({ kind: 'listening', port: taken }),
      failed: ({ code, message }) => say({ kind: 'failed', code: code ?? '', message }),
    },
  );
}
