import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runFiles } from '../runner/run-directory.ts';

/** How deep a download or a job array may put what its shards left: run, shard, attempt, and one more. */
const DEEPEST = 4;
/** No run has more shards; a directory that holds more is not what was meant. */
const MOST = 4_096;

/** Directories of runs, and what is wrong with those that were given. */
export interface FoundShards {
  dirs: string[];
  problems: string[];
}

/** The directories of runs among `given` and below them, each once, in the order of their names. */
export function findShards(given: readonly string[]): FoundShards {
  const dirs = new Map<string, string>();
  const problems: string[] = [];
  for (const dir of given) {
    const found = isDirectory(dir) ? runsIn(dir, DEEPEST) : null;
    if (found === null) problems.push(`${dir} is no directory`);
    else if (found.length === 0) problems.push(`${dir} holds no run`);
    for (const run of found ?? []) {
      const real = realpathSync(run);
      if (!dirs.has(real)) dirs.set(real, run);
    }
  }
  if (dirs.size > MOST) return { dirs: [], problems: [`there are ${dirs.size} runs, and ${MOST} is the most`] };
  return { dirs: [...dirs.values()], problems };
}

/** A run's own directory holds no others. */
function runsIn(dir: string, deeper: number): string[] {
  if (existsSync(join(dir, runFiles.plan))) return [dir];
  if (deeper === 0) return [];
  const below = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map(({ name }) => join(dir, name))
    .filter(isDirectory);
  // The tenth shard comes behind the ninth.
  below.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return below.flatMap((each) => runsIn(each, deeper - 1));
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
