import type { Part } from '../core/anchor.ts';
import type { Disk } from '../core/disk.ts';
import { recordDisk } from '../core/rolling-disk.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { JournalWriter, readJournal } from './journal.ts';
import type { SentMoment } from './moments.ts';
import { SentRecordKind } from './outcome-journal.ts';
import type { RunHeader } from './run-header.ts';
import { type WrittenSamples, writeSamples } from './samples.ts';
import { type SentEnd, type SentRecord, SentState } from './sent-record.ts';

/** What a `sent` file begins with. */
export const SENT_MAGIC = 'iotlsent';

/** The main thread's side of the `sent` file. */
export class SentWriter {
  readonly #journal: JournalWriter;
  readonly #writer = new ByteWriter();

  private constructor(journal: JournalWriter) {
    this.#journal = journal;
  }

  /** Creates the file. Throws IotloadError `file-unwritable`. */
  static async open(path: string, header: RunHeader, disk: Disk = recordDisk): Promise<SentWriter> {
    const sent = new SentWriter(await JournalWriter.open(path, SENT_MAGIC, disk));
    sent.#json(SentRecordKind.header, header);
    return sent;
  }

  /**
   * Goes on with the file of a run that was cut off, which has been read into `record`. `from` is, by fleet, the first slot that may be
   * sent from now on; what lies below it and was not sent never will be. `attempt` names the process that goes on. Throws IotloadError
   * `file-unwritable`.
   */
  static async resume(
    path: string,
    record: SentRecord,
    from: readonly number[],
    disk: Disk = recordDisk,
    attempt = '',
  ): Promise<SentWriter> {
    const sent = new SentWriter(await JournalWriter.resume(path, record.resumeAt, disk));
    sent.#writer.byte(SentRecordKind.resumed);
    for (const slot of from) sent.#writer.varint(slot);
    sent.#writer.text(attempt);
    sent.#journal.append(sent.#writer.take());
    return sent;
  }

  /** Adds a worker's frame as it is. */
  append(frame: Uint8Array): void {
    this.#journal.append(frame);
  }

  /**
   * Says that `part` picked up its first `pickedUp` slots of a fleet; for a worker that died with its last frame unsent, from its
   * counters in shared memory. Slots without an outcome below that become unknown.
   */
  horizon(part: Part, fleet: number, pickedUp: number): void {
    this.#varints(SentRecordKind.horizon, [part.index, part.count, fleet, pickedUp]);
  }

  /**
   * Says, by fleet, that no slot from there on is sent before a later promise is on the disk. Holds once `flush` has resolved. After a
   * crash, what was promised and has no outcome is unknown; what was not promised was not sent.
   */
  promise(below: readonly number[]): void {
    this.#varints(SentRecordKind.promise, below);
  }

  /** Says where the run stands; what follows as latencies is of the time since the moment before. */
  moment(moment: SentMoment): void {
    this.#json(SentRecordKind.moment, moment);
  }

  /** Adds the latencies of the time since the previous call: by fleet, one distribution for each of the sender's intervals. */
  samples(fleets: readonly (readonly WrittenSamples[])[]): void {
    this.#writer.byte(SentRecordKind.samples);
    for (const intervals of fleets) for (const samples of intervals) writeSamples(this.#writer, samples);
    this.#journal.append(this.#writer.take());
  }

  /** Brings what was added to the disk; once a second. */
  flush(): Promise<void> {
    return this.#journal.flush();
  }

  /** Writes the end record and the end mark, and closes the file. */
  end(end: SentEnd): Promise<void> {
    this.#json(SentRecordKind.end, end);
    return this.#journal.end();
  }

  /** Closes the file as it is. */
  close(): Promise<void> {
    return this.#journal.close();
  }

  #varints(kind: number, values: readonly number[]): void {
    this.#writer.byte(kind);
    for (const value of values) this.#writer.varint(value);
    this.#journal.append(this.#writer.take());
  }

  #json(kind: number, value: unknown): void {
    this.#writer.byte(kind);
    this.#writer.text(JSON.stringify(value));
    this.#journal.append(this.#writer.take());
  }
}

/** Reads a `sent` file. Throws IotloadError `file-corrupt`, or `file-unreadable` also for one that was cut off before its first record. */
export async function readSent(path: string, disk: Disk = recordDisk): Promise<SentRecord> {
  const state = new SentState();
  const tail = await readJournal(path, SENT_MAGIC, (payload) => state.take(new ByteReader(payload)), disk);
  return state.finish(path, tail);
}
