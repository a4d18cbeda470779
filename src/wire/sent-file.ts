import type { Part } from '../core/anchor.ts';
import { IotloadError } from '../core/errors.ts';
import { Outcome } from '../core/outcome.ts';
import { SlotSet } from '../core/slot-set.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readIntervals } from './intervals.ts';
import { JournalWriter, readJournal } from './journal.ts';
import { journalOutcomes, SentRecordKind } from './outcome-journal.ts';
import { PartOrdinals } from './part-ordinals.ts';
import { isPart, type RunHeader, shardSlots, toRunHeader } from './run-header.ts';

const MAGIC = 'iotlsent';

/** Last record: how the run ended, in the words of the result document. */
export interface SentEnd {
  ended: string;
}

/** The main thread's side of the `sent` file. */
export class SentWriter {
  readonly #journal: JournalWriter;
  readonly #writer = new ByteWriter();

  private constructor(journal: JournalWriter) {
    this.#journal = journal;
  }

  /** Creates the file. Throws IotloadError `file-unwritable`. */
  static async open(path: string, header: RunHeader): Promise<SentWriter> {
    const sent = new SentWriter(await JournalWriter.open(path, MAGIC));
    sent.#json(SentRecordKind.header, header);
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
    this.#writer.byte(SentRecordKind.horizon);
    for (const value of [part.index, part.count, fleet, pickedUp]) this.#writer.varint(value);
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

  #json(kind: number, value: unknown): void {
    this.#writer.byte(kind);
    this.#writer.text(JSON.stringify(value));
    this.#journal.append(this.#writer.take());
  }
}

/** Outcomes of one fleet in one shard, by slot number. */
export interface SentFleet {
  /** Slots of this shard. */
  intended: number;
  acked: SlotSet;
  rejected: SlotSet;
  /** With the orphaned ones. */
  unknown: SlotSet;
  noAck: SlotSet;
  /** Slots that were picked up and got no outcome: a worker died, the record was cut off, or there is a defect. */
  orphaned: number;
  extraAttempts: number;
  /** Slots whose attempt was repeated as the same message: one copy of each is no fault. */
  doubling: SlotSet;
  /** Slots that got a second outcome: a defect. */
  conflicts: number;
}

/** A `sent` file, read. */
export interface SentRecord {
  header: RunHeader;
  /** null: the run was cut off, and slots may have been sent beyond what the file says. */
  end: SentEnd | null;
  tornBytes: number;
  fleets: SentFleet[];
}

/** What one part did with one fleet, in ordinals. */
interface PartOutcomes {
  ordinals: PartOrdinals;
  limit: number;
  horizon: number;
  settled: SlotSet;
}

/** Reads a `sent` file. Throws IotloadError `file-unreadable` or `file-corrupt`. */
export async function readSent(path: string): Promise<SentRecord> {
  const state = new SentState();
  const tail = await readJournal(path, MAGIC, (payload) => state.take(new ByteReader(payload)));
  return state.finish(path, tail.ended, tail.tornBytes);
}

class SentState {
  #header: RunHeader | undefined;
  #end: SentEnd | null = null;
  #fleets: SentFleet[] = [];
  readonly #parts = new Map<string, PartOutcomes>();

  take(reader: ByteReader): void {
    const kind = reader.byte();
    if (kind === SentRecordKind.header && this.#header === undefined) {
      const header = toRunHeader(reader.json());
      this.#header = header;
      this.#fleets = header.fleets.map((_, fleet) => emptyFleet(shardSlots(header, fleet)));
    } else if (kind === SentRecordKind.outcomes) {
      this.#takeOutcomes(reader);
    } else if (kind === SentRecordKind.horizon) {
      const part = readPart(reader);
      this.#raiseHorizon(this.#partOf(part, reader.varint()), reader.varint());
    } else if (kind === SentRecordKind.end) {
      this.#end = toSentEnd(reader.json());
    } else {
      throw new IotloadError('file-corrupt', 'a record is of an unknown kind', { value: `${kind}` });
    }
    if (!reader.done) throw new IotloadError('file-corrupt', 'a record is longer than its contents');
  }

