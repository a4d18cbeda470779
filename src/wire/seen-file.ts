import type { Disk } from '../core/disk.ts';
import { IotloadError } from '../core/errors.ts';
import { recordDisk } from '../core/rolling-disk.ts';
import { SlotSet } from '../core/slot-set.ts';
import type { WallJump } from '../core/wall-offset.ts';
import type { FinalBrokerCount } from './broker-count.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readIntervals, writeIntervals } from './intervals.ts';
import { JournalWriter, readJournal } from './journal.ts';
import type { SeenMoment } from './moments.ts';
import { PartOrdinals } from './part-ordinals.ts';
import { addToSums, type PartitionSums } from './partition-counts.ts';
import { type PlacedArrival, readPlaced, type StoredRange, writePlaced } from './placed-arrivals.ts';
import { type RunHeader, shardSlots, toRunHeader } from './run-header.ts';
import { emptySamples, type PackedSamples, readPacked, readSamples, type Samples, writeSamples } from './samples.ts';

/** What a `seen` file begins with. */
export const SEEN_MAGIC = 'iotlseen';
/** Kinds of records, the first byte of each. */
export const SeenRecordKind = { header: 1, arrivals: 2, end: 3, resumed: 4, moment: 5 } as const;
const Kind = SeenRecordKind;

/** Counts of whatever no fleet can be named for, since the previous record. */
export interface UnattributedArrivals {
  /** Everything that was read, of whatever kind; the readiness probe excepted. */
  received: number;
  /** Another run's, another shard's, or nobody's. */
  foreign: number;
  /** Perhaps ours, without an identity that could tell. */
  unidentified: number;
  /** Damaged beyond its fleet. */
  corrupt: number;
}

/** What arrived of one fleet since the previous record. */
export interface FleetArrivals {
  /** Slots seen for the first time. */
  fresh: SlotSet;
  /** Slots of which a second copy came for the first time. */
  doubled: SlotSet;
  /** Slots of which a third copy came for the first time. */
  tripled: SlotSet;
  /** Copies beyond each slot's first. */
  copies: number;
  reordered: number;
  corrupt: number;
  /** First seen when the grace was over. */
  late: number;
  /** Intended → seen, of the events in the measured window. */
  endToEnd: Samples;
  /** Slots out of order, as far as they are kept by name. */
  reorderedSlots: number[];
  /** Slots that damaged events claimed to be, as far as they are kept by name. */
  corruptSlots: number[];
  /** Where such arrivals, and second copies, were stored, as far as the source knows and they are kept by name. */
  placed: PlacedArrival[];
}

/** Last record: whether the reader can vouch for what it did not see. */
export interface SeenEnd {
  /** Absence is proof: positions were read to the end without a gap. */
  complete: boolean;
  source: { gaps: number; fullReads: number; brokerDropped: number | null };
  cpuSeconds: number;
  peakRssBytes: number;
  /** Why the reader, or the queue before it, may have let events pass unseen; one sentence each, empty for a healthy reader. */
  doubts: string[];
  /** Further observations; one sentence each. */
  signals: string[];
  /** What was read of each partition, by its number; absent where the source has none. */
  read?: StoredRange[];
  /** What the other side counted itself; absent where it tells nothing, or where another reader had begun. */
  counted?: FinalBrokerCount;
  /** Steps of the reader's wall clock; absent from files of before they were watched. */
  clockJumps?: WallJump[];
}

/** The verifier's side of the `seen` file. */
export class SeenWriter {
  readonly #journal: JournalWriter;
  readonly #writer = new ByteWriter(4096);
  readonly #ordinals: readonly PartOrdinals[];

  private constructor(journal: JournalWriter, header: RunHeader) {
    this.#journal = journal;
    this.#ordinals = header.fleets.map(({ devices }) => new PartOrdinals(header.shard, devices));
  }

  /** Creates the file. Throws IotloadError `file-unwritable`. */
  static async open(path: string, header: RunHeader, disk: Disk = recordDisk): Promise<SeenWriter> {
    const seen = new SeenWriter(await JournalWriter.open(path, SEEN_MAGIC, disk), header);
    seen.#json(Kind.header, header);
    return seen;
  }

  /** Goes on with the file of a verifier that was cut off or stopped, which has been read into `record`. */
  static async resume(path: string, record: SeenRecord, disk: Disk = recordDisk): Promise<SeenWriter> {
    const seen = new SeenWriter(await JournalWriter.resume(path, record.resumeAt, disk), record.header);
    seen.#writer.byte(Kind.resumed);
    seen.#journal.append(seen.#writer.take());
    return seen;
  }

