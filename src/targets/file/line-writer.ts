import type { Clock, Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { Outcome } from '../../core/outcome.ts';
import type { SinkEvents } from '../target.ts';
import { describeFileError, isRefusal } from './file-error.ts';
import { LineBuffer } from './line-buffer.ts';

/** Events outstanding at most, and bytes: larger events mean fewer of them. */
const MAX_EVENTS = 8192;
const MAX_BYTES = 8 * 1024 * 1024;

/** What a writer needs of an open file; a test fills its disk. */
export interface WritableFile {
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Lines in a file that grows, two buffers taking turns: one fills while the other is written. A slot is acked when the whole of its
 * line was written; after a failed write the file is cut back to its last whole line, so that a reader never meets half an event.
 */
export class LineWriter {
  /** Events it still takes; the only lane. */
  readonly room = new Int32Array([MAX_EVENTS]);
  readonly #file: WritableFile;
  /** Bytes of whole lines in the file, and what stands before them. */
  #position: number;
  readonly #clock: Clock;
  readonly #events: SinkEvents;
  #filling = new LineBuffer();
  #writing = new LineBuffer();
  #busy = false;
  #limit = MAX_EVENTS;
  #largestLine = MAX_BYTES / MAX_EVENTS;
  /** Rooms to keep back because events turned out larger. */
  #owed = 0;
  #onIdle: (() => void)[] = [];

  /** `position`: where the first line goes. */
  constructor(file: WritableFile, position: number, clock: Clock, events: SinkEvents) {
    this.#file = file;
    this.#position = position;
    this.#clock = clock;
    this.#events = events;
  }

  send(batch: EventBatch, atUs: Micros): void {
    this.#filling.append(batch, atUs);
    this.#learnSizes(batch);
    if (!this.#busy) void this.#writeAll();
  }

  /** Resolves when every line has an outcome, or after `timeoutMs`: what is then still open is `unknown`. */
  async flush(timeoutMs: number): Promise<void> {
    if (!this.#busy) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(timeoutMs, () => {
        this.#abandon(this.#writing);
        this.#abandon(this.#filling);
        resolve();
      });
      this.#onIdle.push(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Closes the file once nothing is being written any more. */
  async close(): Promise<void> {
    if (this.#busy) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    await this.#file.close();
  }

  async #writeAll(): Promise<void> {
    this.#busy = true;
    while (this.#filling.events > 0) {
      const buffer = this.#filling;
      this.#filling = this.#writing;
      this.#writing = buffer;
      await this.#write(buffer);
      buffer.clear();
    }
    this.#busy = false;
    for (const wake of this.#onIdle.splice(0)) wake();
  }

  async #write(buffer: LineBuffer): Promise<void> {
    let written = 0;
    try {
      while (written < buffer.length) {
        const length = buffer.length - written;
        const { bytesWritten } = await this.#file.write(buffer.bytes, written, length, this.#position + written);
        if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
        written += bytesWritten;
      }
    } catch (error) {
      await this.#recover(buffer, written, error);
      return;
    }
    this.#settle(buffer, buffer.events, Outcome.acked, 'written');
    this.#position += buffer.length;
  }

  /** Keeps the lines that were written whole and gives the others their outcome: rejected only if none of their bytes remains. */
  async #recover(buffer: LineBuffer, written: number, cause: unknown): Promise<void> {
    const kept = buffer.lineEndBefore(written);
    this.#settle(buffer, buffer.eventsBefore(kept), Outcome.acked, 'written');
    this.#position += kept;
    let outcome: Outcome = isRefusal(cause) ? Outcome.rejected : Outcome.unknown;
    try {
      await this.#file.truncate(this.#position);
    } catch (error) {
      outcome = Outcome.unknown;
      this.#events.notice('warning', `half a line may remain in the file: ${describeFileError(error)}`, 1);
    }
    this.#settle(buffer, buffer.events, outcome, describeFileError(cause).toLowerCase());
  }

  #abandon(buffer: LineBuffer): void {
    this.#settle(buffer, buffer.events, Outcome.unknown, 'not written in time');
  }

  /** Reports the buffer's events that have no outcome yet, up to number `to`, and gives their room back. */
  #settle(buffer: LineBuffer, to: number, outcome: Outcome, reason: string): void {
    const from = buffer.settled;
    if (to <= from) return;
    buffer.settled = to;
    const wasFull = this.room[0] === 0;
    const back = to - from;
    const kept = Math.min(back, this.#owed);
    this.#owed -= kept;
    this.room[0] = (this.room[0] as number) + back - kept;
    const atUs = this.#clock.nowUs();
    buffer.forEachFleet(from, to, (fleet, slots, sentAtUs, count) => {
      this.#events.settled(fleet, slots, sentAtUs, count, outcome, reason, atUs);
    });
    if (wasFull && (this.room[0] as number) > 0) this.#events.drained(0);
  }

  /** Events above the size foreseen shrink the room, so that outstanding bytes stay bounded too. */
  #learnSizes({ starts, ends, count }: EventBatch): void {
    for (let i = 0; i < count; i++) {
      const size = (ends[i] as number) - (starts[i] as number) + 1;
      if (size > this.#largestLine) this.#largestLine = size;
    }
    const limit = Math.max(1, Math.floor(MAX_BYTES / this.#largestLine));
    if (limit === this.#limit) return;
    this.#owed += this.#limit - limit;
    this.#limit = limit;
    const taken = Math.min(this.#owed, this.room[0] as number);
    this.room[0] = (this.room[0] as number) - taken;
    this.#owed -= taken;
  }
}
