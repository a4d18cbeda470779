import { inPieces } from '../wire/intervals.ts';
import { outcomeFrames } from '../wire/outcome-journal.ts';
import { addSamples, emptySamples, type Samples, withoutSamples } from '../wire/samples.ts';
import { emptyArrivals, type SeenRecord, SeenWriter } from '../wire/seen-file.ts';
import { SentWriter } from '../wire/sent-file.ts';
import { type SentRecord, sentIntervals } from '../wire/sent-record.ts';
import type { SeenStep, SentStep } from './merge-moments.ts';

/** Steps between two visits to the disk. */
const FLUSH_EVERY = 50;
const nothing = { received: 0, foreign: 0, unidentified: 0, corrupt: 0 };

/**
 * Writes a merged record as a `sent` file of its own, so that whatever works on a run's files works on it: it reads as the same outcomes, and
 * latencies cell by cell. Rejects with `file-unwritable`.
 */
export async function writeSent(path: string, record: SentRecord, steps: readonly SentStep[]): Promise<void> {
  const writer = await SentWriter.open(path, record.header);
  for (const [fleet, outcomes] of record.fleets.entries()) {
    for (const frame of outcomeFrames(fleet, outcomes)) {
      writer.append(frame);
      await writer.flush();
    }
  }
  writer.samples(
    record.fleets.map(({ samples }, fleet) =>
      sentIntervals.map((_, interval) =>
        rest(
          samples[interval] as Samples,
          steps.map((step) => step.samples[fleet]?.[interval] as Samples),
        ),
      ),
    ),
  );
  for (const [i, { moment, samples }] of steps.entries()) {
    writer.moment(moment);
    writer.samples(samples);
    if (i % FLUSH_EVERY === 0) await writer.flush();
  }
  await (record.end === null ? writer.close() : writer.end(record.end));
}

/** The same of what was seen at one reading. */
export async function writeSeen(path: string, record: SeenRecord, steps: readonly SeenStep[]): Promise<void> {
  const writer = await SeenWriter.open(path, record.header);
  const fleets = record.fleets.length;
  const only = (fleet: number, arrivals: Partial<SeenRecord['fleets'][number]>): SeenRecord['fleets'] =>
    Array.from({ length: fleets }, (_, i) => ({ ...emptyArrivals(), ...(i === fleet ? arrivals : {}) }));
  for (const [fleet, arrivals] of record.fleets.entries()) {
    for (const set of ['fresh', 'doubled', 'tripled'] as const) {
      for (const piece of inPieces(arrivals[set])) {
        writer.append(nothing, only(fleet, { [set]: piece }));
        await writer.flush();
      }
    }
  }
  const told = record.fleets.map((arrivals, fleet) => ({
    ...emptyArrivals(),
    ...counted(arrivals),
    endToEnd: rest(
      arrivals.endToEnd,
      steps.map(({ endToEnd }) => endToEnd[fleet] as Samples),
    ),
  }));
  writer.append(record.unattributed, told);
  for (const [i, { moment, endToEnd }] of steps.entries()) {
    writer.append(
      nothing,
      endToEnd.map((samples) => ({ ...emptyArrivals(), endToEnd: samples })),
    );
    writer.moment(moment);
    if (i % FLUSH_EVERY === 0) await writer.flush();
  }
  await (record.end === null ? writer.close() : writer.end(record.end));
}

/** Everything of arrivals but their sets of slots and their times. */
function counted(
  arrivals: SeenRecord['fleets'][number],
): Omit<SeenRecord['fleets'][number], 'fresh' | 'doubled' | 'tripled' | 'endToEnd'> {
  const { copies, reordered, corrupt, late, reorderedSlots, corruptSlots, placed } = arrivals;
  return { copies, reordered, corrupt, late, reorderedSlots, corruptSlots, placed };
}

/** What no step tells of, such as what a process had written of its last second when it was killed. */
function rest(whole: Samples, parts: readonly Samples[]): Samples {
  const told = emptySamples();
  for (const part of parts) addSamples(told, part);
  return withoutSamples(whole, told);
}