  /**
   * Adds what is new, `fleets` in the plan's order, and up to where the source was read for it; null where a source has no such thing.
   * Both are in one frame, so that whoever goes on from there counts nothing twice.
   *
   *   arrivals := kind:u8 received, foreign, unidentified, corrupt: varint; fleet* positions:text placed*
   *   fleet    := intervals(fresh) intervals(doubled) intervals(tripled) copies, reordered, corrupt, late: varint; samples names(reordered) names(corrupt)
   *   names    := (slot + 1)* 0: varint
   *   placed   := as in `placed-arrivals.ts`; of every fleet, or left out
   *
   * Intervals are of the shard's ordinals (`PartOrdinals`).
   */
  append(unattributed: UnattributedArrivals, fleets: readonly FleetArrivals[], positions: unknown = null): void {
    const writer = this.#writer;
    writer.byte(Kind.arrivals);
    const { received, foreign, unidentified, corrupt } = unattributed;
    for (const count of [received, foreign, unidentified, corrupt]) writer.varint(count);
    fleets.forEach((fleet, index) => {
      const ordinals = this.#ordinals[index] as PartOrdinals;
      for (const slots of [fleet.fresh, fleet.doubled, fleet.tripled]) {
        writeIntervals(writer, inOrdinals(slots, ordinals));
      }
      for (const count of [fleet.copies, fleet.reordered, fleet.corrupt, fleet.late]) writer.varint(count);
      writeSamples(writer, fleet.endToEnd);
      for (const slots of [fleet.reorderedSlots, fleet.corruptSlots]) {
        for (const slot of slots) writer.varint(slot + 1);
        writer.varint(0);
      }
    });
    writer.text(JSON.stringify(positions));
    if (fleets.some(({ placed }) => placed.length > 0)) for (const { placed } of fleets) writePlaced(writer, placed);
    this.#journal.append(writer.take());
  }

  /** Says where reading stands; what was appended last is of the time since the moment before. */
  moment(moment: SeenMoment): void {
    this.#json(Kind.moment, moment);
  }

  /** Brings what was added to the disk; once a second. */
  flush(): Promise<void> {
    return this.#journal.flush();
  }

  /** Writes the end record and the end mark, and closes the file. */
  end(end: SeenEnd): Promise<void> {
    this.#json(Kind.end, end);
    return this.#journal.end();
  }

  /** Closes the file as it is. */
  close(): Promise<void> {
    return this.#journal.close();
  }

  #json(kind: number, value: unknown): void {
    this.#writer.byte(kind);
    this.#writer.text(JSON.stringify(value));
    this.#journal.append(this.#writer.take());
  }
}

/** What arrived of one fleet in the whole run; `fresh` holds every slot seen, `doubled` every slot seen more than once, `tripled` more than twice. */
export type SeenFleet = FleetArrivals;

/** A `seen` file, read. */
export interface SeenRecord {
  header: RunHeader;
  /** null: the verifier was cut off. */
  end: SeenEnd | null;
  tornBytes: number;
  /** How often a verifier went on where another was cut off or had stopped. */
  resumptions: number;
  /** Bytes of the file behind which a resumed verifier writes on. */
  resumeAt: number;
  /** Up to where the source was read for all this, in its own words; null where it has none. */
  positions: unknown;
  unattributed: UnattributedArrivals;
  fleets: SeenFleet[];
  /** What was read of each partition; absent where there are none. */
  partitions?: PartitionSums;
}

/** Reads a `seen` file. Throws IotloadError `file-corrupt`, or `file-unreadable` also for one whose verifier died before its first record. */
export async function readSeen(path: string, disk: Disk = recordDisk): Promise<SeenRecord> {
  const record: Omit<SeenRecord, 'header' | 'tornBytes' | 'resumeAt'> & { header?: RunHeader } = {
    end: null,
    resumptions: 0,
    positions: null,
    unattributed: { received: 0, foreign: 0, unidentified: 0, corrupt: 0 },
    fleets: [],
  };
  const take = (payload: Uint8Array): void => {
    const reader = new ByteReader(payload);
    const kind = reader.byte();
    if (kind === Kind.header && record.header === undefined) {
      record.header = toRunHeader(reader.json());
      record.fleets = record.header.fleets.map(() => emptyArrivals());
    } else if (kind === Kind.arrivals && record.header !== undefined) {
      const addTimes = ({ endToEnd }: FleetArrivals): void => readSamples(reader, endToEnd);
      readArrivals(reader, record.header, record.unattributed, record.fleets, addTimes);
      record.positions = reader.json();
      if (!reader.done) for (const { placed } of record.fleets) readPlaced(reader, placed);
    } else if (kind === Kind.end) {
      record.end = toSeenEnd(reader.json());
    } else if (kind === Kind.moment) {
      const { partitions } = reader.json() as SeenMoment;
      if (partitions !== undefined) {
        record.partitions ??= new Map();
        addToSums(record.partitions, partitions);
      }
    } else if (kind === Kind.resumed) {
      record.resumptions++;
      record.end = null;
    } else {
      throw new IotloadError('file-corrupt', 'a record is of an unknown kind', { value: `${kind}` });
    }
    if (!reader.done) throw new IotloadError('file-corrupt', 'a record is longer than its contents');
  };
  const { ended, tornBytes, wholeBytes } = await readJournal(path, SEEN_MAGIC, take, disk);
  const { header, end } = record;
  if (header === undefined) {
    throw new IotloadError('file-unreadable', 'the file ends before it says which run it belongs to', { where: path });
  }
  return { ...record, header, end: ended ? end : null, tornBytes, resumeAt: wholeBytes };
}

