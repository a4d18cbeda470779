import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { IotloadError } from '../../core/errors.ts';
import { runFiles } from '../../runner/run-directory.ts';
import { S3Upload } from '../../targets/file/places/s3-upload.ts';
import type { ResultsBucket } from './bucket-address.ts';

/** What was copied. */
export interface Uploaded {
  files: number;
  bytes: number;
}

const PIECE_BYTES = 1024 * 1024;

/**
 * Copies all that a finished run left; its summary last, which says that the rest is there.
 *
 * @throws IotloadError `file-unwritable`: the directory is as it was, and some of its files may have been copied
 */
export async function uploadResults(dir: string, { objects, folder, title }: ResultsBucket): Promise<Uploaded> {
  const done: Uploaded = { files: 0, bytes: 0 };
  for (const name of await filesOf(dir)) {
    const upload = new S3Upload(objects, folder + name);
    try {
      for await (const piece of createReadStream(join(dir, name), { highWaterMark: PIECE_BYTES })) {
        await upload.write(piece as Uint8Array);
        done.bytes += (piece as Uint8Array).length;
      }
      await upload.complete();
    } catch (cause) {
      await upload.discard();
      throw new IotloadError('file-unwritable', `${name} could not be copied: ${(cause as Error).message}`, {
        where: '--upload',
        value: title,
        hint: `everything is in ${dir}`,
        cause,
      });
    }
    done.files++;
  }
  return done;
}

/** Names of the files in a directory and below, with slashes, in the order in which they are copied. */
async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(dir, sep).length).split(sep).join('/'));
  const last = (name: string): number => (name === runFiles.summary ? 1 : 0);
  return names.filter((name) => name !== runFiles.owner).sort((a, b) => last(a) - last(b) || (a < b ? -1 : 1));
}
