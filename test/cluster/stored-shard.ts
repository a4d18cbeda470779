import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Outcome } from '../../src/core/outcome.ts';
import { cellOf } from '../../src/metrics/recorder.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { readingsOf } from '../../src/plan/readings.ts';
import { type PlanDocument, planDocument } from '../../src/runner/plan-document.ts';
import { OutcomeJournal } from '../../src/wire/outcome-journal.ts';
import { PartOrdinals } from '../../src/wire/part-ordinals.ts';
import { emptySamples, type Samples } from '../../src/wire/samples.ts';
import { emptyArrivals, type FleetArrivals, SeenWriter } from '../../src/wire/seen-file.ts';
import { readSent, SentWriter } from '../../src/wire/sent-file.ts';
import { sentIntervals } from '../../src/wire/sent-record.ts';
import { planned } from '../plan/request.ts';

const START_WALL_US = 1_767_225_600_000_000;
export const anchor = { runId: 'r1', startWallUs: START_WALL_US, startMonoUs: 0 };

/** Forty events of five devices in four seconds, to each target. */
export async function shardedPlan(targets = 'target: { protocol: mqtt, endpoint: embedded }', to = ''): Promise<Plan> {
  const text = `iotload: 1
name: sharded
run: { duration: 4s }
fleets: { phones: { model: phone-motion, devices: 5, rate: 10/s, payload: raw${to} } }
${targets}
`;
  return (await planned({ text })).plan;
}

export interface StoredShard {
  dir: string;
  plan: Plan;
  index: number;
  count: number;
  attempt?: string;
  /** By slot; what is null was promised and has no outcome on the disk. Default: acked. */
  outcomeOf?(slot: number): Outcome | null;
  /** Arrivals of a slot at a reading, default 1. */
  copiesAt?(reading: number, slot: number): number;
  /** How far the schedule was promised; default to its end. */
  promised?: number;
  /** The process was killed. */
  cut?: boolean;
  document?: Partial<Pick<PlanDocument, 'version' | 'host' | 'clockBoundUs' | 'merged'>>;
  begunLateUs?: number;
}

/** Writes what a shard leaves that ran once, and whose readers met the events of all shards. */
export async function storeShard(shard: StoredShard): Promise<string> {
  const { dir, plan, index, count, document = { version: '1' } } = shard;
  mkdirSync(dir, { recursive: true });
  const part = { index, count };
  writeFileSync(join(dir, 'plan.json'), planDocument(plan, anchor, part, 1, document));
  const fleets = plan.fleets.map(({ name, devices, slots }) => ({ name, devices, slots }));
  const attempt = shard.attempt === undefined ? {} : { attempt: shard.attempt };
  const writer = await SentWriter.open(join(dir, 'sent'), { runId: 'r1', shard: part, fleets, ...attempt });
  await sendOn(shard, writer);
  for (const [reading] of readingsOf(plan).entries()) await storeSeen(shard, reading);
  return dir;
}

/** Goes on with what `storeShard` left, as another attempt. */
export async function resumeShard(shard: StoredShard, from: number): Promise<void> {
  const path = join(shard.dir, 'sent');
  const at = shard.plan.fleets.map(() => from);
  const writer = await SentWriter.resume(path, await readSent(path), at, undefined, shard.attempt);
  await sendOn(shard, writer, from);
}

