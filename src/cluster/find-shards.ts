import { type Dirent, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runFiles } from '../runner/run-directory.ts';
import { MOST_SHARDS } from './sharded-run.ts';

/** How deep a download or a job array may put what its shards left: run, shard, attempt, and one more. */
const DEEPEST = 4;
/** Twice what a run has at most, for attempts and merged results beside its shards; a directory that holds more is not what was meant. */
const MOST = 2 * MOST_SHARDS;

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
    if (!isDirectory(dir)) {
      problems.push(`${dir} is no directory`);
      continue;
    }
    const before = problems.length;
    const found = runsIn(dir, DEEPEST, problems);
    if (found.length === 0 && problems.length === before) problems.push(`${dir} holds no run`);
    for (const run of found) {
      const real = realpathSync(run);
      if (!dirs.has(real)) dirs.set(real, run);
    }
  }
  if (dirs.size > MOST) return { dirs: [], problems: [`there are ${dirs.size} runs, and ${MOST} is the most`] };
  return { dirs: [...dirs.values()], problems };
}

/** A run's own directory holds no others. What cannot be listed may hold an attempt, so it is a problem. */
function runsIn(dir: string, deeper: number, problems: string[]): string[] {
  if (existsSync(join(dir, runFiles.plan))) return [dir];
  if (deeper === 0) return [];
  const below = entriesOf(dir, problems)
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map(({ name }) => join(dir, name))
    .filter(isDirectory);
  // The tenth shard comes behind the ninth.
  below.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return below.flatMap((each) => runsIn(each, deeper - 1, problems));
}

function entriesOf(dir: string, problems: string[]): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    problems.push(`${dir} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return [];
  }
}

/** What a link that leads nowhere, or in circles, is refused with. */
const nowhere = ['ENOENT', 'ENOTDIR', 'ELOOP'];

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    // What may not be asked may be one: listing it says why it cannot.
    return !nowhere.includes((error as NodeJS.ErrnoException).code as string);
  }
}
