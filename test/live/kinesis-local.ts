import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { freePorts, listening } from './ports.ts';

/** Starts kinesis-local, an implementation of the Kinesis API by others. It listens on every address; nobody else is told its port. */
export async function startKinesisLocal(): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const main = createRequire(import.meta.url).resolve('kinesis-local');
  const [tls, plain] = (await freePorts(2)) as [number, number];
  const durations = ['CREATE_STREAM', 'DELETE_STREAM', 'SPLIT_SHARD', 'MERGE_SHARDS', 'UPDATE_SHARD_COUNT'];
  const child = spawn(process.execPath, [main], {
    // It looks for its certificate where it is started.
    cwd: dirname(main),
    env: {
      ...process.env,
      ...Object.fromEntries(durations.map((name) => [`${name}_DURATION`, '50ms'])),
      KINESIS_MOCK_TLS_PORT: `${tls}`,
      KINESIS_MOCK_PLAIN_PORT: `${plain}`,
      START_STREAM_ENCRYPTION_DURATION: '50ms',
      LOG_LEVEL: 'ERROR',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
  }
  await listening([plain], { name: 'kinesis-local', alive: () => child.exitCode === null, log: () => output });
  return {
    endpoint: `http://127.0.0.1:${plain}`,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
