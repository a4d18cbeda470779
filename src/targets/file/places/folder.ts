import { access, type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFileError, isMissing } from '../file-error.ts';
import { type LandedFile, type LandingFile, type Place, PlaceError } from './place.ts';

const POLL_MS = 10;

/**
 * A folder on this machine. A file is written as `.<name>.part`, and lands when its bytes are on the disk (`fsync`), it has its own name
 * (`rename`, in one step), and that name is on the disk (`fsync` of the folder): neither a crash nor a power failure takes it back.
 */
export function folderPlace(directory: string): Place {
  const pathOf = (name: string): string => join(directory, name);
  const hiddenPathOf = (name: string): string => pathOf(`.${name}.part`);
  return {
    title: directory,
    pollMs: POLL_MS,
    async prepare() {
      await mkdir(directory, { recursive: true });
    },
    async list() {
      try {
        return await readdir(directory);
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
    async create(name) {
      if (await exists(pathOf(name))) throw new PlaceError('it exists already');
      return new HiddenFile(await open(hiddenPathOf(name), 'wx'), hiddenPathOf(name), pathOf(name), directory);
    },
    forget: (name) => rm(hiddenPathOf(name), { force: true }).catch(() => {}),
    open: (name) => openLanded(pathOf(name)),
    async append(name, bytes) {
      const file = await open(pathOf(name), 'a');
      try {
        await file.appendFile(bytes);
      } finally {
        await file.close();
      }
    },
    remove: (name) => rm(pathOf(name), { force: true }),
    close() {},
  };
}

class HiddenFile implements LandingFile {
  readonly #file: FileHandle;
  readonly #hidden: string;
  readonly #path: string;
  readonly #directory: string;
  #position = 0;
  #isOpen = true;

  constructor(file: FileHandle, hidden: string, path: string, directory: string) {
    this.#file = file;
    this.#hidden = hidden;
    this.#path = path;
    this.#directory = directory;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, this.#position);
      if (bytesWritten === 0) throw new PlaceError('no space left');
      at += bytesWritten;
      this.#position += bytesWritten;
    }
  }

  async complete(): Promise<void> {
    await this.#file.sync();
    await this.#close();
    // Renaming would write over what came in the way meanwhile.
    if (await exists(this.#path)) throw new PlaceError('it exists already');
    try {
      await rename(this.#hidden, this.#path);
      await syncFolder(this.#directory);
    } catch (cause) {
      throw new PlaceError(describeFileError(cause), { ambiguous: true, cause });
    }
  }

  async discard(): Promise<void> {
    await this.#close().catch(() => {});
    await rm(this.#hidden, { force: true }).catch(() => {});
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#file.close();
  }
}

/** Not every system lets a folder be synced: there its names are as durable as it makes them. */
async function syncFolder(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function openLanded(path: string): Promise<LandedFile | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    const { size } = await file.stat();
    return {
      size,
      read: (bytes, offset, length, position) => file.read(bytes, offset, length, position),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
