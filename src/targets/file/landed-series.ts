import type { FileDecoder } from './formats/format.ts';
import type { LandedFile } from './places/place.ts';

/** The file that is read, and how far in its format's own measure. */
export interface SeriesPosition {
  sequence: number;
  read: number;
}

/** How the files of a part are found and read. */
export interface SeriesReading {
  nameOf(sequence: number): string;
  /** null where there is no such file, or not yet. */
  open(name: string): Promise<LandedFile | null>;
  decoder(file: LandedFile, position: number): FileDecoder;
  /** Where an earlier reader stopped. */
  from: SeriesPosition;
}

/** The complete files of one part, read in their order. */
export interface LandedSeries {
  readonly position: SeriesPosition;
  /** Name of the file that is read, or comes next. */
  readonly name: string;
  /** It could not be read on; nobody tries again. */
  failed: boolean;
  /** Tells it which numbers there are. */
  list(sequences: readonly number[]): void;
  /** Reads every file that has come. Returns the name of one that was taken away before it was read; null for none. */
  readOn(isClosed: () => boolean): Promise<string | null>;
  close(): Promise<void>;
}

/** Begins to read a series. */
export function readSeries({ nameOf, open, decoder, from }: SeriesReading): LandedSeries {
  let { sequence } = from;
  let before = from.read;
  let listed: readonly number[] = [];
  let gone: string | null = null;
  let file: LandedFile | null = null;
  let reading: FileDecoder | null = null;

  /** Opens the next file; null where there is none yet. */
  async function next(): Promise<LandedFile | null> {
    const found = await open(nameOf(sequence));
    if (found !== null) return found;
    // Files come in their order: where a later one is, this one was.
    const later = Math.min(...listed.filter((number) => number > sequence));
    if (!Number.isFinite(later)) return null;
    const again = await open(nameOf(sequence));
    if (again !== null) return again;
    gone ??= nameOf(sequence);
    sequence = later;
    before = 0;
    return open(nameOf(sequence));
  }

  return {
    failed: false,
    get position() {
      return { sequence, read: reading?.position ?? before };
    },
    get name() {
      return nameOf(sequence);
    },
    list(sequences) {
      listed = sequences;
    },
    async readOn(isClosed) {
      while (!isClosed()) {
        if (reading === null) {
          file = await next();
          if (file === null) break;
          reading = decoder(file, before);
        }
        await reading.readOn(isClosed);
        if (isClosed()) break;
        await file?.close();
        file = null;
        reading = null;
        before = 0;
        sequence++;
      }
      const missing = gone;
      gone = null;
      return missing;
    },
    async close() {
      await file?.close();
    },
  };
}
