import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Part } from '../../core/anchor.ts';
import { isMissing } from './file-error.ts';
import type { LineReader } from './line-reader.ts';
import type { PartFiles } from './part-files.ts';

/** Opens the files of one part. */
export interface PartOpener {
  /** Opens file number `sequence`; null where there is none. `written`: only if it is still being written. */
  open(sequence: number, written: boolean): Promise<FileHandle | null>;
  nameOf(sequence: number): string;
}

/** The files of a part that rolls, under whichever name each has. */
export function rollingOpener(files: PartFiles, part: Part): PartOpener {
  return {
    async open(sequence, written) {
      // A file goes from its temporary name to its own and never back, so that one of two looks in this order meets it.
      const handle = await openExisting(files.temporaryPathOf(part, sequence));
      return handle ?? (written ? null : openExisting(files.pathOf(part, sequence)));
    },
    nameOf: (sequence) => files.nameOf(part, sequence),
  };
}

/** A single file, at `path`. */
export function singleOpener(path: string): PartOpener {
  return {
    open: (sequence) => (sequence === 1 ? openExisting(path) : Promise.resolve(null)),
    nameOf: () => basename(path),
  };
}

/** Reads the files of one part in their order, one of them open. */
export class SeriesReader {
  readonly #opener: PartOpener;
  readonly #reader: LineReader;
  #handle: FileHandle;
  #sequence: number;
  /** Numbers that the last listing of the folder showed, in order. */
  #listed: readonly number[] = [];

  constructor(opener: PartOpener, handle: FileHandle, sequence: number, reader: LineReader) {
    this.#opener = opener;
    this.#handle = handle;
    this.#sequence = sequence;
    this.#reader = reader;
  }

  /** Name of the file that is being read. */
  get name(): string {
    return this.#opener.nameOf(this.#sequence);
  }

  /** Number of the file that is being read, and bytes of it that have been. */
  get position(): { sequence: number; bytes: number } {
    return { sequence: this.#sequence, bytes: this.#reader.position };
  }

  /** Tells it which numbers there are. */
  list(sequences: readonly number[]): void {
    this.#listed = sequences;
  }

  /**
   * Reads on to the end of what is there; in a `thorough` look, to the end of the last file. Returns the name of a file that was taken
   * away before it was read; null for none.
   */
  async look(thorough: boolean, isClosed: () => boolean): Promise<string | null> {
    let missing: string | null = null;
    while (!isClosed()) {
      const before = this.#reader.position;
      await this.#reader.readOn(isClosed);
      if (!thorough && this.#reader.position > before) break;
      let next = this.#sequence + 1;
      let handle = await this.#opener.open(next, !thorough);
      const later = this.#listed.find((sequence) => sequence > next);
      if (handle === null && thorough && later !== undefined) {
        missing ??= this.#opener.nameOf(next);
        next = later;
        handle = await this.#opener.open(next, false);
      }
      if (handle === null) break;
      // Nothing is added to a file once there is a next one; some may have come in before.
      await this.#reader.readOn(isClosed);
      await this.#handle.close();
      this.#handle = handle;
      this.#sequence = next;
      this.#reader.turnTo(handle);
    }
    return missing;
  }

  /** Whether the file is shorter than what was read of it: someone else cut it, and what stood there may have been more. */
  async hasShrunk(): Promise<boolean> {
    const { size } = await this.#handle.stat();
    return size < this.#reader.position;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function openExisting(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
