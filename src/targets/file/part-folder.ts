import { access, type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import type { Part } from '../../core/anchor.ts';
import { isMissing } from './file-error.ts';
import type { FileFolder } from './file-series.ts';
import type { PartFiles } from './part-files.ts';

/**
 * Creates the folder where it is missing; returns the name of a file that another run left in the part's way, null for none. Where the
 * part `resumes`, its own files are no other run's.
 */
export async function prepareFolder(files: PartFiles, part: Part, resumes: boolean): Promise<string | null> {
  await mkdir(files.directory, { recursive: true });
  for (const name of await readdir(files.directory)) {
    const other = files.read(name);
    if (other === null) continue;
    const isSibling =
      other.part.count === part.count &&
      (resumes || other.part.index !== part.index) &&
      (other.sequence !== null) === files.rolls;
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
      async last() {
        const open = await reopen(path);
        return open === null ? null : { sequence: 1, open };
      },
    };
  }
  return {
    async create(sequence) {
      await refuseExisting(files.pathOf(part, sequence));
      return open(files.temporaryPathOf(part, sequence), 'wx');
    },
    complete: (sequence) => rename(files.temporaryPathOf(part, sequence), files.pathOf(part, sequence)),
    remove: (sequence) => rm(files.temporaryPathOf(part, sequence), { force: true }),
    async last() {
      let sequence = 0;
      for (const name of await readdir(files.directory)) {
        const file = files.read(name);
        if (file?.part.index === part.index && file.part.count === part.count) {
          sequence = Math.max(sequence, file.sequence ?? 0);
        }
      }
      return sequence === 0 ? null : { sequence, open: await reopen(files.temporaryPathOf(part, sequence)) };
    },
  };
}

const newline = 0x0a;
const TAIL_BYTES = 64 * 1024;

/** Opens a file that exists to be gone on with, cut back to the end of its last whole line; null where there is none. */
async function reopen(path: string): Promise<{ file: FileHandle; bytes: number } | null> {
  const file = await open(path, 'r+').catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const bytes = await wholeLines(file);
    await file.truncate(bytes);
    return { file, bytes };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Bytes of a file up to the end of its last whole line. */
async function wholeLines(file: FileHandle): Promise<number> {
  const tail = Buffer.alloc(TAIL_BYTES);
  for (let { size: end } = await file.stat(); end > 0; ) {
    const from = Math.max(0, end - TAIL_BYTES);
    const { bytesRead } = await file.read(tail, 0, end - from, from);
    const at = tail.subarray(0, bytesRead).lastIndexOf(newline);
    if (at >= 0) return from + at + 1;
    end = from;
  }
  return 0;
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
