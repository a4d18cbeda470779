import { constants, existsSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { IotloadError } from '../core/errors.ts';
import { formatBytes } from '../core/units.ts';

/** @throws IotloadError `file-unwritable` where results cannot be made */
export async function checkResults(pattern: string): Promise<string> {
  // What is filled in per run is below the part that can be looked at.
  const fixed = pattern.replace(/[^/]*<.*$/, '');
  return writable(resolve(fixed === '' ? '.' : fixed), '--out');
}

/** @throws IotloadError `file-unwritable` where a file target cannot write */
export async function checkEventFile(path: string): Promise<string> {
  return writable(dirname(resolve(path)), 'target.path');
}

/** The nearest directory that exists decides whether those below it can be made. */
async function writable(dir: string, where: string): Promise<string> {
  let nearest = dir;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    await access(nearest, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(nearest);
    return `${nearest} can be written, ${formatBytes(bavail * bsize)} free`;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new IotloadError('file-unwritable', `${nearest} cannot be written (${code})`, {
      where,
      hint: 'name a directory that you may write to',
      cause,
    });
  }
}