  /** Picked up and never settled means unknown: the worker that knew is gone. */
  finish(path: string, ended: boolean, tornBytes: number): SentRecord {
    if (this.#header === undefined) {
      throw new IotloadError('file-corrupt', 'the file ends before it says which run it belongs to', {
        where: path,
      });
    }
    for (const [key, { ordinals, horizon, settled }] of this.#parts) {
      const fleet = this.#fleets[Number(key.slice(key.lastIndexOf(' ') + 1))] as SentFleet;
      const pickedUp = new SlotSet();
      pickedUp.addInterval(0, horizon);
      const open = SlotSet.difference(pickedUp, settled);
      open.forEachInterval((from, to) => ordinals.addSlots(from, to, fleet.unknown));
      fleet.orphaned += open.count;
    }
    return { header: this.#header, end: ended ? this.#end : null, tornBytes, fleets: this.#fleets };
  }

  #takeOutcomes(reader: ByteReader): void {
    const part = readPart(reader);
    for (let tag = reader.varint(); tag > 0; tag = reader.varint()) {
      const state = this.#partOf(part, tag - 1);
      const fleet = this.#fleets[tag - 1] as SentFleet;
      this.#raiseHorizon(state, reader.varint());
      fleet.conflicts += reader.varint();
      fleet.extraAttempts += reader.varint();
      for (const outcome of journalOutcomes) {
        const into = setOf(fleet, outcome);
        readIntervals(reader, state.limit, (from, to) => {
          fleet.conflicts += to - from - state.settled.addInterval(from, to);
          if (into !== null) state.ordinals.addSlots(from, to, into);
        });
      }
      readIntervals(reader, state.limit, (from, to) => state.ordinals.addSlots(from, to, fleet.doubling));
    }
  }

  #raiseHorizon(state: PartOutcomes, horizon: number): void {
    if (horizon > state.limit) throw new IotloadError('file-corrupt', 'a record goes beyond the end of the schedule');
    state.horizon = Math.max(state.horizon, horizon);
  }

  #partOf(part: Part, fleet: number): PartOutcomes {
    const header = this.#header;
    const { devices, slots } = header?.fleets[fleet] ?? {};
    if (header === undefined || devices === undefined || slots === undefined) {
      throw new IotloadError('file-corrupt', 'a record is about a fleet that the run does not have');
    }
    const { index, count } = header.shard;
    if (part.count % count !== 0 || part.index % count !== index) {
      throw new IotloadError('file-corrupt', 'a record is about a part that the shard does not have');
    }
    const key = `${part.index}/${part.count} ${fleet}`;
    let state = this.#parts.get(key);
    if (state === undefined) {
      const ordinals = new PartOrdinals(part, devices);
      state = { ordinals, limit: ordinals.below(slots), horizon: 0, settled: new SlotSet() };
      this.#parts.set(key, state);
    }
    return state;
  }
}

function toSentEnd(value: unknown): SentEnd {
  const end = value as Partial<SentEnd> | null;
  if (typeof end?.ended !== 'string')
    throw new IotloadError('file-corrupt', 'the end record does not say how the run ended');
  return end as SentEnd;
}

function readPart(reader: ByteReader): Part {
  const part = { index: reader.varint(), count: reader.varint() };
  if (!isPart(part)) throw new IotloadError('file-corrupt', 'a record is about no possible part');
  return part;
}

function emptyFleet(intended: number): SentFleet {
  const sets = { acked: new SlotSet(), rejected: new SlotSet(), unknown: new SlotSet(), noAck: new SlotSet() };
  return { intended, ...sets, orphaned: 0, extraAttempts: 0, doubling: new SlotSet(), conflicts: 0 };
}

/** What was not sent is what has no other outcome; it needs no set. */
function setOf(fleet: SentFleet, outcome: Outcome): SlotSet | null {
  switch (outcome) {
    case Outcome.acked:
      return fleet.acked;
    case Outcome.rejected:
      return fleet.rejected;
    case Outcome.unknown:
      return fleet.unknown;
    case Outcome.noAck:
      return fleet.noAck;
    case Outcome.notSent:
      return null;
  }
}
