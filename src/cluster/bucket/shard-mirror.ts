import { mkdirSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { IotloadError } from '../../core/errors.ts';
import { isRecord, runFiles } from '../../runner/run-directory.ts';
import { describeFileError } from '../../targets/file/file-error.ts';
import { S3Failure } from '../../targets/file/places/s3-failure.ts';
import { bucketError, type ResultsBucket } from './bucket-address.ts';

/** Bytes that are asked for at once. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** A file of a run in the bucket. */
interface RemoteFile {
  key: string;
  /** Its name in the directory of the run. */
  name: string;
}

/**
 * A copy, in a directory, of what merging reads of the runs below an address. Each run keeps its path behind the address, so that messages
 * name it.
 */
export class ShardMirror {
  readonly #bucket: ResultsBucket;
  readonly #dir: string;
  readonly #where: string;
  readonly #copied = new Set<string>();

  /** `where`: in whose name it fails. */
  constructor(bucket: ResultsBucket, dir: string, where: string) {
    this.#bucket = bucket;
    this.#dir = dir;
    this.#where = where;
  }

  /**
   * Copies runs that are not here yet: those that have their summary, which is copied there last; with `all` those that were cut off too.
   *
   * @throws IotloadError of the store; without `all` not for what may pass by itself: the next look will tell
   */
  async refresh({ all }: { all: boolean }): Promise<void> {
    try {
      const runs = runsIn(await this.#bucket.objects.list(this.#bucket.folder, { deep: true }), this.#bucket.folder);
      for (const [run, files] of runs) {
        if (this.#copied.has(run)) continue;
        if (!all && !files.some(({ name }) => name === runFiles.summary)) continue;
        for (const file of files) await this.#copy(run, file);
        this.#copied.add(run);
      }
    } catch (error) {
      if (!(error instanceof S3Failure)) throw this.#unwritable(error);
      if (!all && error.kind === 'ambiguous') return;
      throw bucketError(error, this.#bucket, this.#where);
    }
  }

  async #copy(run: string, { key, name }: RemoteFile): Promise<void> {
    const { objects } = this.#bucket;
    const path = join(this.#dir, run, name);
    mkdirSync(dirname(path), { recursive: true });
    const size = (await objects.size(key)) ?? 0;
    const file = await open(`${path}.part`, 'w');
    try {
      for (let from = 0; from < size; ) {
        const piece = await objects.get(key, from, Math.min(size, from + PIECE_BYTES));
        await file.appendFile(piece);
        if (piece.length === 0) throw new S3Failure('ambiguous', `${key} became shorter`, '', undefined, null);
        from += piece.length;
      }
    } finally {
      await file.close();
    }
    renameSync(`${path}.part`, path);
  }

  #unwritable(cause: unknown): IotloadError {
    return new IotloadError('file-unwritable', `no copy of ${this.#bucket.title}: ${describeFileError(cause)}`, {
      where: this.#where,
      value: this.#dir,
      hint: 'TMPDIR names another place for copies',
      cause,
    });
  }
}

/** By path behind the address, the files of each run that merging reads: its plan first, its summary last. */
function runsIn(keys: readonly string[], folder: string): Map<string, RemoteFile[]> {
  const runs = new Map<string, RemoteFile[]>();
  for (const key of keys) {
    const steps = key.slice(folder.length).split('/');
    const name = steps.pop() as string;
    if (orderOf(name) < 0 || steps.some((step) => ['', '.', '..'].includes(step))) continue;
    const run = steps.join('/');
    runs.set(run, [...(runs.get(run) ?? []), { key, name }]);
  }
  const hasPlan = ([, files]: [string, RemoteFile[]]): boolean => files.some(({ name }) => name === runFiles.plan);
  for (const files of runs.values()) files.sort((a, b) => orderOf(a.name) - orderOf(b.name));
  return new Map([...runs].filter(hasPlan));
}

/** Of files that merging reads: where they stand in the order of copying; −1 for others. What is seen of a target has its name behind `seen`. */
function orderOf(name: string): number {
  if (name === runFiles.plan) return 0;
  if (isRecord(name)) return 1;
  return name === runFiles.summary ? 2 : -1;
}
