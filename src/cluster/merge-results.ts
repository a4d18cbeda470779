import { join } from 'node:path';
import type { Anchor } from '../core/anchor.ts';
import type { Clock } from '../core/clock.ts';
import { isSameHost } from '../core/host.ts';
import { total } from '../core/total.ts';
import { readyPlan } from '../events/ready-plan.ts';
import type { RunResult } from '../metrics/result.ts';
import { readingsOf } from '../plan/readings.ts';
import { composeResult } from '../runner/compose-result.ts';
import { keepAnswers } from '../runner/keep-answers.ts';
import { keepSummary } from '../runner/keep-summary.ts';
import { type PlanDocument, planDocument } from '../runner/plan-document.ts';
import { createDefaultRunDirectory, createRunDirectory, runFiles, writeRunFile } from '../runner/run-directory.ts';
import { withGrowth } from '../runner/settle-again.ts';
import { nameFindings, settleRun } from '../runner/settled-run.ts';
import type { SeenRecord } from '../wire/seen-file.ts';
import { findShards } from './find-shards.ts';
import { mergeSeenMoments, mergeSentMoments } from './merge-moments.ts';
import { type MergedShards, mergeAll } from './merge-shards.ts';
import { readShards } from './read-shards.ts';
import { requireAll, type ShardFiles } from './shard-set.ts';
import { writeSeen, writeSent } from './write-records.ts';

export interface MergeOptions {
  /** Directories of the shards, or some that hold them. */
  dirs: readonly string[];
  /** Directory for the result; null for the plan's default, a new one for every merge. */
  out: string | null;
  clock: Clock;
  /** One line about something that was left out, or could not be made. */
  note(text: string): void;
  /** As in `RunOptions`. */
  report?(dir: string, result: RunResult): Promise<RunResult>;
}

/**
 * Merges what exactly the shards of one run left into the directory of one run: records, findings, truth and result are those of one process
 * that did it all, and every verb that works on a run works on it. The shards' own directories stay as they are.
 * @throws IotloadError `bad-arguments` that names every shard that is missing, there twice or foreign; `file-corrupt`, `file-unreadable`,
 * `file-unwritable`
 */
export async function mergeResults(options: MergeOptions): Promise<{ result: RunResult; dir: string }> {
  const { out, clock, note } = options;
  const found = findShards(options.dirs);
  const read = await readShards(found.dirs);
  for (const text of read.notes) note(text);
  const { shards, notes } = requireAll(read.shards, [...found.problems, ...read.problems]);
  for (const text of notes) note(text);
  const [{ document }] = shards as [ShardFiles, ...ShardFiles[]];
  await readyPlan(document.plan);
  const merged = mergeAll(shards);
  const { name, outputs } = document.plan;
  const directory =
    out === null ? createDefaultRunDirectory(outputs.dir, `${name}-merged`, clock.wallUs()) : createRunDirectory(out);
  try {
    return { result: await write(directory.path, shards, merged, options), dir: directory.path };
  } catch (error) {
    directory.discard();
    throw error;
  }
}

async function write(
  dir: string,
  shards: readonly ShardFiles[],
  { sender, settled: { sent, growth }, seen }: MergedShards,
  { clock, note, report }: MergeOptions,
): Promise<RunResult> {
  const [{ document }] = shards as [ShardFiles, ...ShardFiles[]];
  const { plan } = document;
  const anchor = document.anchor as Anchor;
  const whole = { index: 0, count: 1 };
  const workers = total(shards, (shard) => shard.document.workers);
  writeRunFile(dir, runFiles.plan, planDocument(plan, anchor, whole, workers, writerOf(shards)));
  const sentFiles = shards.map(({ name }) => join(name, runFiles.sent));
  await writeSent(join(dir, runFiles.sent), sent, await mergeSentMoments(sentFiles, sent.fleets.length));
  for (const [i, { file }] of readingsOf(plan).entries()) {
    const record = seen[i] as SeenRecord | null;
    if (record === null) continue;
    const own = shards.flatMap(({ name, seen: read }) => (read[i] === null ? [] : [join(name, file)]));
    const steps = await mergeSeenMoments(own, record.fleets.length, anchor.startWallUs);
    await writeSeen(join(dir, file), record, steps);
  }
  // As it will be settled again: from the files.
  const settled = withGrowth(await settleRun(dir, plan, anchor), growth);
  await nameFindings(dir, plan, anchor, settled);
  const answers = await keepAnswers(plan, anchor, whole, sender.run.ended === 'completed' ? null : sent, {
    dir,
    clock,
    note,
    failed: ({ message }) => note(message),
  });
  const named = composeResult(plan, { ...sender, written: answers }, settled);
  return keepSummary(dir, (await report?.(dir, named)) ?? named);
}

/** What wrote the shards, as far as it is true of all of them. */
function writerOf(shards: readonly ShardFiles[]): Pick<PlanDocument, 'version' | 'merged' | 'host' | 'clockBoundUs'> {
  const [{ document }] = shards as [ShardFiles, ...ShardFiles[]];
  const bounds = shards.map(({ document: { clockBoundUs } }) => clockBoundUs ?? null);
  const known = bounds.filter((bound) => bound !== null);
  const { host, version } = document;
  const oneHost = shards.every((shard) => isSameHost(host, shard.document.host));
  return {
    ...(version === undefined ? {} : { version }),
    merged: shards.length,
    ...(oneHost && host !== undefined ? { host } : {}),
    clockBoundUs: known.length < bounds.length ? null : Math.max(...known),
  };
}
