import type { ReadableFile } from '../line-reader.ts';

/** A file that is on its way; nobody sees it before it is complete. */
export interface LandingFile {
  /** Appends all of these bytes, which nobody changes afterwards. @throws a system error or `PlaceError`: the file is of no use then */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Makes the file durable under its own name, in one step. Nothing follows.
   * @throws `PlaceError` that says whether it may be there all the same
   */
  complete(): Promise<void>;
  /** Takes away what was written. Never throws. */
  discard(): Promise<void>;
}

/** A complete file. */
export interface LandedFile extends ReadableFile {
  readonly size: number;
  close(): Promise<void>;
}

/** Where files land: a folder, or the objects of a bucket that begin alike. Names are those of `LandingNames`. */
export interface Place {
  /** As users know it, for messages. */
  readonly title: string;
  /** Pause between two looks of who reads it, ms. */
  readonly pollMs: number;
  /** Makes it ready for files. @throws IotloadError where it is none */
  prepare(): Promise<void>;
  /** Names in it that begin so, also of hidden files; others may be among them. Empty where it does not exist yet. */
  list(beginnings: readonly string[]): Promise<string[]>;
  /** Begins a file. @throws `PlaceError` `it exists already` where the name is taken */
  create(name: string): Promise<LandingFile>;
  /** Takes away what a writer that was cut off left of this file, which never had its name. Never throws. */
  forget(name: string): Promise<void>;
  /** Opens a complete file; null where there is none. */
  open(name: string): Promise<LandedFile | null>;
  /** Appends to a small file, whole from the first byte on for whoever opens it. @throws a system error, or an IotloadError that says what to do */
  append(name: string, bytes: Uint8Array): Promise<void>;
  /** Takes away a small file, if it is there. */
  remove(name: string): Promise<void>;
  close(): void;
}

/** Why a file could not be landed. */
export class PlaceError extends Error {
  /** Nobody knows whether it was. */
  readonly ambiguous: boolean;

  /** `reason`: a few words for outcomes, without a path. */
  constructor(reason: string, options: { ambiguous?: boolean; cause?: unknown } = {}) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PlaceError';
    this.ambiguous = options.ambiguous ?? false;
  }
}
