import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IotloadError } from '../core/errors.ts';
import { writeRunFile } from '../runner/run-directory.ts';
import type { CapacityResult } from './capacity-result.ts';
import { capacityPage } from './html/capacity-page.ts';
import type { CapacityGoal } from './search.ts';
import { searchFiles } from './search-files.ts';

/** The folder of a step's run, relative to that of the search: `steps/03-4000`. */
export function stepFolder(step: number, level: number): string {
  return `${searchFiles.steps}/${String(step).padStart(2, '0')}-${level}`;
}

/**
 * Takes the first of these directories that holds no search yet; its document, created exclusively, is the claim.
 * @throws IotloadError `file-unwritable`
 */
export function claimSearch(dirs: Iterable<string>): string {
  let taken = '';
  for (const dir of dirs) {
    const path = resolve(dir);
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      writeFileSync(join(path, searchFiles.result), '', { flag: 'wx', mode: 0o600 });
      return path;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      taken = dir;
      if (code === 'EEXIST' && existsSync(join(path, searchFiles.result))) continue;
      throw new IotloadError('file-unwritable', `the output directory cannot be written (${code})`, {
        where: '--out',
        value: dir,
        hint: 'name a directory that you may write to',
        cause: error,
      });
    }
  }
  throw new IotloadError('file-unwritable', 'the output directory already holds a search', {
    where: '--out',
    value: taken,
    hint: 'name another directory, or go on with that search: --resume',
  });
}

/**
 * What the search in `dir` has come to; null where there is none yet, or one that did not live to try anything.
 * @throws IotloadError `bad-arguments` where it is a search for something else, `file-corrupt`
 */
export function earlierSearch(dir: string, goal: CapacityGoal, planDigest: string): CapacityResult | null {
  const earlier = readSearch(dir);
  if (earlier === null) return null;
  const asks = (other: CapacityGoal): string => JSON.stringify({ ...other, provisionFor: null });
  if (earlier.run.planDigest === planDigest && asks(earlier.goal) === asks(goal)) return earlier;
  throw new IotloadError('bad-arguments', 'the search there was for something else', {
    where: '--resume',
    value: dir,
    hint: 'give the same scenario and flags as then, or another directory',
  });
}

/**
 * The document of the search in `dir`; null where there is none, or only the claim of one.
 * @throws IotloadError `file-corrupt`
 */
export function readSearch(dir: string): CapacityResult | null {
  const path = join(dir, searchFiles.result);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return text === '' ? null : parsed(text, path);
}

function parsed(text: string, path: string): CapacityResult {
  try {
    const document = JSON.parse(text) as Partial<CapacityResult>;
    if (document.schema === 'iotload/capacity/1' && Array.isArray(document.steps)) return document as CapacityResult;
  } catch (cause) {
    throw new IotloadError('file-corrupt', 'this is no JSON', { where: path, cause });
  }
  throw new IotloadError('file-corrupt', 'this is no search that this version of iotload can read', { where: path });
}

/** Keeps what is known of a search, as a page and as a document. */
export function keepSearch(dir: string, result: CapacityResult): void {
  writeRunFile(dir, searchFiles.page, [...capacityPage(result)].join(''));
  writeRunFile(dir, searchFiles.result, `${JSON.stringify(result, null, 2)}\n`);
}

/** Gives a directory up in which nothing was tried; what is not the search's stays. */
export function dropSearch(dir: string): void {
  for (const file of [searchFiles.result, searchFiles.page]) rmSync(join(dir, file), { force: true });
  for (const path of [join(dir, searchFiles.steps), dir]) {
    if (existsSync(path) && readdirSync(path).length === 0) rmdirSync(path);
  }
}
