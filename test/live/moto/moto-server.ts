import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts, listening } from '../ports.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

/**
 * Where moto is installed: a folder in the user's cache that Python takes packages from. pip fills it when it is not there yet; changed
 * requirements get a folder of their own. Throws, saying what is missing, where Python or pip is not installed.
 */
export async function motoPackages(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'iotload');
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(cache, `moto-${digest}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  // Renamed when all are there, as an interrupted installation is none.
  const fetched = mkdtempSync(`${folder}.`);
  const args = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--target',
    fetched,
    '-r',
    requirements,
  ];
  try {
    await promisify(execFile)('python3', args, { timeout: 200_000 });
    renameSync(fetched, folder);
  } catch (error) {
    rmSync(fetched, { recursive: true, force: true });
    // Another process was first.
    if (existsSync(folder)) return folder;
    throw new Error(`pip cannot install moto (Debian: apt-get install python3-pip): ${(error as Error).message}`);
  }
  return folder;
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
