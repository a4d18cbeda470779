import type { IotloadError } from '../core/errors.ts';
import type { RunResult } from '../metrics/result.ts';
import { runFiles, writeRunFile } from './run-directory.ts';

/**
 * Writes `summary.json`. A result that cannot be kept is still returned, to be shown; it says so, and a pass that nobody can look up is
 * inconclusive.
 */
export function keepSummary(dir: string, result: RunResult): RunResult {
  try {
    writeRunFile(dir, runFiles.summary, `${JSON.stringify(result, null, 2)}\n`);
    return result;
  } catch (error) {
    const { code, message } = error as IotloadError;
    return {
      ...result,
      verdict: result.verdict === 'pass' ? 'inconclusive' : result.verdict,
      reasons: [message, ...result.reasons],
      errors: [...result.errors, { code, message, count: 1, firstAt: result.run.startedAt }],
    };
  }
}
