import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const pom = fileURLToPath(new URL('pom.xml', import.meta.url));

/**
 * The folder with the jars that pom.xml names, in the user's cache; Maven fetches them when they are not there yet. A changed pom.xml gets a
 * folder of its own. Throws, saying what is missing, where Maven is not installed.
 */
export async function kafkaJars(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'iotload');
  const digest = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const folder = join(cache, `kafka-jars-${digest}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  // Renamed when all are there: a fetch that was interrupted leaves no half a folder under the name that counts.
  const fetched = mkdtempSync(`${folder}.`);
  const goals = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${fetched}`];
  try {
    await promisify(execFile)('mvn', ['-q', '-B', '-f', pom, ...goals], { timeout: 240_000 });
    renameSync(fetched, folder);
  } catch (error) {
    rmSync(fetched, { recursive: true, force: true });
    // Another process was first.
    if (existsSync(folder)) return folder;
    throw new Error(`Maven cannot fetch Apache Kafka (Debian: apt-get install maven): ${(error as Error).message}`);
  }
  return folder;
}
