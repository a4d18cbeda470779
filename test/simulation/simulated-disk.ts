import type { AppendFile, Disk, PlainDisk, ReadFile } from '../../src/core/disk.ts';
import { rollingDisk } from '../../src/core/rolling-disk.ts';
import type { Dice } from './dice.ts';
import type { Process } from './process.ts';
import type { Trace } from './trace.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What the disk does wrong in a seed. */
export interface DiskFaults {
  /** Each sync takes about this long. */
  syncUs: number;
  /** Share of syncs that stall, and for how long at most. */
  stalls: number;
  stallUs: number;
  /** The so-manyth write or sync from the start of sending on fails; 0 for never. */
  failsAt: number;
  /** Every later write does, too: the disk is full. */
  staysFull: boolean;
  /** Bytes after which a record goes on in another file. */
  rollBytes: number;
}

interface StoredFile {
  bytes: Buffer;
  length: number;
  /** Bytes that outlive a crash of the machine. */
  synced: number;
  /** Its name does. */
  named: boolean;
}

/** A disk that keeps over a crash of its machine what was synced, and of the rest at most a beginning. */
export class SimulatedDisk {
  /** A record is given bytes; everything given to it is safe. */
  onAppend: (path: string) => void = () => {};
  onSynced: (path: string) => void = () => {};
  readonly #files = new Map<string, StoredFile>();
  readonly #clock: VirtualClock;
  readonly #dice: Dice;
  readonly #faults: DiskFaults;
  readonly #trace: Trace;
  /** Records of which a write or a sync has failed. */
  readonly failed = new Set<string>();
  #armed = false;
  #operations = 0;

  constructor(clock: VirtualClock, dice: Dice, faults: DiskFaults, trace: Trace) {
    this.#clock = clock;
    this.#dice = dice;
    this.#faults = faults;
    this.#trace = trace;
  }

  /** The disk on which a process keeps records. */
  records(process: Process): Disk {
    return rollingDisk(this.of(process), this.#faults.rollBytes);
  }

  /** The disk as a process sees it: nothing it asks for is answered after its death. */
  of(process: Process): PlainDisk {
    const answer = <T>(delayUs: number, work: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        this.#clock.at(this.#clock.nowUs() + delayUs, () => {
          if (!process.alive) return;
          let result: T;
          try {
            result = work();
          } catch (error) {
            process.run(() => reject(error));
            return;
          }
          process.run(() => resolve(result));
        });
      });
    const append = (path: string, file: StoredFile): AppendFile => ({
      append: (bytes) => {
        this.onAppend(recordOf(path));
        return answer(20, () => this.#append(path, file, bytes));
      },
      sync: () => {
        const upTo = file.length;
        return answer(this.#syncDelay(), () => {
          if (this.#fails(path, false)) throw failure('EIO', 'i/o error, fsync');
          file.synced = Math.max(file.synced, Math.min(upTo, file.length));
          this.#trace.note('synced', file.synced);
          this.onSynced(recordOf(path));
        });
      },
      close: () => answer(10, () => {}),
    });
    return {
      create: (path) =>
        answer(30, () => {
          const file = { bytes: Buffer.alloc(8192), length: 0, synced: 0, named: false };
          this.#files.set(path, file);
          return append(path, file);
        }),
      reopen: (path, length) =>
        answer(30, () => {
          const file = this.#find(path);
          file.length = length;
          file.synced = Math.min(file.synced, length);
          return append(path, file);
        }),
      open: (path) => answer(30, () => readerOf(this.#find(path))),
      list: (directory) => answer(10, () => this.#names(directory)),
      remove: (path) => answer(10, () => void this.#files.delete(path)),
      syncNames: (directory) =>
        answer(this.#syncDelay(), () => {
          for (const [path, file] of this.#files) if (path.startsWith(`${directory}/`)) file.named = true;
        }),
    };
  }

  /** The power fails: of each file stays what was synced, and at most a beginning of what was not. */
  crash(): void {
    for (const [path, file] of [...this.#files]) {
      if (!file.named && this.#dice.chance(0.5)) {
        this.#files.delete(path);
        continue;
      }
      const unsynced = file.length - file.synced;
      if (unsynced > 0) file.length = file.synced + (this.#dice.chance(0.5) ? 0 : this.#dice.whole(0, unsynced));
      // A file system may have made room for bytes that never came, from anywhere in what was not synced on.
      if (file.length > file.synced && this.#dice.chance(0.3)) {
        file.bytes.fill(0, this.#dice.whole(file.synced, file.length), file.length);
      }
      file.synced = file.length;
      file.named = true;
      this.#trace.note('file after the crash', file.length);
    }
  }

  /** From here on operations are counted, of which one may fail. */
  arm(): void {
    this.#armed = true;
  }

  /** Records as they stand, for whoever looks at this machine from outside. */
  look(): Pick<Disk, 'open'> {
    const files: Pick<PlainDisk, 'open' | 'list'> = {
      open: async (path) => readerOf(this.#find(path)),
      list: async (directory) => this.#names(directory),
    };
    return rollingDisk(files as PlainDisk);
  }

  #names(directory: string): string[] {
    const beginning = `${directory}/`;
    return [...this.#files.keys()]
      .filter((path) => path.startsWith(beginning))
      .map((path) => path.slice(beginning.length));
  }

  #fails(path: string, writes: boolean): boolean {
    const { failsAt, staysFull } = this.#faults;
    if (!this.#armed || failsAt === 0) return false;
    this.#operations++;
    const fails = this.#operations === failsAt || (writes && staysFull && this.#operations > failsAt);
    if (!fails) return false;
    this.failed.add(recordOf(path));
    this.#trace.fault(writes ? (staysFull ? 'disk full' : 'failed write') : 'failed sync');
    return true;
  }

  #append(path: string, file: StoredFile, bytes: Uint8Array): void {
    const fails = this.#fails(path, true);
    const taken = fails ? bytes.subarray(0, this.#dice.whole(0, bytes.length - 1)) : bytes;
    if (file.length + taken.length > file.bytes.length) {
      const grown = Buffer.alloc(2 * (file.length + taken.length));
      file.bytes.copy(grown, 0, 0, file.length);
      file.bytes = grown;
    }
    file.bytes.set(taken, file.length);
    file.length += taken.length;
    this.#trace.note('appended', taken.length, file.length);
    if (fails)
      throw this.#faults.staysFull
        ? failure('ENOSPC', 'no space left on device, write')
        : failure('EIO', 'i/o error, write');
  }

  #syncDelay(): number {
    const { syncUs, stalls, stallUs } = this.#faults;
    if (!this.#dice.chance(stalls)) return this.#dice.delayUs(syncUs);
    this.#trace.fault('disk stall');
    return this.#dice.whole(0, stallUs);
  }

  #find(path: string): StoredFile {
    const file = this.#files.get(path);
    if (file === undefined) throw failure('ENOENT', `no such file, open '${path}'`);
    return file;
  }
}

/** Of which record a file is the whole or a part. */
function recordOf(path: string): string {
  return path.replace(/\.\d+$/, '');
}

function failure(code: string, words: string): Error {
  return Object.assign(new Error(`${code}: ${words}`), { code });
}

function readerOf(file: StoredFile): ReadFile {
  const bytes = Buffer.from(file.bytes.subarray(0, file.length));
  return {
    size: bytes.length,
    read: (into, position) => Promise.resolve(bytes.copy(into, 0, position)),
    close: () => Promise.resolve(),
  };
}
