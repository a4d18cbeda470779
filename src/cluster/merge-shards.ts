import type { Anchor } from '../core/anchor.ts';
import { total } from '../core/total.ts';
import type { HealthSummary, RunResult } from '../metrics/result.ts';
import { readingsOf } from '../plan/readings.ts';
import { composeResult, type SenderFigures } from '../runner/compose-result.ts';
import { type ProcessGrowth, steepestOf } from '../runner/process-growth.ts';
import { senderFigures } from '../runner/settle-again.ts';
import { type SettledRun, settleRecords } from '../runner/settled-run.ts';
import type { SeenRecord } from '../wire/seen-file.ts';
import { mergeSeen } from './merge-seen.ts';
import { gravestOf, mergeSent } from './merge-sent.ts';
import { requireAll, type ShardFiles } from './shard-set.ts';
import { shardSummaries } from './shard-summaries.ts';

/** What the shards of a run left, taken together. */
export interface MergedShards {
  sender: SenderFigures;
  settled: SettledRun;
  /** What was seen at each reading of the plan; null where nobody's reader left anything. */
  seen: (SeenRecord | null)[];
}

/**
 * The result of a run from what its shards left. Histograms are added cell by cell, and everything is settled once more over all slots,
 * so that the merged result is that of one process which did it all. Pure.
 *
 * @throws IotloadError `bad-arguments` where these are not exactly the shards of one run
 */
export function mergeShards(files: readonly ShardFiles[]): RunResult {
  const { shards } = requireAll(files);
  const { sender, settled } = mergeAll(shards);
  return composeResult((shards[0] as ShardFiles).document.plan, sender, settled);
}

/** What that rests on, of shards that are known to be exactly those of one run, in their order. */
export function mergeAll(shards: readonly ShardFiles[]): MergedShards {
  const [{ document }] = shards as [ShardFiles, ...ShardFiles[]];
  const { plan } = document;
  const sent = mergeSent(shards.map((shard) => shard.sent));
  const seen = readingsOf(plan).map((_, reading) => {
    const records = shards.flatMap((shard) => shard.seen[reading] ?? []);
    return records.length === 0 ? null : mergeSeen(records, shards.length - records.length);
  });
  const senders = shards.map(({ summary, document: own }) => senderFigures(summary, own, own.anchor as Anchor));
  const settled = { ...settleRecords(plan, sent, seen), ...mergeGrowth(shards) };
  const sender = { ...mergeSenders(senders), shards: shardSummaries(shards, senders) };
  return { sender, settled, seen };
}

function mergeSenders(senders: readonly SenderFigures[]): SenderFigures {
  const [first] = senders as [SenderFigures, ...SenderFigures[]];
  const startedMs = senders.map(({ run }) => Date.parse(run.startedAt));
  const startMs = Math.min(...startedMs);
  const seconds = (lasted: (sender: SenderFigures) => number): number =>
    Math.max(...senders.map((sender, i) => ((startedMs[i] as number) - startMs) / 1000 + lasted(sender)));
  return {
    ...first,
    run: {
      ...first.run,
      shard: '0/1',
      // One process does the same.
      command: first.run.command.replace(/ --shard[= ]\S+/, ''),
      startedAt: new Date(startMs).toISOString(),
      durationSeconds: seconds(({ run }) => run.durationSeconds),
      ended: gravestOf(senders.map(({ run }) => run.ended)),
    },
    sendingSeconds: seconds(({ sendingSeconds }) => sendingSeconds),
    generator: mergeHealth(senders.map(({ generator }) => generator)),
    errors: senders.flatMap(({ errors }, shard) =>
      errors.map((error) => ({ ...error, message: `shard ${shard}: ${error.message}` })),
    ),
    clockJumps: senders.flatMap(({ clockJumps }) => clockJumps),
    counted: null,
    written: {},
  };
}

/** Each shard knows its own processes. */
function mergeGrowth(shards: readonly ShardFiles[]): { growth?: ProcessGrowth } {
  const generators = shards.flatMap(({ summary }) => summary?.generator.growth ?? []);
  const verifiers = shards.flatMap(({ summary }) => summary?.verifier.growth ?? []);
  if (generators.length === 0) return {};
  const verifier = verifiers.length === 0 ? null : steepestOf(verifiers);
  return { growth: { generator: steepestOf(generators), verifier } };
}

/** One shard that was the limit was the limit of the run. */
function mergeHealth(parts: readonly HealthSummary[]): HealthSummary {
  return {
    status: parts.some(({ status }) => status !== 'healthy') ? 'unhealthy' : 'healthy',
    cpuSeconds: total(parts, ({ cpuSeconds }) => cpuSeconds),
    peakRssBytes: Math.max(...parts.map(({ peakRssBytes }) => peakRssBytes)),
    signals: parts.flatMap(({ signals }, shard) => signals.map((signal) => `shard ${shard}: ${signal}`)),
  };
}
