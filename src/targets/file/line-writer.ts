import type { Clock, Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { Outcome } from '../../core/outcome.ts';
import type { SinkEvents } from '../target.ts';
import { describeFileError, isRefusal } from './file-error.ts';
import type { CurrentFile, FileSeries } from './file-series.ts';
import { LineBuffer } from './line-buffer.ts';

/** Events outstanding at most, and bytes: larger events mean fewer of them. */
const MAX_EVENTS = 8192;
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Lines in a series of files, two buffers taking turns: one fills while the other is written. A slot is acked when the whole of its
 * line was written; after a failed write the file is cut back to its last whole line, so that a reader never meets half an event.
 */
export class LineWriter {
  /** Events it still takes; the only lane. */
  readonly room = new Int32Array([MAX_EVENTS]);
  readonly #files: FileSeries;
  readonly #clock: Clock;
  readonly #events: SinkEvents;
  #filling = new LineBuffer();
  #writing = new LineBuffer();
  #busy = false;
  /** The file is to be completed although there is room in it. */
  #rollIsDue = false;
  #limit = MAX_EVENTS;
  #largestLine = MAX_BYTES / MAX_EVENTS;
  /** Rooms to keep back because events turned out larger. */
  #owed = 0;
  #onIdle: (() => void)[] = [];

  constructor(files: FileSeries, clock: Clock, events: SinkEvents) {
    this.#files = files;
    this.#clock = clock;
    this.#events = events;
  }

  send(batch: EventBatch, atUs: Micros): void {
    this.#filling.append(batch, atUs);
    this.#learnSizes(batch);
    if (!this.#busy) void this.#writeAll();
  }

  /** Completes the file, if a line is in it; lines that follow go to the next. */
  roll(): void {
    this.#rollIsDue = true;
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

  /** Completes the last file once nothing is being written any more. */
  async close(): Promise<void> {
    if (this.#busy) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    await this.#complete();
  }

  async #writeAll(): Promise<void> {
    this.#busy = true;
    while (this.#filling.events > 0 || this.#rollIsDue) {
      if (this.#rollIsDue && this.#files.hasLines) await this.#complete();
      this.#rollIsDue = false;
      const buffer = this.#filling;
      this.#filling = this.#writing;
      this.#writing = buffer;
      await this.#write(buffer);
      buffer.clear();
    }
    this.#busy = false;
    for (const wake of this.#onIdle.splice(0)) wake();
  }

  /** Writes the buffer's lines to the open file as far as they fit, and so on with the next. */
  async #write(buffer: LineBuffer): Promise<void> {
    let from = 0;
    while (from < buffer.length) {
      let current: CurrentFile;
      try {
        current = await this.#files.current();
      } catch (error) {
        // No file, so none of these lines is in one.
        this.#settle(buffer, buffer.events, Outcome.rejected, describeFileError(error));
        return;
      }
      const to = buffer.lineEndBefore(from + this.#files.maxBytes - current.position);
      const first = current.position === current.start;
      if (to <= from && !first) {
        await this.#complete();
        continue;
      }
      const end = to > from ? to : buffer.lineEndAfter(from);
      if (!(await this.#writeLines(buffer, from, end, current))) return;
      from = end;
    }
  }

  async #complete(): Promise<void> {
    try {
      await this.#files.complete();
    } catch (error) {
      this.#events.notice('warning', `a file could not be completed: ${describeFileError(error)}`, 1);
    }
  }

  /** Writes bytes [from, to), whole lines; false where that failed and the whole buffer has its outcome. */
  async #writeLines(buffer: LineBuffer, from: number, to: number, current: CurrentFile): Promise<boolean> {
    let written = from;
    try {
      while (written < to) {
        const position = current.position + written - from;
        const { bytesWritten } = await current.file.write(buffer.bytes, written, to - written, position);
        if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
        written += bytesWritten;
      }
    } catch (error) {
      await this.#recover(buffer, from, written, current, error);
      return false;
    }
    this.#settle(buffer, to === buffer.length ? buffer.events : buffer.eventsBefore(to), Outcome.acked, 'written');
    current.position += to - from;
    return true;
  }

  /** Keeps the lines that were written whole and gives the others their outcome: rejected only if none of their bytes remains. */
  async #recover(
    buffer: LineBuffer,
    from: number,
    written: number,
    current: CurrentFile,
    cause: unknown,
  ): Promise<void> {
    const kept = Math.max(from, buffer.lineEndBefore(written));
    this.#settle(buffer, buffer.eventsBefore(kept), Outcome.acked, 'written');
    current.position += kept - from;
    let outcome: Outcome = isRefusal(cause) ? Outcome.rejected : Outcome.unknown;
    try {
      await current.file.truncate(current.position);
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
