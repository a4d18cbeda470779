import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Anchor, Part } from '../../core/anchor.ts';
import type { IntervalName } from '../../metrics/result.ts';
import type { Plan } from '../../plan/plan.ts';
import { readingsOf } from '../../plan/readings.ts';
import { dueCounter } from '../../runner/generator-health.ts';
import { runFiles } from '../../runner/run-directory.ts';
import { eachSeenMoment, eachSentMoment, type SeenMoment, type SentMoment } from '../../wire/moments.ts';
import type { OutcomeVisit } from '../../wire/outcome-journal.ts';
import type { PackedSamples } from '../../wire/samples.ts';
import type { ToldArrivals } from '../../wire/seen-file.ts';
import { type SentCounter, sentCounters } from '../../wire/sent-counters.ts';
import { sentIntervals } from '../../wire/sent-record.ts';
import { DeviceCounter } from '../devices/device-counts.ts';
import { HeatMapBuilder } from './heat-map.ts';
import { packAll } from './packed-samples.ts';
import { PartitionMaps } from './partition-maps.ts';
import { figuresOf } from './sparse.ts';
import { Thinned } from './thinned.ts';
import type { Distributions, Stretch, Timeline } from './timeline.ts';

/** Columns of a heat map, and distributions that are kept. */
const MOST_COLUMNS = 180;
const MOST_DISTRIBUTIONS = 600;

const nothing = packAll([]);

const sentCounts = ['sent', 'acked', 'rejected', 'unknown', 'noAck', 'notSent'] as const;

/** What was read of one target at a moment, with the end-to-end times since the one before. */
interface SeenStep {
  /** Index of the target. */
  target: number;
  atUs: number;
  moment: SeenMoment;
  endToEnd: PackedSamples;
}

/**
 * The run of a directory over time. Empty for runs of before its files said where they stood.
 * @throws IotloadError `file-unreadable`, `file-corrupt`
 */
export async function readTimeline(dir: string, plan: Plan, anchor: Anchor, shard: Part): Promise<Timeline> {
  const response = new HeatMapBuilder(MOST_COLUMNS);
  const endToEnd = new HeatMapBuilder(MOST_COLUMNS);
  const merged = new Thinned(MOST_DISTRIBUTIONS, mergeDistributions);
  const devices = new DeviceCounter(plan, anchor.runId);
  const steps = await seenSteps(dir, plan, anchor, devices);
  const reading = new SeenCursor(steps);
  const partitions = new PartitionMaps(plan);
  for (const { target, atUs, moment } of steps.flat()) partitions.read(target, atUs, moment);
  const dueUntil = plan.clock.speed === 'max' ? () => 0 : dueCounter(plan, shard);
  const stretches: Stretch[] = [];
  let before: SentMoment | null = null;
  let fromUs = 0;
  let dueBefore = dueUntil(0);
  const settled: OutcomeVisit = (...outcome) => devices.settled(...outcome);
  const visit = (moment: SentMoment, fleets: readonly (readonly PackedSamples[])[]): void => {
    const toUs = Math.max(moment.atUs, fromUs + 1);
    const due = dueUntil(toUs);
    const read = reading.upTo(toUs);
    const intervals = { ...sum(fleets), endToEnd: read.endToEnd };
    stretches.push(stretchOf({ before, moment, fromUs, toUs, due: due - dueBefore, read, intervals }));
    partitions.sent(toUs, moment);
    response.add(toUs, intervals.responseTime);
    endToEnd.add(toUs, intervals.endToEnd);
    merged.add({ fromUs, toUs, intervals });
    [before, fromUs, dueBefore] = [moment, toUs, due];
  };
  await eachSentMoment(join(dir, runFiles.sent), visit, undefined, settled);
  // What came when everything had been sent.
  const last = before as SentMoment | null;
  for (let atUs = reading.nextUs; last !== null && atUs !== null; atUs = reading.nextUs) {
    const toUs = Math.max(atUs, fromUs + 1);
    const read = reading.upTo(toUs);
    const intervals = { ...sum([]), endToEnd: read.endToEnd };
    const after = stretchOf({ before: last, moment: last, fromUs, toUs, due: 0, read, intervals });
    stretches.push({ ...after, cpu: null, busy: null });
    endToEnd.add(toUs, intervals.endToEnd);
    merged.add({ fromUs, toUs, intervals });
    fromUs = toUs;
  }
  return {
    stretches,
    response: response.finish(),
    endToEnd: endToEnd.finish(),
    distributions: merged.kept,
    partitions: partitions.finish(),
    devices: devices.finish(),
  };
}

