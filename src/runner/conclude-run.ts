import type { Anchor } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import type { IotloadError } from '../core/errors.ts';
import type { ErrorTally } from '../engine/protocol.ts';
import type { RunResult } from '../metrics/result.ts';
import { planDigest } from '../plan/plan-digest.ts';
import { composeResult } from './compose-result.ts';
import { environment } from './environment.ts';
import { dueBy, generatorHealth } from './generator-health.ts';
import type { GeneratorWatch } from './generator-watch.ts';
import { keepAnswers } from './keep-answers.ts';
import { keepSummary } from './keep-summary.ts';
import { mergeErrors } from './merge-errors.ts';
import { writtenFiles } from './real-targets.ts';
import { sentBefore } from './resume.ts';
import { latenciesOf } from './run-latencies.ts';
import type { RunOptions } from './run-options.ts';
import { sumCounters } from './run-progress.ts';
import { nameFindings, settleRun } from './settled-run.ts';
import { targetNeeds } from './target-limits.ts';
import type { WorkerCrew, WorkerEnd } from './worker-crew.ts';

/** What is known once the load is over. */
export interface SentLoad {
  anchor: Anchor;
  ends: WorkerEnd[];
  /** Monotonic time at which the last event left. */
  endedUs: Micros;
}

interface EndedRun extends SentLoad {
  crew: WorkerCrew;
  watch: GeneratorWatch;
  /** What went wrong outside the workers. */
  incidents: readonly ErrorTally[];
  ended: RunResult['run']['ended'];
  note(text: string): void;
  /** Takes what goes wrong now. */
  incident(error: IotloadError): void;
}

/** Settles a run whose files are complete, names the events at fault, and composes and keeps its result. */
export async function concludeRun(
  { plan, runId, shard, workers, command, version, clock, report }: RunOptions & { runId: string },
  dir: string,
  { anchor, ends, endedUs, crew, watch, incidents, ended, note, incident }: EndedRun,
): Promise<RunResult> {
  const settled = await settleRun(dir, plan, anchor);
  await nameFindings(dir, plan, anchor, settled).catch(incident);
  const counted = sumCounters(crew.boards);
  const pickedUp = counted.pickedUp + sentBefore(settled.sent);
  const told = [...incidents, ...ends.flatMap(({ report }) => report?.errors ?? [])];
  const { startWallUs, startMonoUs } = anchor;
  const needs = await targetNeeds(plan, told, { runId, startWallUs, workers });
  const keeper = { dir, clock, note, failed: incident };
  const answers = await keepAnswers(plan, anchor, shard, ended === 'completed' ? null : settled.sent, keeper);
  const sendingSeconds = Math.max(0, endedUs - startMonoUs) / 1e6;
  const result = composeResult(
    plan,
    {
      run: {
        id: runId,
        scenario: plan.name,
        seed: plan.seed,
        planDigest: planDigest(plan),
        shard: `${shard.index}/${shard.count}`,
        startedAt: new Date(startWallUs / 1000).toISOString(),
        durationSeconds: sendingSeconds,
        ended,
        command,
        labels: plan.outputs.labels,
      },
      sendingSeconds,
      generator: generatorHealth(
        plan,
        latenciesOf(settled).whole.scheduleLag,
        plan.clock.speed === 'max' ? pickedUp : dueBy(plan, shard, endedUs - startMonoUs),
        pickedUp,
        crew.boards.length * plan.fleets.length,
        watch,
      ),
      clockJumps: watch.jumps,
      errors: mergeErrors([...told, ...needs]),
      counted: ended === 'worker-died' ? null : counted,
      environment: environment(version),
      written: { ...writtenFiles(plan, dir, crew.parts[0]?.count ?? 1, runId), ...answers },
    },
    settled,
  );
  return keepSummary(dir, (await report?.(dir, result)) ?? result);
}
