import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { isPartOf } from '../core/rolling-disk.ts';

/** The files of one run, by name. */
export const runFiles = {
  summary: 'summary.json',
  plan: 'plan.json',
  sent: 'sent',
  seen: 'seen',
  findings: 'findings.ndjson',
  /** What is true of the events, whatever became of them. */
  truth: 'truth.ndjson',
  /** What some of its devices reported, in all and over time. */
  devices: 'devices.csv',
  heatMap: 'heatmap.csv',
  /** What the bridge did on purpose. */
  bridge: 'bridge.ndjson',
  /** Which process works on the run; gone when it is over. */
  owner: 'owner',
} as const;

/** The directory that a run has for itself. */
export interface RunDirectory {
  path: string;
  /** Removes what the run has put there, and the directory if the run made it and nothing else is in it. */
  discard(): void;
}

/** Default directories may be wanted twice in a second; this many times is a mistake. */
const MAX_NAMESAKES = 100;

/** Creates the directory of a run. One that already holds a run is refused, so that no figures are ever mixed. */
export function createRunDirectory(dir: string): RunDirectory {
  const directory = claim(dir);
  if (directory !== null) return directory;
  throw new IotloadError('file-unwritable', 'the output directory already holds a run', {
    where: '--out',
    value: dir,
    hint: 'name another directory, or leave --out away: the default is new for every run',
  });
}

/** Creates the directory of a run that was given none: the plan's, with `<name>` and `<utc>` filled in, and a number if it is taken. */
export function createDefaultRunDirectory(pattern: string, name: string, wallUs: Micros): RunDirectory {
  for (const dir of defaultDirectories(pattern, name, wallUs)) {
    const directory = claim(dir);
    if (directory !== null) return directory;
  }
  return createRunDirectory(filledIn(pattern, name, wallUs));
}

/** The directories to take where none was given, in this order: those before may be taken already. */
export function* defaultDirectories(pattern: string, name: string, wallUs: Micros): Iterable<string> {
  const dir = filledIn(pattern, name, wallUs);
  for (let namesake = 1; namesake < MAX_NAMESAKES; namesake++) yield namesake === 1 ? dir : `${dir}-${namesake}`;
}

function filledIn(pattern: string, name: string, wallUs: Micros): string {
  const utc = new Date(wallUs / 1000).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  return pattern.replaceAll('<name>', name).replaceAll('<utc>', utc);
}

/** Takes the directory of a run that is gone on with. What is in it is not ours to remove. */
export function resumeRunDirectory(path: string): RunDirectory {
  return { path, discard: () => {} };
}

/** Removes what a run left that was cut off before anything could be sent. */
export function clearRunDirectory(dir: string): void {
  for (const name of filesOfRun(dir)) rmSync(join(dir, name), { force: true });
}

/** Whether a file is the record of a run, or one of several that it reads back, or one in which such a record goes on. */
export function isRecord(name: string): boolean {
  return isPartOf(name, runFiles.sent) || /^seen([-.].*)?$/.test(name);
}

/** What a run has left in its directory: files that every run has, and what there is for each of several targets. */
function filesOfRun(dir: string): string[] {
  if (!existsSync(dir)) return [];
  const own: readonly string[] = Object.values(runFiles);
  return readdirSync(dir).filter((name) => own.includes(name) || isRecord(name) || /^bridge-.*\.ndjson$/.test(name));
}

/** Writes one file of the run: after a crash at any instant it is there whole, as it was before, or not at all. */
export function writeRunFile(dir: string, name: string, content: string): void {
  const path = join(dir, name);
  const unfinished = `${path}.part`;
  try {
    const file = openSync(unfinished, 'w', 0o600);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new IotloadError('file-unwritable', `${name} could not be written (${code})`, {
      where: dir,
      hint: 'free some space, or name another directory with --out',
      cause: error,
    });
  }
}

/** Makes the directory, or takes an existing one; its plan file, created exclusively, is the claim. null: another run has it. */
function claim(dir: string): RunDirectory | null {
  const path = resolve(dir);
  let made = false;
  try {
    made = mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined;
    // Whoever's files these are, they are not ours to overwrite.
    if (filesOfRun(path).length > 0) return null;
    writeFileSync(join(path, runFiles.plan), '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST' && !made) return null;
    throw new IotloadError('file-unwritable', `the output directory cannot be written (${code ?? 'unknown error'})`, {
      where: '--out',
      value: dir,
      hint: 'name a directory that you may write to',
      cause: error,
    });
  }
  return {
    path,
    discard: () => {
      clearRunDirectory(path);
      if (!made) return;
      try {
        rmdirSync(path);
      } catch (error) {
        // Somebody else's file in it, such as that of a file target, is no reason to complain.
        if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
      }
    },
  };
}
