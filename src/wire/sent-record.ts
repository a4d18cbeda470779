import type { Part } from '../core/anchor.ts';
import { IotloadError } from '../core/errors.ts';
import { Outcome } from '../core/outcome.ts';
import { SlotSet } from '../core/slot-set.ts';
import type { ByteReader } from './byte-reader.ts';
import { readIntervals } from './intervals.ts';
import type { JournalTail } from './journal.ts';
import type { SentMoment } from './moments.ts';
import { journalOutcomes, SentRecordKind } from './outcome-journal.ts';
import { PartOrdinals } from './part-ordinals.ts';
import { addToSums, type PartitionSums } from './partition-counts.ts';
import { isPart, type RunHeader, shardSlots, toRunHeader } from './run-header.ts';
import { emptySamples, readSamples, type Samples } from './samples.ts';

/** Last record: how the run ended, in the words of the result document. */
export interface SentEnd {
  ended: string;
  /** The threshold that ended the run, if one did. */
  broken?: BrokenThreshold;
}

/** A threshold that failed while the run was sending, and ended it. */
export interface BrokenThreshold {
  expression: string;
  /** What was observed then, in words. */
  observed: string;
  /** Slot time, µs. */
  atUs: number;
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
  /**
   * Slots that were picked up, or promised before a crash, and got no outcome since the run was started or last resumed: a worker died,
   * the run was cut off, or there is a defect.
   */
  orphaned: number;
  extraAttempts: number;
  /** Slots whose attempt was repeated as the same message: one copy of each is no fault. */
  doubling: SlotSet;
  /** Slots that got a second outcome: a defect. */
  conflicts: number;
  /** No slot from here on can have been sent. */
  promised: number;
  /** Latencies as recorded, in the order of `sentIntervals`. */
  samples: Samples[];
  /** What stood there before the run was last resumed; null where it never was. */
  before: SentCounts | null;
}

/** How many slots had each outcome. */
export interface SentCounts {
  acked: number;
  rejected: number;
  unknown: number;
  noAck: number;
}

/** The intervals whose latencies a `sent` file holds. */
export const sentIntervals = ['scheduleLag', 'clientWait', 'serviceTime', 'responseTime'] as const;

/** A process that kept a `sent` file. */
export interface Attempt {
  /** '' where it did not say. */
  id: string;
  /** By fleet, what had been promised when it took over: nobody before it can have sent a slot from there on. */
  after: number[];
}

/** A `sent` file, read. */
export interface SentRecord {
  header: RunHeader;
  /** null: the run was cut off, and slots may have been sent beyond what the file says, up to its last promise. */
  end: SentEnd | null;
  tornBytes: number;
  /** How often the run was gone on with after it was cut off or stopped. */
  resumptions: number;
  /** Who kept it, one after the other. */
  attempts: Attempt[];
  /** Bytes of the file behind which a resumed run writes on. */
  resumeAt: number;
  fleets: SentFleet[];
  /** What the partitions of each target took, in the plan's order; absent from files of before they were counted. */
  partitions?: PartitionSums[];
  /** How late the last worker of the attempt that began it did, µs; absent where its first moment does not say. */
  begunLateUs?: number;
}

/** What one part did with one fleet since the run was started or last resumed, in ordinals. */
interface PartOutcomes {
  ordinals: PartOrdinals;
  /** First ordinal that may be sent since then. */
  from: number;
  limit: number;
  horizon: number;
  settled: SlotSet;
}

/** What a `sent` file says, gathered record by record. */
export class SentState {
  #header: RunHeader | undefined;
  #end: SentEnd | null = null;
  #resumptions = 0;
  readonly #attempts: Attempt[] = [];
  #fleets: SentFleet[] = [];
  readonly #partitions: PartitionSums[] = [];
  #firstMoment: SentMoment | undefined;
  /** By fleet, the first slot that may have been sent since the run was started or last resumed. */
  #from: number[] = [];
  readonly #parts = new Map<string, PartOutcomes>();

