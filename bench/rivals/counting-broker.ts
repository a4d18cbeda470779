import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A broker that only answers, as its parent sees it. */
export interface CountingBroker {
  port: number;
  /** Messages that it took since the last call. */
  taken(): Promise<number>;
  stop(): void;
}

/** Starts the broker that a file serves when it is run with `serve`, on a free port of loopback and in a process of its own. */
export async function startCountingBroker(url: string, ...args: string[]): Promise<CountingBroker> {
  const child = fork(fileURLToPath(url), ['serve', ...args], { execArgv: ['--import', 'tsx'] });
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    async taken() {
      child.send('taken');
      return ((await once(child, 'message')) as [number])[0];
    },
    stop: () => child.disconnect(),
  };
}
