import type { Disk } from '../core/disk.ts';
import { IotloadError } from '../core/errors.ts';
import { recordDisk } from '../core/rolling-disk.ts';
import { ByteReader } from './byte-reader.ts';
import { readJournal } from './journal.ts';
import { eachOutcome, type OutcomeVisit, SentRecordKind } from './outcome-journal.ts';
import type { PartitionGain } from './partition-counts.ts';
import { type RunHeader, toRunHeader } from './run-header.ts';
import { type PackedSamples, readPacked } from './samples.ts';
import { readArrivalsAlone, SEEN_MAGIC, SeenRecordKind, type ToldArrivals } from './seen-file.ts';
import { sentCounters } from './sent-counters.ts';
import { SENT_MAGIC } from './sent-file.ts';
import { sentIntervals } from './sent-record.ts';

/** Where the sending side of a run stood, as its `sent` file says about once a second. */
export interface SentMoment {
  /** µs since slot time 0. */
  atUs: number;
  /** By fleet, in the order of `sentCounters`; since the run was started or last resumed. */
  fleets: number[][];
  /** Processor time of the generator since then, µs. */
  cpuUs: number;
  rssBytes: number;
  /** Share of the last second in which the busiest worker's thread was busy; null before the first. */
  busy: number | null;
  /** Open files; null where the system does not say. */
  descriptors: number | null;
  /** What targets had no room for so far, and connections that ended. */
  throttled: number;
  disconnected: number;
  /** What the partitions of each target took since the moment before, in the plan's order; absent where nobody counted. */
  partitions?: PartitionGain[];
  /** How late the last of the workers began, µs: 0 in time. Absent from files of before it was kept. */
  begunLateUs?: number;
}

/** Where the reading side stood, as its `seen` file says about once a second. */
export interface SeenMoment {
  /** Wall-clock time of its host, µs since 1970. */
  wallUs: number;
  /** Since the run began. */
  received: number;
  seen: number;
  duplicates: number;
  corrupt: number;
  cpuUs: number;
  rssBytes: number;
  /** Open files; null where the system does not say, absent from files of before they were counted. */
  descriptors?: number | null;
  /** What was read of each partition since this was last told; absent where there are none, and from most moments of a long run. */
  partitions?: PartitionGain;
}

/**
 * Visits the moments of a `sent` file in order, each with the latencies since the one before, by fleet and in the order of `sentIntervals`,
 * and how often the run had been resumed before. Counts go on over resumptions. `settled` is told every outcome. Throws IotloadError `file-unreadable`,
 * `file-corrupt`.
 */
export async function eachSentMoment(
  path: string,
  visit: (moment: SentMoment, samples: readonly (readonly PackedSamples[])[], resumptions: number) => void,
  disk: Disk = recordDisk,
  settled: OutcomeVisit | null = null,
): Promise<RunHeader> {
  let header: RunHeader | undefined;
  let moment: SentMoment | null = null;
  let base: SentMoment | null = null;
  let last: SentMoment | null = null;
  let resumptions = 0;
  const take = (payload: Uint8Array): void => {
    const reader = new ByteReader(payload);
    const kind = reader.byte();
    if (kind === SentRecordKind.header) header = toRunHeader(reader.json());
    else if (kind === SentRecordKind.moment) moment = onTopOf(base, reader.json() as SentMoment);
    else if (kind === SentRecordKind.outcomes && settled !== null) eachOutcome(reader, settled);
    else if (kind === SentRecordKind.resumed) {
      base = last;
      resumptions++;
    } else if (kind === SentRecordKind.samples && header !== undefined) {
      const samples = header.fleets.map(() => sentIntervals.map(() => readPacked(reader)));
      if (moment !== null) visit(moment, samples, resumptions);
      last = moment ?? last;
      moment = null;
    }
  };
  await readJournal(path, SENT_MAGIC, take, disk);
  return headed(header, path);
}

/**
 * Visits the moments of a `seen` file in order, each with the end-to-end times since the one before, by fleet, and how often another
 * verifier had gone on before. `arrived` is told what each record of arrivals holds of a fleet. Throws as `eachSentMoment`.
 */
export async function eachSeenMoment(
  path: string,
  visit: (moment: SeenMoment, endToEnd: readonly PackedSamples[], resumptions: number) => void,
  disk: Disk = recordDisk,
  arrived: ((fleet: number, arrivals: ToldArrivals) => void) | null = null,
): Promise<RunHeader> {
  let header: RunHeader | undefined;
  let samples: readonly PackedSamples[] = [];
  let resumptions = 0;
  const take = (payload: Uint8Array): void => {
    const reader = new ByteReader(payload);
    const kind = reader.byte();
    if (kind === SeenRecordKind.header) header = toRunHeader(reader.json());
    else if (kind === SeenRecordKind.arrivals && header !== undefined) {
      const fleets = readArrivalsAlone(reader, header);
      for (const [fleet, arrivals] of fleets.entries()) arrived?.(fleet, arrivals);
      samples = fleets.map(({ endToEnd }) => endToEnd);
    } else if (kind === SeenRecordKind.resumed) resumptions++;
    else if (kind === SeenRecordKind.moment) {
      visit(reader.json() as SeenMoment, samples, resumptions);
      samples = [];
    }
  };
  await readJournal(path, SEEN_MAGIC, take, disk);
  return headed(header, path);
}

function onTopOf(base: SentMoment | null, moment: SentMoment): SentMoment {
  if (base === null) return moment;
  const { fleets, cpuUs, throttled, disconnected } = base;
  const waiting = sentCounters.indexOf('waiting');
  return {
    ...moment,
    fleets: moment.fleets.map((counters, fleet) =>
      counters.map((count, i) => count + (i === waiting ? 0 : (fleets[fleet]?.[i] ?? 0))),
    ),
    cpuUs: moment.cpuUs + cpuUs,
    throttled: moment.throttled + throttled,
    disconnected: moment.disconnected + disconnected,
  };
}

function headed(header: RunHeader | undefined, path: string): RunHeader {
  if (header !== undefined) return header;
  throw new IotloadError('file-unreadable', 'the file ends before it says which run it belongs to', { where: path });
}
