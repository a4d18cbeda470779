import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Where packages of Python are installed: a folder in the user's cache that Python takes packages from. pip fills it when it is not there
 * yet; changed requirements get a folder of their own. Throws, saying what is missing, where Python or pip is not installed.
 */
export async function pythonPackages(name: string, requirements: string): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'iotload');
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(cache, `${name}-${digest}`);
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
    throw new Error(`pip cannot install ${name} (Debian: apt-get install python3-pip): ${(error as Error).message}`);
  }
  return folder;
}