async function sendOn(shard: StoredShard, writer: SentWriter, from = 0): Promise<void> {
  const { plan, index, count, outcomeOf = () => Outcome.acked, promised = 40, cut = false } = shard;
  const part = { index, count };
  writer.promise(plan.fleets.map(() => promised));
  const journal = new OutcomeJournal(plan.fleets, part);
  const own = ownSlots(plan, index, count).filter((slot) => slot >= from && slot < promised);
  for (const fleet of plan.fleets.keys()) {
    for (const slot of own) {
      const outcome = outcomeOf(slot);
      if (outcome !== null) journal.settle(fleet, slot, outcome);
    }
    if (!cut) journal.horizon(fleet, promised);
  }
  writer.append(journal.takeFrame());
  const told = own.filter((slot) => outcomeOf(slot) === Outcome.acked);
  // Its own clock: nobody else says at this instant where it stands.
  for (const [second, slots] of [told.slice(0, 5), told.slice(5)].entries()) {
    const done = second === 0 ? slots.length : told.length;
    writer.moment({
      atUs: (second + 1) * 1_500_000 + index * 100_000,
      fleets: plan.fleets.map(() => [done, done, done, 0, 0, 0, 0, 0]),
      ...{
        cpuUs: (second + 1) * 1e6,
        rssBytes: 1e8 + index,
        busy: second === 0 ? null : index / 10,
        descriptors: 40 + index,
      },
      ...{ throttled: second, disconnected: 0, begunLateUs: shard.begunLateUs ?? 0 },
      partitions: [[0, slots.length, 0]],
    });
    writer.samples(plan.fleets.map(() => sentIntervals.map((_, i) => samplesOf(slots.map((slot) => slot * 10 + i)))));
  }
  await (cut ? writer.close() : writer.end({ ended: 'completed' }));
}

async function storeSeen(shard: StoredShard, at: number): Promise<void> {
  const { dir, plan, index, count, copiesAt = () => 1, cut = false } = shard;
  const reading = readingsOf(plan)[at] as ReturnType<typeof readingsOf>[number];
  const part = { index, count };
  const fleets = reading.plan.fleets.map(({ name, devices, slots }) => ({ name, devices, slots }));
  const writer = await SeenWriter.open(join(dir, reading.file), { runId: 'r1', shard: part, fleets });
  const all = Array.from({ length: 40 }, (_, slot) => copiesAt(at, slot)).reduce((a, b) => a + b, 0) * fleets.length;
  const own = ownSlots(plan, index, count).filter((slot) => copiesAt(at, slot) > 0);
  const arrivals = (slots: readonly number[]): FleetArrivals => {
    const sum = emptyArrivals();
    for (const slot of slots) {
      sum.fresh.add(slot);
      if (copiesAt(at, slot) > 1) sum.doubled.add(slot);
      sum.copies += copiesAt(at, slot) - 1;
    }
    return { ...sum, endToEnd: samplesOf(slots.map((slot) => slot * 20)) };
  };
  const mine = own.reduce((sum, slot) => sum + copiesAt(at, slot), 0) * fleets.length;
  const nothing = { received: 0, foreign: 0, unidentified: 0, corrupt: 0 };
  for (const [second, slots] of [own.slice(0, 4), own.slice(4, -1)].entries()) {
    writer.append(
      second === 0 ? { ...nothing, received: all, foreign: all - mine } : nothing,
      fleets.map(() => arrivals(slots)),
    );
    const met = own.slice(0, second === 0 ? 4 : -1);
    const seen = met.length * fleets.length;
    writer.moment({
      wallUs: START_WALL_US + second * 3_000_000 - 500_000 + index * 200_000,
      ...{ received: second === 0 ? seen : all, seen, duplicates: 0, corrupt: 0, cpuUs: second * 1e6, rssBytes: 5e7 },
      partitions: [0, seen, 0],
    });
  }
  // What it wrote last has no moment behind it.
  writer.append(
    nothing,
    fleets.map(() => arrivals(own.slice(-1))),
  );
  if (cut) return writer.close();
  await writer.end({
    ...{ complete: true, source: { gaps: 0, fullReads: 2, brokerDropped: null }, cpuSeconds: 1, peakRssBytes: 6e7 },
    ...{ doubts: [], signals: [] },
  });
}

function ownSlots(plan: Plan, index: number, count: number): number[] {
  const ordinals = new PartOrdinals({ index, count }, plan.fleets[0]?.devices ?? 1);
  return Array.from({ length: 40 }, (_, slot) => slot).filter((slot) => ordinals.owns(slot));
}

function samplesOf(values: readonly number[]): Samples {
  const samples = emptySamples();
  for (const value of values) {
    samples.cells.set(cellOf(value), (samples.cells.get(cellOf(value)) ?? 0) + 1);
    samples.min = Math.min(samples.min, value);
    samples.max = Math.max(samples.max, value);
    samples.sum += value;
  }
  return samples;
}