/** What the files of all targets that are judged say, in order of time. */
async function seenSteps(
  dir: string,
  plan: Plan,
  { startWallUs }: Anchor,
  devices: DeviceCounter,
): Promise<SeenStep[][]> {
  const files = readingsOf(plan).filter(({ tap }) => !tap);
  return Promise.all(
    files.map(async ({ file, target, fleets: places }) => {
      const steps: SeenStep[] = [];
      const path = join(dir, file);
      if (!existsSync(path)) return steps;
      const visit = (moment: SeenMoment, fleets: readonly PackedSamples[]): void => {
        steps.push({ target, atUs: moment.wallUs - startWallUs, moment, endToEnd: packAll(fleets) });
      };
      const arrived = (fleet: number, arrivals: ToldArrivals): void => devices.seen(places[fleet] ?? -1, arrivals);
      await eachSeenMoment(path, visit, undefined, arrived);
      return steps;
    }),
  );
}

/** What was read in a stretch, over all targets. */
interface ReadStretch {
  received: number | null;
  seen: number | null;
  cpuUs: number | null;
  rssBytes: number | null;
  endToEnd: PackedSamples;
}

/** Walks through what was read, stretch by stretch. */
class SeenCursor {
  readonly #targets: readonly SeenStep[][];
  readonly #next: number[];

  constructor(targets: readonly SeenStep[][]) {
    this.#targets = targets;
    this.#next = targets.map(() => 0);
  }

  /** When there is more; null where there is none. */
  get nextUs(): number | null {
    const times = this.#targets.flatMap((steps, i) => steps[this.#next[i] as number]?.atUs ?? []);
    return times.length === 0 ? null : Math.min(...times);
  }

  upTo(toUs: number): ReadStretch {
    const read: ReadStretch = { received: null, seen: null, cpuUs: null, rssBytes: null, endToEnd: nothing };
    for (const [i, steps] of this.#targets.entries()) {
      for (let step = steps[this.#next[i] as number]; step && step.atUs <= toUs; ) {
        const { moment, endToEnd } = step;
        const before = steps[(this.#next[i] as number) - 1]?.moment;
        read.received = (read.received ?? 0) + moment.received - (before?.received ?? 0);
        read.seen = (read.seen ?? 0) + moment.seen - (before?.seen ?? 0);
        // A verifier that took the place of another one counts its processor time anew.
        const cpuUs = moment.cpuUs - (before?.cpuUs ?? moment.cpuUs);
        read.cpuUs = (read.cpuUs ?? 0) + Math.max(0, cpuUs);
        read.rssBytes = moment.rssBytes;
        read.endToEnd = packAll([read.endToEnd, endToEnd]);
        // Nobody comes back to it, and an hour of them is large.
        step.endToEnd = nothing;
        step = steps[++(this.#next[i] as number)];
      }
    }
    return read;
  }
}

interface StretchParts {
  before: SentMoment | null;
  moment: SentMoment;
  fromUs: number;
  toUs: number;
  due: number;
  read: ReadStretch;
  intervals: Record<IntervalName, PackedSamples>;
}

function stretchOf({ before, moment, fromUs, toUs, due, read, intervals }: StretchParts): Stretch {
  const names = Object.keys(intervals) as IntervalName[];
  const gained = (one: number, other: number | undefined): number => Math.max(0, one - (other ?? 0));
  return {
    fromUs,
    toUs,
    due,
    ...(Object.fromEntries(
      sentCounts.map((name) => [name, gained(total(moment, name), before === null ? 0 : total(before, name))]),
    ) as Record<(typeof sentCounts)[number], number>),
    waiting: total(moment, 'waiting'),
    received: read.received,
    seen: read.seen,
    throttled: gained(moment.throttled, before?.throttled),
    disconnected: gained(moment.disconnected, before?.disconnected),
    cpu: before === null ? null : (moment.cpuUs - before.cpuUs) / (toUs - fromUs),
    verifierCpu: read.cpuUs === null ? null : read.cpuUs / (toUs - fromUs),
    busy: moment.busy,
    rssBytes: moment.rssBytes,
    verifierRssBytes: read.rssBytes,
    descriptors: moment.descriptors,
    latency: Object.fromEntries(names.map((name) => [name, figuresOf(intervals[name])])) as Stretch['latency'],
  };
}

function total({ fleets }: SentMoment, name: SentCounter): number {
  const i = sentCounters.indexOf(name);
  return fleets.reduce((sum, counters) => sum + (counters[i] ?? 0), 0);
}

/** The sender's intervals over all fleets. */
function sum(fleets: readonly (readonly PackedSamples[])[]): Record<(typeof sentIntervals)[number], PackedSamples> {
  return Object.fromEntries(
    sentIntervals.map((name, i) => [name, packAll(fleets.map((samples) => samples[i] as PackedSamples))]),
  ) as Record<(typeof sentIntervals)[number], PackedSamples>;
}

function mergeDistributions(into: Distributions, more: readonly Distributions[]): void {
  into.toUs = more.at(-1)?.toUs ?? into.toUs;
  for (const name of Object.keys(into.intervals) as IntervalName[])
    into.intervals[name] = packAll([into, ...more].map(({ intervals }) => intervals[name]));
}
