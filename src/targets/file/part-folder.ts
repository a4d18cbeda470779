import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import type { Part } from '../../core/anchor.ts';
import { isMissing } from './file-error.ts';
import type { FileFolder } from './file-series.ts';
import type { PartFiles } from './part-files.ts';

/** Creates the folder where it is missing; returns the name of a file that another run left in the part's way, null for none. */
export async function prepareFolder(files: PartFiles, part: Part): Promise<string | null> {
  await mkdir(files.directory, { recursive: true });
  for (const name of await readdir(files.directory)) {
    const other = files.read(name);
    if (other === null) continue;
    const isSibling =
      other.part.count === part.count && other.part.index !== part.index && (other.sequence !== null) === files.rolls;
    if (!isSibling) return name;
  }
  return null;
}

/** The folder as one part uses it. A file that rolls takes its own name in one step, so that whoever sees that name sees all of it. */
export function partFolder(files: PartFiles, part: Part): FileFolder {
  if (!files.rolls) {
    const path = files.pathOf(part, null);
    return {
      create: () => open(path, 'wx'),
      complete: () => Promise.resolve(),
      remove: () => rm(path, { force: true }),
    };
  }
  return {
    async create(sequence) {
      await refuseExisting(files.pathOf(part, sequence));
      return open(files.temporaryPathOf(part, sequence), 'wx');
    },
    complete: (sequence) => rename(files.temporaryPathOf(part, sequence), files.pathOf(part, sequence)),
    remove: (sequence) => rm(files.temporaryPathOf(part, sequence), { force: true }),
  };
}

/** @throws an error with the code `EEXIST` where there is such a file: renaming to it would write over it. */
async function refuseExisting(path: string): Promise<void> {
  try {
    await access(path);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  throw Object.assign(new Error('it exists already'), { code: 'EEXIST' });
}
