import type { SourceEvents, TargetFleet } from '../../target.ts';
import type { ReadableFile } from '../line-reader.ts';
import type { FileOptions } from '../options.ts';

/** How events stand in a file: one file here, one line in the registry. */
export interface FileFormat {
  readonly name: string;
  readonly doc: string;
  /** Of files whose path names none. */
  readonly extension: string;
  /** Events stand in lines that are readable while the file grows; otherwise a file is none before its end. */
  readonly grows: boolean;
  /** Payloads it takes; absent where it takes any. */
  readonly payloads?: 'text' | 'csv';
  /** It keeps the values of payloads rather than their bytes. */
  readonly keepsValues?: true;
  /** Loads what it needs. @throws IotloadError `bad-scenario` where the fleets' payloads cannot stand in one file */
  open(options: FileOptions, fleets: readonly TargetFleet[]): Promise<OpenFormat>;
}

/** A format for the events of a run. */
export interface OpenFormat {
  /** Begins a file. */
  encoder(): FileEncoder;
  /**
   * Begins to read a complete file, behind so much of it (`position` of an earlier reader; 0: all of it). Delivered batches are valid
   * during the call.
   */
  decoder(
    file: ReadableFile & { size: number },
    events: SourceEvents,
    nowUs: () => number,
    position: number,
  ): FileDecoder;
}

/** Turns events into the bytes of one file. Adding costs little; the work is done in steps, when bytes are taken. */
export interface FileEncoder {
  /** Bytes that the file would have now at most, were it finished. */
  readonly size: number;
  /** Bytes that are in memory, of events and of what was made of them. */
  readonly held: number;
  /** `take` has something to give. */
  readonly isReady: boolean;
  /** Bytes that an event of so many adds at most. */
  sizeOf(bytes: number): number;
  /** Appends the event `bytes[from … to)`; false where the format cannot hold it. */
  add(bytes: Uint8Array, from: number, to: number, fleet: number, slot: number): boolean;
  /** Does a step of the work and returns what became ready, the caller's from then on; null where nothing is to be done. */
  take(): Uint8Array | null;
  /** Nothing follows: all that is left can be taken. */
  finish(): void;
}

/** Reads one file. */
export interface FileDecoder {
  /** Delivers what is left of it. @throws what the file or its reader throws, a RangeError for what is no such file */
  readOn(isClosed: () => boolean): Promise<void>;
  /** How far everything was delivered. */
  readonly position: number;
}
