import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonPackages } from '../python-packages.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What Apache Arrow, which shares no code with ours, reads in Parquet files: types by column, and rows. */
export async function readParquet(
  paths: readonly string[],
): Promise<{ types: Record<string, string>; rows: Record<string, unknown>[] }> {
  const packages = await pythonPackages('pyarrow', here('requirements.txt'));
  const { stdout } = await promisify(execFile)('python3', [here('read-parquet.py'), ...paths], {
    env: { ...process.env, PYTHONPATH: packages },
    maxBuffer: 256 * 1024 * 1024,
    timeout: 60_000,
  });
  const [types, ...rows] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { types: types as Record<string, string>, rows };
}
