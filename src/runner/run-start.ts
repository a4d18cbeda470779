import { join } from 'node:path';
import type { Anchor } from '../core/anchor.ts';
import { newAttemptId } from '../core/entropy.ts';
import type { IotloadError } from '../core/errors.ts';
import { thisHost } from '../core/host.ts';
import { recordDisk } from '../core/rolling-disk.ts';
import type { Start } from '../engine/protocol.ts';
import type { SentMoment } from '../wire/moments.ts';
import type { PartitionTally } from '../wire/partition-counts.ts';
import { sentCounters } from '../wire/sent-counters.ts';
import { SentWriter } from '../wire/sent-file.ts';
import type { GeneratorWatch } from './generator-watch.ts';
import type { Latencies } from './latencies.ts';
import { planDocument } from './plan-document.ts';
import { pacedPromises, unpacedPromises } from './promises.ts';
import { fixAnchor, LEAD_US } from './readiness.ts';
import { type EarlierRun, resumedAnchor, slotsFrom } from './resume.ts';
import {
  clearRunDirectory,
  createDefaultRunDirectory,
  createRunDirectory,
  type RunDirectory,
  resumeRunDirectory,
  runFiles,
  writeRunFile,
} from './run-directory.ts';
import type { RunOptions } from './run-options.ts';
import { sumCounters } from './run-progress.ts';
import { SentKeeper } from './sent-keeper.ts';
import type { WorkerCrew } from './worker-crew.ts';

/** Latencies are kept for stretches of this length, longer in a run that would have more than so many of them. */
const SAMPLES_EVERY_US = 1_000_000;
const MOST_SAMPLES = 3_600;

type Options = RunOptions & { runId: string };

/** The directory of the run, a new one or that of the run that is gone on with, with the plan in it. */
export function claimDirectory(options: Options, earlier: EarlierRun | null): RunDirectory {
  const directory = directoryOf(options, earlier);
  if (earlier === null) writePlan(options, directory.path, null);
  return directory;
}

function writePlan(
  { plan, shard, workers, clock, version, clockBoundUs = null }: Options,
  dir: string,
  anchor: Anchor | null,
): void {
  const document = planDocument(plan, anchor, shard, workers, {
    version,
    host: thisHost(clock),
    clockBoundUs,
  });
  writeRunFile(dir, runFiles.plan, document);
}

function directoryOf(options: Options, earlier: EarlierRun | null): RunDirectory {
  const { plan, out, clock, resume = false } = options;
  if (out === null) return createDefaultRunDirectory(plan.outputs.dir, plan.name, clock.wallUs());
  if (earlier !== null) return resumeRunDirectory(earlier.dir);
  // What is left of a claim.
  if (resume) clearRunDirectory(out);
  return createRunDirectory(out);
}

/** Fixes when slot time 0 is and where sending starts, and writes the plan down. */
export function fixStart(options: Options, earlier: EarlierRun | null, dir: string): Start {
  const { plan, clock, runId, startAtWallUs } = options;
  const { begun } = earlier ?? { begun: null };
  if (begun !== null) {
    const anchor = resumedAnchor(clock, begun.anchor);
    const fromUs = Math.max(0, clock.nowUs() + LEAD_US - anchor.startMonoUs);
    return { anchor, fromUs, from: slotsFrom(plan, begun.sent, fromUs) };
  }
  const anchor = fixAnchor(clock, runId, startAtWallUs);
  writePlan(options, dir, anchor);
  return { anchor, fromUs: 0, from: plan.fleets.map(() => 0) };
}

interface RecordParts {
  crew: WorkerCrew;
  latencies: Latencies;
  watch: GeneratorWatch;
  /** By target. */
  partitions: readonly PartitionTally[];
  failed(error: IotloadError): void;
}

/** Opens the `sent` file, new or behind what stands in it, and what keeps it. Rejects with `file-unwritable`. */
export async function keepRecord(
  options: Options,
  earlier: EarlierRun | null,
  dir: string,
  { anchor, from }: Start,
  { crew, latencies, watch, partitions, failed }: RecordParts,
): Promise<SentKeeper> {
  const { plan, clock, shard, runId } = options;
  const path = join(dir, runFiles.sent);
  const { begun } = earlier ?? { begun: null };
  const fleets = plan.fleets.map(({ name, devices, slots }) => ({ name, devices, slots }));
  const attempt = newAttemptId();
  const writer =
    begun === null
      ? await SentWriter.open(path, { runId, shard, fleets, attempt })
      : await SentWriter.resume(path, begun.sent, from, recordDisk, attempt);
  const pickedUp = (): number[] =>
    plan.fleets.map((_, fleet) => sumCounters(crew.boards, [fleet]).pickedUp * shard.count);
  return new SentKeeper({
    writer,
    clock,
    promises:
      plan.clock.speed === 'max'
        ? unpacedPromises(plan, from, pickedUp)
        : pacedPromises(plan, clock, anchor.startMonoUs),
    grant: (promisedUs) => crew.grant(promisedUs),
    moment: () => ({
      atUs: clock.nowUs() - anchor.startMonoUs,
      fleets: plan.fleets.map((_, fleet) => {
        const counts = sumCounters(crew.boards, [fleet]);
        return sentCounters.map((name) => counts[name]);
      }),
      ...watch.moment(),
      ...gained(partitions),
      begunLateUs: Math.max(0, ...crew.boards.map(({ begun }) => begun[0] as number)),
    }),
    takeSamples: () => latencies.take(),
    samplesEveryUs: Math.max(SAMPLES_EVERY_US, plan.run.durationUs / MOST_SAMPLES),
    failed,
  });
}

function gained(partitions: readonly PartitionTally[]): Pick<SentMoment, 'partitions'> {
  const gains = partitions.map((tally) => tally.take());
  return gains.some(({ length }) => length > 0) ? { partitions: gains } : {};
}
