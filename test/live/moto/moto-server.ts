import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, listening } from '../ports.ts';
import { pythonPackages } from '../python-packages.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** Where moto is installed. */
export function motoPackages(): Promise<string> {
  return pythonPackages('moto', requirements);
}

/** Starts moto's server on a free port of 127.0.0.1. */
export async function startMoto(): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const packages = await motoPackages();
  const [port] = (await freePorts(1)) as [number];
  const dir = mkdtempSync(join(tmpdir(), 'iotload-moto-'));
  const child = spawn('python3', ['-c', 'from moto.server import main; main()', '-H', '127.0.0.1', '-p', `${port}`], {
    cwd: dir,
    env: { ...process.env, PYTHONPATH: packages },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
  }
  await listening([port], { name: 'moto', alive: () => child.exitCode === null, log: () => output });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
