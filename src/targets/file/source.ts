import { type FileHandle, open, readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Part } from '../../core/anchor.ts';
import { withDeadline } from '../../core/deadline.ts';
import { total } from '../../core/total.ts';
import type { CountedAt, Source, SourceContext, SourceEvents, TargetOptions } from '../target.ts';
import { describeFileError, isMissing } from './file-error.ts';
import { headerOf } from './header.ts';
import { lands } from './landing-place.ts';
import { LineReader } from './line-reader.ts';
import { PartFiles } from './part-files.ts';

/** Pause between two looks at the files: the resolution of end-to-end times here. */
const POLL_MS = 5;
/** Every so many looks one looks for files as well. */
const LIST_EVERY = 10;
/** Every so many looks the folder is listed once a file of every part was found: it may hold very many files then. */
const LIST_RARELY = 200;

/** Follows the files of every part from their first byte; they may come into being later. */
export async function openSource(options: TargetOptions, context: SourceContext): Promise<Source> {
  if (lands(options)) {
    const { openLandingSource } = await import('./landing-source.ts');
    return openLandingSource(options, context);
  }
  const header = headerOf(options, context.fleets);
  return new FileSource(new PartFiles(options), Buffer.from(header === null ? '' : `${header}\n`), context);
}

/** What the readiness markers are followed as. */
const PROBE = 'probe';

/** By what stands in the files' names: how many bytes were read. */
type FilePositions = Record<string, number>;

interface Followed {
  /** null for the readiness markers. */
  readonly part: Part | null;
  readonly name: string;
  readonly handle: FileHandle;
  readonly reader: LineReader;
  failed: boolean;
}

class FileSource implements Source {
  readonly #files: PartFiles;
  readonly #header: Uint8Array;
  readonly #context: SourceContext;
  /** By what stands in the files' names. */
  readonly #followed = new Map<string, Followed>();
  readonly #stopPolling: () => void;
  readonly #troubles = new Set<string>();
  #gaps = 0;
  #counted: CountedAt | null = null;
  #looks = 0;
  #look: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(files: PartFiles, header: Uint8Array, context: SourceContext) {
    this.#files = files;
    this.#header = header;
    this.#context = context;
    this.#stopPolling = context.clock.every(POLL_MS, () => {
      if (this.#look !== undefined) return;
      const number = this.#looks++;
      void this.#startLook(number % (this.#hasEveryPart() ? LIST_RARELY : LIST_EVERY) === 0);
    });
  }

  positions(): FilePositions {
    const positions: FilePositions = {};
    for (const [key, { reader }] of this.#followed) positions[key] = reader.position;
    return positions;
  }

  health() {
    return { gaps: this.#gaps, gapNames: [...this.#troubles], fullReads: 0, brokerDropped: null };
  }

  counted(): CountedAt | null {
    return this.#counted;
  }

  /** Absence is proof when every file was read to its end without an error, and there was a file at all. */
  async readToEnd(timeoutMs: number): Promise<{ complete: boolean }> {
    const { clock } = this.#context;
    const read = async (): Promise<{ complete: boolean }> => {
      while (this.#look !== undefined) await this.#look;
      await this.#startLook(true);
      const shrunk = await this.#anyShrunk();
      await this.#count();
      return { complete: this.#gaps === 0 && !shrunk && this.#hasAnyPart() };
    };
    return withDeadline(clock, timeoutMs, read(), () => ({ complete: false }));
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
    if (list) {
      await this.#follow(PROBE, null, this.#files.probePath);
      await this.#findFiles();
    }
    for (const followed of this.#followed.values()) {
      if (followed.failed) continue;
      try {
        await followed.reader.readOn(() => this.#closed !== undefined);
      } catch (error) {
        followed.failed = true;
        this.#gap(`${followed.name}: ${describeFileError(error)}`);
      }
    }
  }

  async #findFiles(): Promise<void> {
    let names: string[];
    try {
      names = await readdir(this.#files.directory);
    } catch (error) {
      if (!isMissing(error)) this.#gap(`the directory cannot be read: ${describeFileError(error)}`);
      return;
    }
    for (const name of names) {
      const part = this.#files.read(name);
      if (part !== null) await this.#follow(`${part.index}-of-${part.count}`, part, this.#files.pathOf(part));
    }
  }

  /** Begins to read a file, if it is there and not read yet. */
  async #follow(key: string, part: Part | null, path: string): Promise<void> {
    if (this.#followed.has(key) || this.#closed !== undefined) return;
    const { clock, events } = this.#context;
    const guarded: SourceEvents = {
      delivered: (batch) => {
        if (this.#closed === undefined) events.delivered(batch);
      },
      notice: (kind, detail, count) => events.notice(kind, detail, count),
    };
    const name = basename(path);
    try {
      const handle = await open(path, 'r');
      const header = part === null ? new Uint8Array(0) : this.#header;
      const position = this.#resumed(key) ?? (await this.#oldMarkers(key, handle));
      const reader = new LineReader(handle, header, guarded, () => clock.nowUs(), position);
      this.#followed.set(key, { part, name, handle, reader, failed: false });
    } catch (error) {
      if (!isMissing(error)) this.#gap(`${name}: ${describeFileError(error)}`);
    }
  }

  /** Bytes of readiness markers that were there before a run was gone on with: they say nothing about now. */
  async #oldMarkers(key: string, handle: FileHandle): Promise<number> {
    if (key !== PROBE || (this.#context.resumeFrom ?? null) === null) return 0;
    return (await handle.stat()).size;
  }

  /** Where an earlier source stopped reading; null where it had not begun. */
  #resumed(key: string): number | null {
    return key === PROBE ? null : ((this.#context.resumeFrom as FilePositions | null | undefined)?.[key] ?? null);
  }

  /** Whether there is a file, and one of every part that the names tell of. */
  #hasEveryPart(): boolean {
    const parts = [...this.#followed.values()].flatMap(({ part }) => (part === null ? [] : [part]));
    return parts.length > 0 && parts.every(({ count }) => count === parts.length);
  }

  #hasAnyPart(): boolean {
    return [...this.#followed.values()].some(({ part }) => part !== null);
  }

  async #count(): Promise<void> {
    const parts = [...this.#followed.values()].filter(({ part }) => part !== null);
    const sizes = await Promise.all(parts.map(async ({ handle }) => (await handle.stat()).size));
    this.#counted = {
      by: 'the file system',
      messages: null,
      readAll: false,
      files: parts.length,
      bytes: total(sizes, (size) => size),
      atUs: this.#context.clock.nowUs(),
    };
  }

  async #anyShrunk(): Promise<boolean> {
    for (const { name, handle, reader } of this.#followed.values()) {
      // Someone else cut it, and what stood there may have been more than what was read.
      if ((await handle.stat()).size >= reader.position) continue;
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
