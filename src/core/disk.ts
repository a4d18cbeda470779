import { open, readdir, rm } from 'node:fs/promises';

/** A file that only grows. */
export interface AppendFile {
  append(bytes: Uint8Array): Promise<void>;
  /** Resolves when everything appended so far would outlive a crash of the machine. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A file as it is read, at any place. */
export interface ReadFile {
  /** Bytes, as of the opening. */
  readonly size: number;
  /** Fills `into` from `position` on as far as the file goes; returns how many bytes that were. */
  read(into: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** The disk as the records of a run need it: a parameter, so that a simulated one can lose what was not synced. Errors are Node's. */
export interface Disk {
  /** Makes a file, or empties it. */
  create(path: string): Promise<AppendFile>;
  /** Goes on behind the first `length` bytes of a file; what follows them is cut off. */
  reopen(path: string, length: number): Promise<AppendFile>;
  open(path: string): Promise<ReadFile>;
  /** Resolves when the names in a directory would outlive a crash of the machine. */
  syncNames(directory: string): Promise<void>;
}

/** Files as they are, beneath whatever `Disk` makes of them. */
export interface PlainDisk extends Disk {
  /** Names in a directory. */
  list(directory: string): Promise<string[]>;
  remove(path: string): Promise<void>;
}

/** What systems say whose directories cannot be synced; their names are as durable as they ever get. */
const unsyncable: ReadonlySet<string | undefined> = new Set(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP']);

/** The disk of this machine. Files are for their owner's eyes. */
export const systemDisk: PlainDisk = {
  create: (path) => appending(path, 'w', null),
  reopen: (path, length) => appending(path, 'r+', length),
  list: (directory) => readdir(directory),
  remove: (path) => rm(path),

  async open(path) {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      return {
        size,
        read: async (into, position) => (await file.read(into, 0, into.length, position)).bytesRead,
        close: () => file.close(),
      };
    } catch (error) {
      await file.close();
      throw error;
    }
  },

  async syncNames(directory) {
    try {
      const file = await open(directory, 'r');
      await file.sync().finally(() => file.close());
    } catch (error) {
      if (!unsyncable.has((error as NodeJS.ErrnoException).code)) throw error;
    }
  },
};

async function appending(path: string, flag: string, length: number | null): Promise<AppendFile> {
  const file = await open(path, flag, 0o600);
  let at = length ?? 0;
  if (length !== null) {
    await file.truncate(length).catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
  }
  return {
    async append(bytes) {
      // A disk that is almost full may take a part.
      for (let from = 0; from < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, from, bytes.length - from, at);
        from += bytesWritten;
        at += bytesWritten;
      }
    },
    sync: () => file.datasync(),
    close: () => file.close(),
  };
}
