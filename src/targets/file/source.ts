import { type FileHandle, readdir } from 'node:fs/promises';
import type { Part } from '../../core/anchor.ts';
import type { Source, SourceContext, SourceEvents, TargetOptions } from '../target.ts';
import { describeFileError, isMissing } from './file-error.ts';
import { headerOf } from './header.ts';
import { LineReader } from './line-reader.ts';
import { PartFiles } from './part-files.ts';
import { type PartOpener, rollingOpener, SeriesReader, singleOpener } from './series-reader.ts';

/** Pause between two looks at the files: the resolution of end-to-end times here. */
const POLL_MS = 5;
/** Every so many looks one is thorough. */
const THOROUGH_EVERY = 10;
/** Every so many looks the folder is listed once a file of every part was found: it may hold very many files then. */
const LIST_EVERY = 200;

/** Follows the files of every part from their first byte; they may come into being later. */
export async function openSource(options: TargetOptions, context: SourceContext): Promise<Source> {
  const header = headerOf(options, context.fleets);
  return new FileSource(new PartFiles(options), Buffer.from(header === null ? '' : `${header}\n`), context);
}

/** What the readiness markers are followed as. */
const PROBE = 'probe';

/** By what stands in the files' names: the file that is read, and how far. */
type FilePositions = Record<string, { sequence: number; bytes: number }>;

interface Followed {
  /** null for the readiness markers. */
  readonly part: Part | null;
  readonly series: SeriesReader;
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
      const thorough = number % THOROUGH_EVERY === 0;
      void this.#startLook(thorough, thorough && (number % LIST_EVERY === 0 || !this.#hasEveryPart()));
    });
  }

  positions(): FilePositions {
    const positions: FilePositions = {};
    for (const [key, { series }] of this.#followed) positions[key] = series.position;
    return positions;
  }

  health() {
    return { gaps: this.#gaps, gapNames: [...this.#troubles], fullReads: 0, brokerDropped: null };
  }

  /** Absence is proof when every file was read to its end without an error, and there was a file at all. */
  async readToEnd(timeoutMs: number): Promise<{ complete: boolean }> {
    const { clock } = this.#context;
    const read = async (): Promise<{ complete: boolean }> => {
      while (this.#look !== undefined) await this.#look;
      await this.#startLook(true, true);
      const shrunk = await this.#anyShrunk();
      return { complete: this.#gaps === 0 && !shrunk && this.#hasAnyPart() };
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
    for (const { series } of this.#followed.values()) await series.close();
  }

  /** One look at a time: two would deliver the same lines. */
  #startLook(thorough: boolean, list: boolean): Promise<void> {
    this.#look = this.#lookOnce(thorough, list).finally(() => {
      this.#look = undefined;
    });
    return this.#look;
  }

  async #lookOnce(thorough: boolean, list: boolean): Promise<void> {
    if (thorough) await this.#followFirst(PROBE, null, 1, singleOpener(this.#files.probePath));
    if (list) await this.#findFiles();
    for (const followed of this.#followed.values()) {
      if (followed.failed) continue;
      try {
        const missing = await followed.series.look(thorough, () => this.#closed !== undefined);
        if (missing !== null) this.#gap(`${missing} was taken away before it was read`);
      } catch (error) {
        followed.failed = true;
        this.#gap(`${followed.series.name}: ${describeFileError(error)}`);
      }
    }
  }

  async #findFiles(): Promise<void> {
    const files = this.#files;
    let names: string[];
    try {
      names = await readdir(files.directory);
    } catch (error) {
      if (!isMissing(error)) this.#gap(`the directory cannot be read: ${describeFileError(error)}`);
      return;
    }
    const found = new Map<string, { part: Part; sequences: number[] }>();
    for (const name of names) {
      const file = files.read(name);
      if (file === null || (file.sequence !== null) !== files.rolls) continue;
      const { part, sequence } = file;
      const key = `${part.index}-of-${part.count}`;
      const entry = found.get(key) ?? { part, sequences: [] };
      entry.sequences.push(sequence ?? 1);
      found.set(key, entry);
    }
    for (const [key, { part, sequences }] of found) {
      sequences.sort((a, b) => a - b);
      const first = sequences[0] as number;
      const opener = files.rolls ? rollingOpener(files, part) : singleOpener(files.pathOf(part, null));
      if (await this.#followFirst(key, part, first, opener)) {
        if (first > 1 && this.#resumed(key) === null)
          this.#gap(`${opener.nameOf(1)} was taken away before it was read`);
      }
      this.#followed.get(key)?.series.list(sequences);
    }
  }

  /** Begins to read a series; whether it was not read before and is there. */
  async #followFirst(key: string, part: Part | null, sequence: number, opener: PartOpener): Promise<boolean> {
    if (this.#followed.has(key) || this.#closed !== undefined) return false;
    const { clock, events } = this.#context;
    const guarded: SourceEvents = {
      delivered: (batch) => {
        if (this.#closed === undefined) events.delivered(batch);
      },
      notice: (kind, detail, count) => events.notice(kind, detail, count),
    };
    const resumed = this.#resumed(key);
    const from = resumed?.sequence ?? sequence;
    try {
      const handle = await opener.open(from, false);
      if (handle === null) {
        if (resumed !== null) this.#gap(`${opener.nameOf(from)} was taken away before it was read`);
        return false;
      }
      const header = part === null ? new Uint8Array(0) : this.#header;
      const position = resumed?.bytes ?? (await this.#oldMarkers(key, handle));
      const reader = new LineReader(handle, header, guarded, () => clock.nowUs(), position);
      this.#followed.set(key, { part, series: new SeriesReader(opener, handle, from, reader), failed: false });
      return true;
    } catch (error) {
      this.#gap(`${opener.nameOf(sequence)}: ${describeFileError(error)}`);
      return false;
    }
  }

  /** Bytes of readiness markers that were there before a run was gone on with: they say nothing about now. */
  async #oldMarkers(key: string, handle: FileHandle): Promise<number> {
    if (key !== PROBE || (this.#context.resumeFrom ?? null) === null) return 0;
    return (await handle.stat()).size;
  }

  /** Where an earlier source stopped reading; null where it had not begun. */
  #resumed(key: string): FilePositions[string] | null {
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

  async #anyShrunk(): Promise<boolean> {
    for (const { series } of this.#followed.values()) {
      if (!(await series.hasShrunk())) continue;
      this.#gap(`${series.name} became shorter while it was read`);
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