/** Arrivals of nothing, to be added to. */
export function emptyArrivals(): FleetArrivals {
  return {
    fresh: new SlotSet(),
    doubled: new SlotSet(),
    tripled: new SlotSet(),
    copies: 0,
    reordered: 0,
    corrupt: 0,
    late: 0,
    endToEnd: emptySamples(),
    reorderedSlots: [],
    corruptSlots: [],
    placed: [],
  };
}

/** What one record of arrivals holds of a fleet. */
export interface ToldArrivals extends Omit<FleetArrivals, 'endToEnd'> {
  endToEnd: PackedSamples;
}

/** What one record of arrivals holds by itself, by fleet; `reader` stands behind its kind. */
export function readArrivalsAlone(reader: ByteReader, header: RunHeader): ToldArrivals[] {
  const fleets = header.fleets.map(() => emptyArrivals());
  const times: PackedSamples[] = [];
  const unattributed = { received: 0, foreign: 0, unidentified: 0, corrupt: 0 };
  readArrivals(reader, header, unattributed, fleets, () => times.push(readPacked(reader)));
  return fleets.map((fleet, i) => ({ ...fleet, endToEnd: times[i] as PackedSamples }));
}

function readArrivals(
  reader: ByteReader,
  header: RunHeader,
  unattributed: UnattributedArrivals,
  fleets: readonly FleetArrivals[],
  readTimes: (fleet: FleetArrivals) => void,
): void {
  unattributed.received += reader.varint();
  unattributed.foreign += reader.varint();
  unattributed.unidentified += reader.varint();
  unattributed.corrupt += reader.varint();
  fleets.forEach((fleet, index) => {
    const { devices } = header.fleets[index] as RunHeader['fleets'][number];
    const ordinals = new PartOrdinals(header.shard, devices);
    const limit = shardSlots(header, index);
    readIntervals(reader, limit, (from, to) => {
      if (ordinals.addSlots(from, to, fleet.fresh) !== to - from) {
        throw new IotloadError('file-corrupt', 'a slot was seen for the first time twice');
      }
    });
    for (const slots of [fleet.doubled, fleet.tripled]) {
      readIntervals(reader, limit, (from, to) => ordinals.addSlots(from, to, slots));
    }
    fleet.copies += reader.varint();
    fleet.reordered += reader.varint();
    fleet.corrupt += reader.varint();
    fleet.late += reader.varint();
    readTimes(fleet);
    for (const slots of [fleet.reorderedSlots, fleet.corruptSlots]) {
      for (let slot = reader.varint(); slot > 0; slot = reader.varint()) slots.push(slot - 1);
    }
  });
}

function inOrdinals(slots: SlotSet, ordinals: PartOrdinals): SlotSet {
  if (ordinals.whole) return slots;
  const converted = new SlotSet();
  slots.forEachInterval((from, to) => {
    for (let slot = from; slot < to; slot++) converted.add(ordinals.of(slot));
  });
  return converted;
}

function toSeenEnd(value: unknown): SeenEnd {
  const end = value as Partial<SeenEnd> | null;
  const valid =
    typeof end?.complete === 'boolean' &&
    typeof end.source === 'object' &&
    typeof end.cpuSeconds === 'number' &&
    typeof end.peakRssBytes === 'number' &&
    Array.isArray(end.doubts) &&
    Array.isArray(end.signals);
  if (!valid) throw new IotloadError('file-corrupt', 'the end record does not say how reading ended');
  return end as SeenEnd;
}
