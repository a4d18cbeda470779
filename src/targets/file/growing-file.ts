import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import type { Part } from '../../core/anchor.ts';
import { isMissing } from './file-error.ts';
import type { PartFiles } from './part-files.ts';

/** A file of whole lines that is gone on with. */
export interface GrowingFile {
  file: FileHandle;
  /** Bytes of whole lines in it. */
  position: number;
}

/**
 * Creates the folder where it is missing; returns the name of a file that another run left in the part's way, null for none. Where the
 * part `resumes`, its own file is no other run's.
 */
export async function prepareFolder(files: PartFiles, part: Part, resumes: boolean): Promise<string | null> {
  await mkdir(files.directory, { recursive: true });
  for (const name of await readdir(files.directory)) {
    const other = files.read(name);
    if (other === null) continue;
    const isSibling = other.count === part.count && (resumes || other.index !== part.index);
    if (!isSibling) return name;
  }
  return null;
}

/** Creates a file that begins with its header. @throws a system error, `EEXIST` where it was there before */
export async function createFile(path: string, header: Uint8Array): Promise<GrowingFile> {
  const file = await open(path, 'wx');
  return begin(file, header);
}

/**
 * Opens a file to be gone on with, cut back to the end of its last whole line; null where there is none.
 * @throws a system error
 */
export async function reopenFile(path: string, header: Uint8Array): Promise<GrowingFile | null> {
  const file = await open(path, 'r+').catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const position = await wholeLines(file);
    await file.truncate(position);
    if (position >= header.length) return { file, position };
    // Cut off within its header: nothing of use.
    await file.truncate(0);
  } catch (error) {
    await file.close();
    throw error;
  }
  return begin(file, header);
}

async function begin(file: FileHandle, header: Uint8Array): Promise<GrowingFile> {
  try {
    for (let at = 0; at < header.length; ) {
      const { bytesWritten } = await file.write(header, at, header.length - at, at);
      if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
      at += bytesWritten;
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  return { file, position: header.length };
}

const newline = 0x0a;
const TAIL_BYTES = 64 * 1024;

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
