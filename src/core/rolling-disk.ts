import { basename, dirname } from 'node:path';
import { type AppendFile, type Disk, type PlainDisk, type ReadFile, systemDisk } from './disk.ts';

/** Bytes after which a file goes on in the next one. */
export const ROLL_BYTES = 64 * 1024 * 1024;

/**
 * A disk on which a file that becomes long goes on in others: `sent`, then `sent.1`, `sent.2` and so on. Together they are one file, byte by
 * byte; all but the last never change again, so they can be copied away while it grows. What is appended at once stands in one of them, and
 * none is begun before all before it is on the disk: only the last can be torn.
 */
export function rollingDisk(disk: PlainDisk, mostBytes = ROLL_BYTES): Disk {
  return {
    syncNames: (directory) => disk.syncNames(directory),
    async create(path) {
      await removeBehind(disk, path, 0);
      return new RollingFile(disk, path, mostBytes, 0, await disk.create(path), 0);
    },
    async reopen(path, length) {
      const sizes = await sizesOf(disk, path);
      let part = 0;
      let from = 0;
      // At the end of a part it goes on in that one.
      while (part < sizes.length - 1 && length > from + (sizes[part] as number)) from += sizes[part++] as number;
      await removeBehind(disk, path, part);
      const file = await disk.reopen(nameOf(path, part), length - from);
      return new RollingFile(disk, path, mostBytes, part, file, length - from);
    },
    async open(path) {
      const files: ReadFile[] = [];
      try {
        for (let part = 0, count = await countOf(disk, path); part < count; part++)
          files.push(await disk.open(nameOf(path, part)));
      } catch (error) {
        await closeAll(files);
        throw error;
      }
      return joined(files);
    },
  };
}

/** The disk of this machine for the records of a run. */
export const recordDisk = rollingDisk(systemDisk);

/** Whether `name` is that of a file or of one in which it goes on. */
export function isPartOf(name: string, file: string): boolean {
  return name === file || partOf(name, file) !== null;
}

class RollingFile implements AppendFile {
  readonly #disk: PlainDisk;
  readonly #path: string;
  readonly #mostBytes: number;
  #part: number;
  /** null: the one before is closed, and the next could not be made. */
  #file: AppendFile | null;
  #bytes: number;

  constructor(disk: PlainDisk, path: string, mostBytes: number, part: number, file: AppendFile, bytes: number) {
    this.#disk = disk;
    this.#path = path;
    this.#mostBytes = mostBytes;
    this.#part = part;
    this.#file = file;
    this.#bytes = bytes;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.#file === null || (this.#bytes > 0 && this.#bytes + bytes.length > this.#mostBytes)) await this.#roll();
    this.#bytes += bytes.length;
    await this.#file?.append(bytes);
  }

  async sync(): Promise<void> {
    await this.#file?.sync();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  async #roll(): Promise<void> {
    const before = this.#file;
    if (before !== null) {
      await before.sync();
      this.#file = null;
      await before.close();
    }
    const file = await this.#disk.create(nameOf(this.#path, this.#part + 1));
    this.#file = file;
    this.#part++;
    this.#bytes = 0;
    await this.#disk.syncNames(dirname(this.#path));
  }
}

function nameOf(path: string, part: number): string {
  return part === 0 ? path : `${path}.${part}`;
}

/** Number of the part that has this name, from 1; null for others. */
function partOf(name: string, file: string): number | null {
  const digits = name.startsWith(`${file}.`) ? name.slice(file.length + 1) : '';
  return /^[1-9]\d{0,6}$/.test(digits) ? Number(digits) : null;
}

/** Numbers of the parts behind the first, ascending. */
async function partsBehind(disk: PlainDisk, path: string): Promise<number[]> {
  const names = await disk.list(dirname(path));
  const parts = names.map((name) => partOf(name, basename(path)));
  return parts.filter((part) => part !== null).sort((a, b) => a - b);
}

/** How many parts there are. Throws where one between others is missing. */
async function countOf(disk: PlainDisk, path: string): Promise<number> {
  const behind = await partsBehind(disk, path);
  const gap = behind.findIndex((part, i) => part !== i + 1);
  if (gap >= 0) throw new Error(`${basename(path)}.${gap + 1} is missing`);
  return behind.length + 1;
}

async function sizesOf(disk: PlainDisk, path: string): Promise<number[]> {
  const sizes: number[] = [];
  for (let part = 0, count = await countOf(disk, path); part < count; part++) {
    const file = await disk.open(nameOf(path, part));
    sizes.push(file.size);
    await file.close();
  }
  return sizes;
}

/** The last one first, so that a crash leaves no gap; and no crash brings them back. */
async function removeBehind(disk: PlainDisk, path: string, part: number): Promise<void> {
  const behind = (await partsBehind(disk, path)).filter((other) => other > part);
  if (behind.length === 0) return;
  for (const other of behind.reverse()) await disk.remove(nameOf(path, other));
  await disk.syncNames(dirname(path));
}

function joined(files: readonly ReadFile[]): ReadFile {
  return {
    size: files.reduce((sum, { size }) => sum + size, 0),
    async read(into, position) {
      let done = 0;
      let from = 0;
      for (const file of files) {
        const at = position + done - from;
        if (at < file.size && done < into.length) {
          const wanted = into.subarray(done, done + Math.min(into.length - done, file.size - at));
          done += await file.read(wanted, at);
        }
        from += file.size;
      }
      return done;
    },
    close: () => closeAll(files),
  };
}

async function closeAll(files: readonly ReadFile[]): Promise<void> {
  await Promise.all(files.map((file) => file.close()));
}
