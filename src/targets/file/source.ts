import { type FileHandle, open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Source, SourceContext, SourceEvents, TargetOptions } from '../target.ts';
import { describeFileError, isMissing } from './file-error.ts';
import { LineReader } from './line-reader.ts';
import { PartFiles } from './part-files.ts';

/** Pause between two looks at the files: the resolution of end-to-end times here. */
const POLL_MS = 5;
/** Every so many looks the directory is searched for files that came into being. */
const LIST_EVERY = 10;

/** Follows the files of every part from their first byte; they may come into being later. */
export function openSource(options: TargetOptions, context: SourceContext): Promise<Source> {
  return Promise.resolve(new FileSource(new PartFiles(options), context));
}

interface FollowedFile {
  readonly name: string;
  readonly handle: FileHandle;
  readonly reader: LineReader;
  failed: boolean;
}

class FileSource implements Source {
  readonly #files: PartFiles;
  readonly #context: SourceContext;
  readonly #followed = new Map<string, FollowedFile>();
  readonly #stopPolling: () => void;
  readonly #troubles = new Set<string>();
  #gaps = 0;
  #looks = 0;
  #look: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(files: PartFiles, context: SourceContext) {
    this.#files = files;
    this.#context = context;
    this.#stopPolling = context.clock.every(POLL_MS, () => {
      if (this.#look === undefined) void this.#startLook(this.#looks++ % LIST_EVERY === 0);
    });
  }

  health() {
    return { gaps: this.#gaps, fullReads: 0, brokerDropped: null };
  }

  /** Absence is proof when every file was read to its end without an error, and there was a file at all. */
  async readToEnd(timeoutMs: number): Promise<{ complete: boolean }> {
    const { clock } = this.#context;
    const read = async (): Promise<{ complete: boolean }> => {
      while (this.#look !== undefined) await this.#look;
      await this.#startLook(true);
      const shrunk = await this.#anyShrunk();
      return { complete: this.#gaps === 0 && !shrunk && this.#dataFiles() > 0 };
    };
    let cancel = (): void => {};
    const late = new Promise<{ complete: boolean }>((resolve) => {
      cancel = clock.after(timeoutMs, () => resolve({ complete: false }));
    });
    return Promise.race([read(), late]).finally(() => cancel());
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#stopPolling();
    await this.#look;
    for (const { handle } of this.#followed.values()) await handle.close();
  }

  /** One look at a time: two would deliver the same lines. */
  #startLook(list: boolean): Promise<void> {
    this.#look = this.#lookOnce(list).finally(() => {
      this.#look = undefined;
    });
    return this.#look;
  }

  async #lookOnce(list: boolean): Promise<void> {
    if (list) await this.#findFiles();
    for (const file of this.#followed.values()) {
      if (file.failed) continue;
      try {
        await file.reader.readOn(() => this.#closed !== undefined);
      } catch (error) {
        file.failed = true;
        this.#gap(`${file.name}: ${describeFileError(error)}`);
      }
    }
  }

  async #findFiles(): Promise<void> {
    const { directory, probePath } = this.#files;
    let names: string[];
    try {
      names = await readdir(directory);
    } catch (error) {
      if (!isMissing(error)) this.#gap(`the directory cannot be read: ${describeFileError(error)}`);
      return;
    }
    for (const name of names) {
      if (this.#followed.has(name) || this.#closed !== undefined) continue;
      if (this.#files.partsOf(name) !== null || name === basename(probePath)) await this.#follow(join(directory, name));
    }
  }

  async #follow(path: string): Promise<void> {
    const name = basename(path);
    const { clock, events } = this.#context;
    const guarded: SourceEvents = {
      delivered: (batch) => {
        if (this.#closed === undefined) events.delivered(batch);
      },
      notice: (kind, detail, count) => events.notice(kind, detail, count),
    };
    try {
      const handle = await open(path, 'r');
      const reader = new LineReader(handle, guarded, () => clock.nowUs());
      this.#followed.set(name, { name, handle, reader, failed: false });
    } catch (error) {
      if (!isMissing(error)) this.#gap(`${name}: ${describeFileError(error)}`);
    }
  }

  #dataFiles(): number {
    let count = 0;
    for (const name of this.#followed.keys()) if (this.#files.partsOf(name) !== null) count++;
    return count;
  }

  /** A file shorter than what was read of it was cut by someone else: what stood there may have been more. */
  async #anyShrunk(): Promise<boolean> {
    for (const { name, handle, reader } of this.#followed.values()) {
      const { size } = await handle.stat();
      if (size >= reader.position) continue;
      this.#gap(`${name} became shorter while it was read`);
      return true;
    }
    return false;
  }

  /** The same trouble is met at every look and counted once. */
  #gap(detail: string): void {
    if (this.#troubles.has(detail)) return;
    this.#troubles.add(detail);
    this.#gaps++;
    this.#context.events.notice('warning', detail, 1);
  }
}
