import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';

/** The files of one run, by name. */
export const runFiles = {
  summary: 'summary.json',
  plan: 'plan.json',
  sent: 'sent',
  seen: 'seen',
  findings: 'findings.ndjson',
} as const;

/** Creates the directory of a run. One that already holds a run is refused, so that no figures are ever mixed. */
export function createRunDirectory(dir: string): string {
  const path = resolve(dir);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(join(path, runFiles.plan), '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') {
      throw new IotloadError('file-unwritable', 'the output directory already holds a run', {
        where: '--out',
        value: dir,
        hint: 'name another directory, or leave --out away: the default is new for every run',
      });
    }
    throw new IotloadError('file-unwritable', `the output directory cannot be written (${code ?? 'unknown error'})`, {
      where: '--out',
      value: dir,
      hint: 'name a directory that you may write to',
      cause: error,
    });
  }
  return path;
}

/** Writes one file of the run, whole. */
export function writeRunFile(dir: string, name: string, content: string): void {
  try {
    writeFileSync(join(dir, name), content, { mode: 0o600 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new IotloadError('file-unwritable', `${name} could not be written (${code})`, {
      where: dir,
      hint: 'free some space, or name another directory with --out',
      cause: error,
    });
  }
}

/** The directory of a run that was given none: the plan's, with `<name>` and `<utc>` filled in, so that it is new for every run. */
export function defaultRunDirectory(pattern: string, name: string, wallUs: Micros): string {
  const utc = new Date(wallUs / 1000).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  return pattern.replaceAll('<name>', name).replaceAll('<utc>', utc);
}
