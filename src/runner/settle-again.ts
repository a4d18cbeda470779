import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IotloadError } from '../core/errors.ts';
import type { RunResult } from '../metrics/result.ts';
import { composeResult } from './compose-result.ts';
import { readPlanDocument } from './plan-document.ts';
import { runFiles, writeRunFile } from './run-directory.ts';
import { settleRun } from './settled-run.ts';

/**
 * Settles a finished run once more from its files: the same files give the same answer. `seenDir` names the directory of a verifier
 * that was started by hand; its plan then says what was expected. Rewrites `summary.json`.
 */
export async function settleAgain(runDir: string, seenDir: string | null): Promise<RunResult> {
  const dir = resolve(runDir);
  const own = readPlanDocument(dir);
  const { plan } = seenDir === null ? own : readPlanDocument(seenDir);
  const { anchor } = own;
  if (anchor === null) {
    throw new IotloadError('file-unreadable', 'this directory holds what a verifier has seen, not a run', {
      where: runDir,
      hint: 'give the directory of the run, and this one with --seen',
    });
  }
  const summary = readSummary(dir);
  const settled = await settleRun(dir, plan, anchor, seenDir === null ? dir : resolve(seenDir));
  const result = composeResult(
    plan,
    {
      run: summary.run,
      latency: summary.latency,
      fleetLatencies: summary.fleets.map(({ latency }) => latency),
      sendingSeconds: summary.run.durationSeconds,
      generator: summary.generator,
      errors: summary.errors,
      counted: null,
      environment: summary.environment,
    },
    settled,
  );
  writeRunFile(dir, runFiles.summary, `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

function readSummary(dir: string): RunResult {
  const path = join(dir, runFiles.summary);
  try {
    const summary = JSON.parse(readFileSync(path, 'utf8')) as RunResult;
    if (summary.schema === 'iotload/summary/1') return summary;
  } catch (cause) {
    throw new IotloadError('file-unreadable', 'the run left no summary that can be read', { where: path, cause });
  }
  throw new IotloadError('file-corrupt', 'another version of iotload wrote this summary', { where: path });
}