  take(reader: ByteReader): void {
    const kind = reader.byte();
    if (kind === SentRecordKind.header && this.#header === undefined) {
      const header = toRunHeader(reader.json());
      this.#header = header;
      this.#fleets = header.fleets.map((_, fleet) => noOutcomes(shardSlots(header, fleet)));
      this.#from = header.fleets.map(() => 0);
      this.#attempts.push({ id: header.attempt ?? '', after: header.fleets.map(() => 0) });
    } else if (kind === SentRecordKind.outcomes) {
      this.#takeOutcomes(reader);
    } else if (kind === SentRecordKind.horizon) {
      const part = readPart(reader);
      this.#raiseHorizon(this.#partOf(part, reader.varint()), reader.varint());
    } else if (kind === SentRecordKind.promise) {
      for (const [fleet, state] of this.#fleets.entries()) {
        state.promised = Math.max(state.promised, this.#slotBelow(fleet, reader));
      }
    } else if (kind === SentRecordKind.resumed) {
      this.#resume(reader);
    } else if (kind === SentRecordKind.samples) {
      for (const { samples } of this.#fleets) for (const interval of samples) readSamples(reader, interval);
    } else if (kind === SentRecordKind.moment) {
      const moment = reader.json() as SentMoment;
      this.#firstMoment ??= moment;
      this.#takePartitions(moment);
    } else if (kind === SentRecordKind.end) {
      this.#end = toSentEnd(reader.json());
    } else {
      throw new IotloadError('file-corrupt', 'a record is of an unknown kind', { value: `${kind}` });
    }
    if (!reader.done) throw new IotloadError('file-corrupt', 'a record is longer than its contents');
  }

  finish(path: string, { ended, tornBytes, wholeBytes }: JournalTail): SentRecord {
    const header = this.#header;
    if (header === undefined) {
      throw new IotloadError('file-unreadable', 'the file ends before it says which run it belongs to', {
        where: path,
      });
    }
    this.#close();
    const { begunLateUs } = this.#firstMoment ?? {};
    return {
      header,
      end: ended ? this.#end : null,
      tornBytes,
      resumptions: this.#resumptions,
      attempts: this.#attempts,
      resumeAt: wholeBytes,
      fleets: this.#fleets,
      ...(this.#partitions.length === 0 ? {} : { partitions: this.#partitions }),
      ...(begunLateUs === undefined ? {} : { begunLateUs }),
    };
  }

  #takePartitions({ partitions = [] }: Pick<SentMoment, 'partitions'>): void {
    partitions.forEach((gain, target) => {
      this.#partitions[target] ??= new Map();
      addToSums(this.#partitions[target], gain);
    });
  }

  /** The run was cut off or stopped here, and went on from the given slots. */
  #resume(reader: ByteReader): void {
    this.#close();
    this.#end = null;
    this.#resumptions++;
    const after = this.#fleets.map(({ promised }) => promised);
    for (const [fleet, state] of this.#fleets.entries()) {
      const from = this.#slotBelow(fleet, reader);
      if (from < state.promised) {
        throw new IotloadError('file-corrupt', 'a run was resumed where it may have been before');
      }
      this.#from[fleet] = from;
      state.orphaned = 0;
      const { acked, rejected, unknown, noAck } = state;
      state.before = { acked: acked.count, rejected: rejected.count, unknown: unknown.count, noAck: noAck.count };
    }
    // Files of before this was kept do not say who goes on.
    this.#attempts.push({ id: reader.done ? '' : reader.text(), after });
  }

  /**
   * Picked up and never settled means unknown: the worker that knew is gone. Of a run that was cut off, what was promised counts as
   * picked up.
   */
  #close(): void {
    for (const [index, fleet] of this.#fleets.entries()) {
      if (this.#end === null) this.#closeCutOff(index, fleet);
      else this.#closeEnded(index, fleet);
    }
    this.#parts.clear();
  }

  #closeEnded(index: number, fleet: SentFleet): void {
    for (const { ordinals, from, horizon, settled } of this.#partsOf(index)) {
      const pickedUp = new SlotSet();
      pickedUp.addInterval(from, horizon);
      const open = SlotSet.difference(pickedUp, settled);
      open.forEachInterval((first, end) => ordinals.addSlots(first, end, fleet.unknown));
      fleet.orphaned += open.count;
    }
  }

  #closeCutOff(index: number, fleet: SentFleet): void {
    const { shard, fleets } = this.#header as RunHeader;
    const own = new PartOrdinals(shard, (fleets[index] as RunHeader['fleets'][number]).devices);
    const from = this.#from[index] as number;
    const pickedUp = new SlotSet();
    const settled = new SlotSet();
    own.addSlots(own.below(from), own.below(fleet.promised), pickedUp);
    for (const part of this.#partsOf(index)) {
      part.ordinals.addSlots(part.from, part.horizon, pickedUp);
      part.settled.forEachInterval((first, end) => part.ordinals.addSlots(first, end, settled));
    }
    const open = SlotSet.difference(pickedUp, settled);
    fleet.unknown.addAll(open);
    fleet.orphaned += open.count;
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
          // What lies below was settled when the run was resumed.
          fleet.conflicts +=
            to - from - state.settled.addInterval(Math.max(from, state.from), Math.max(to, state.from));
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

  #slotBelow(fleet: number, reader: ByteReader): number {
    const slot = reader.varint();
    if (slot > ((this.#header as RunHeader).fleets[fleet] as RunHeader['fleets'][number]).slots) {
      throw new IotloadError('file-corrupt', 'a record goes beyond the end of the schedule');
    }
    return slot;
  }

  #partsOf(fleet: number): PartOutcomes[] {
    return [...this.#parts].filter(([key]) => key.endsWith(` ${fleet}`)).map(([, part]) => part);
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
      state = {
        ordinals,
        from: ordinals.below(this.#from[fleet] as number),
        limit: ordinals.below(slots),
        horizon: 0,
        settled: new SlotSet(),
      };
      this.#parts.set(key, state);
    }
    return state;
  }
}

function toSentEnd(value: unknown): SentEnd {
  const end = value as Partial<SentEnd> | null;
  if (typeof end?.ended !== 'string' || !isBroken(end.broken))
    throw new IotloadError('file-corrupt', 'the end record does not say how the run ended');
  return end as SentEnd;
}

function isBroken(broken: BrokenThreshold | undefined): boolean {
  if (broken === undefined) return true;
  const { expression, observed, atUs } = broken;
  return typeof expression === 'string' && typeof observed === 'string' && Number.isFinite(atUs);
}

function readPart(reader: ByteReader): Part {
  const part = { index: reader.varint(), count: reader.varint() };
  if (!isPart(part)) throw new IotloadError('file-corrupt', 'a record is about no possible part');
  return part;
}

/** A fleet of so many slots of which nothing was sent. */
export function noOutcomes(intended: number): SentFleet {
  const sets = { acked: new SlotSet(), rejected: new SlotSet(), unknown: new SlotSet(), noAck: new SlotSet() };
  return {
    intended,
    ...sets,
    orphaned: 0,
    extraAttempts: 0,
    doubling: new SlotSet(),
    conflicts: 0,
    promised: 0,
    samples: sentIntervals.map(() => emptySamples()),
    before: null,
  };
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
