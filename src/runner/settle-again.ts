import { resolve } from 'node:path';
import type { Anchor } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { readyPlan } from '../events/ready-plan.ts';
import type { RunResult } from '../metrics/result.ts';
import { boundBetween } from './clock-between.ts';
import { composeResult, type SenderFigures } from './compose-result.ts';
import { type PlanDocument, readPlanDocument } from './plan-document.ts';
import type { ProcessGrowth } from './process-growth.ts';
import { readSummary } from './read-summary.ts';
import { runFiles, writeRunFile } from './run-directory.ts';
import { nameFindings, type SettledRun, settleRun } from './settled-run.ts';

/**
 * Settles a finished run once more from its files: the same files give the same answer. `seenDir` names the directory of a verifier
 * that was started by hand; its plan then says what was expected, and `clockBoundUs` how far its host's clock may be from the run's,
 * null for what both were told. Rewrites `summary.json`.
 */
export async function settleAgain(
  runDir: string,
  seenDir: string | null,
  clockBoundUs: Micros | null = null,
): Promise<RunResult> {
  const dir = resolve(runDir);
  const own = readPlanDocument(dir);
  const reader = seenDir === null ? own : readPlanDocument(seenDir);
  const { plan } = reader;
  const { anchor } = own;
  if (anchor === null) {
    throw new IotloadError('file-unreadable', 'this directory holds what a verifier has seen, not a run', {
      where: runDir,
      hint: 'give the directory of the run, and this one with --seen',
    });
  }
  await readyPlan(plan);
  const summary = readSummary(dir);
  const read = await settleRun(dir, plan, anchor, seenDir === null ? dir : resolve(seenDir));
  const settled = own.merged === undefined ? read : withGrowth(read, growthIn(summary));
  await nameFindings(dir, plan, anchor, settled);
  const boundUs = seenDir === null ? 'one clock' : boundBetween(own, reader, clockBoundUs);
  const result = composeResult(plan, senderFigures(summary, own, anchor), settled, boundUs);
  writeRunFile(dir, runFiles.summary, `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

/** The same with the growth of processes that these files do not tell of one by one; undefined where nobody told it. */
export function withGrowth({ growth: _, ...settled }: SettledRun, growth: ProcessGrowth | undefined): SettledRun {
  return growth === undefined ? settled : { ...settled, growth };
}

function growthIn(summary: RunResult | null): ProcessGrowth | undefined {
  const { growth } = summary?.generator ?? {};
  return growth && { generator: growth, verifier: summary?.verifier.growth ?? null };
}

/** What the sender said of itself; of one that was killed before it could, only what its plan tells. */
export function senderFigures(summary: RunResult | null, document: PlanDocument, anchor: Anchor): SenderFigures {
  const { plan, digest, shard } = document;
  if (summary !== null) {
    const { run, generator, errors, environment, shards } = summary;
    const sendingSeconds = run.durationSeconds;
    const { plan: _, sent, findings, ...others } = summary.files;
    const written = Object.fromEntries(Object.entries(others).filter(([key]) => !/^seen( at |$)/.test(key)));
    const clockJumps = (summary.clock?.jumps ?? [])
      .filter(({ host }) => host === 'generator')
      .map(({ at, byUs }) => ({ atWallUs: Date.parse(at) * 1000, byUs }));
    return { run, sendingSeconds, generator, errors, clockJumps, counted: null, environment, shards, written };
  }
  const startedAt = new Date(anchor.startWallUs / 1000).toISOString();
  return {
    run: {
      id: anchor.runId,
      scenario: plan.name,
      seed: plan.seed,
      planDigest: digest,
      shard,
      startedAt,
      durationSeconds: 0,
      ended: 'aborted',
      command: '',
      labels: plan.outputs.labels,
    },
    sendingSeconds: 0,
    // Nobody knows how long it sent: a rate that was not reached is nobody's fault.
    generator: {
      status: 'unhealthy',
      cpuSeconds: 0,
      peakRssBytes: 0,
      signals: ['the run was cut off and left no summary of its own'],
    },
    errors: [],
    clockJumps: [],
    counted: null,
    environment: {},
    written: {},
  };
}
