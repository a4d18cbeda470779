import { createDeliveredBatch } from '../delivered-batch.ts';
import type { SourceEvents } from '../target.ts';

/** What the reader needs of an open file. */
export interface ReadableFile {
  read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

const newline = 0x0a;
const FIRST_BUFFER = 1024 * 1024;
/** A line longer than this is no event of ours. */
const LONGEST_LINE = 64 * 1024 * 1024;
const MAX_EVENTS = 4096;

/**
 * Delivers the lines that were appended to a file. Its position is the end of the last whole line, so a line that is being written,
 * or was torn by a crash, is simply read again when there is more.
 */
export class LineReader {
  readonly #file: ReadableFile;
  readonly #header: Uint8Array;
  readonly #events: SourceEvents;
  readonly #nowUs: () => number;
  #bytes = Buffer.allocUnsafe(FIRST_BUFFER);
  #position: number;
  readonly #batch = createDeliveredBatch(MAX_EVENTS, this.#bytes);

  /**
   * `header`: the line that is no event at the top of each file, with its end; empty for none. `position`: the end of a whole line, where
   * reading begins.
   */
  constructor(file: ReadableFile, header: Uint8Array, events: SourceEvents, nowUs: () => number, position = 0) {
    this.#file = file;
    this.#header = header;
    this.#events = events;
    this.#nowUs = nowUs;
    this.#position = position;
  }

  /** Bytes of the file read so far, as whole lines. */
  get position(): number {
    return this.#position;
  }

  /** Reads up to the end of the file as it is now; `isClosed` is asked before each delivery. @throws RangeError at an endless line. */
  async readOn(isClosed: () => boolean): Promise<void> {
    for (;;) {
      const { bytesRead } = await this.#file.read(this.#bytes, 0, this.#bytes.length, this.#position);
      if (bytesRead === 0 || isClosed()) return;
      const delivered = this.#deliver(bytesRead);
      this.#position += delivered;
      if (bytesRead < this.#bytes.length) return;
      if (delivered === 0) this.#enlarge();
    }
  }

  /** Delivers the whole lines among the first `length` bytes; returns where they end. */
  #deliver(length: number): number {
    const batch = this.#batch;
    batch.bytes = this.#bytes;
    batch.atUs = this.#nowUs();
    batch.count = 0;
    let start = this.#position === 0 ? this.#headerLength(length) : 0;
    for (;;) {
      const end = this.#bytes.indexOf(newline, start);
      if (end === -1 || end >= length) break;
      const i = batch.count++;
      batch.addressStarts[i] = start;
      batch.addressEnds[i] = start;
      batch.payloadStarts[i] = start;
      batch.payloadEnds[i] = end;
      start = end + 1;
      if (batch.count < MAX_EVENTS) continue;
      this.#events.delivered(batch);
      batch.count = 0;
    }
    if (batch.count > 0) this.#events.delivered(batch);
    return start;
  }

  /** Bytes of the header among the first `length` of a file: all of it, or none. */
  #headerLength(length: number): number {
    const header = this.#header;
    const isThere = header.length <= length && this.#bytes.subarray(0, header.length).equals(header);
    return isThere ? header.length : 0;
  }

  #enlarge(): void {
    if (this.#bytes.length >= LONGEST_LINE) throw new RangeError('a line without end');
    this.#bytes = Buffer.allocUnsafe(this.#bytes.length * 2);
  }
}
