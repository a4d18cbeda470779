import { appendFileSync } from 'node:fs';
import { IotloadError } from '../core/errors.ts';
import type { RunResult } from '../metrics/result.ts';
import { writeRunFile } from '../runner/run-directory.ts';
import { noEvidence, readEvidence } from './evidence.ts';
import { markdown } from './markdown.ts';
import { reportFormatNamed } from './registry.ts';

/**
 * Writes the files of these formats beside a result and resolves with the result that names them.
 * @throws IotloadError `file-unwritable`, `file-corrupt`
 */
export async function writeReports(dir: string, result: RunResult, names: readonly string[]): Promise<RunResult> {
  const chosen = names.map((name) => reportFormatNamed(name)).filter((format) => format !== undefined);
  if (chosen.length === 0) return result;
  const evidence = chosen.some(({ readsFiles }) => readsFiles) ? await readEvidence(dir) : noEvidence;
  const files = Object.fromEntries(chosen.map(({ name, file }) => [name, file as string]));
  const named = { ...result, files: { ...result.files, ...files } };
  for (const { file, render } of chosen) writeRunFile(dir, file as string, [...render(named, evidence)].join(''));
  return named;
}

/**
 * Appends the summary of a result to the file that GitHub shows with a job's step.
 * @throws IotloadError `file-unwritable`
 */
export function addStepSummary(path: string, result: RunResult): void {
  try {
    appendFileSync(path, `${[...markdown.render(result, noEvidence)].join('')}\n`);
  } catch (cause) {
    const message = `the step summary could not be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`;
    throw new IotloadError('file-unwritable', message, { where: 'GITHUB_STEP_SUMMARY', value: path, cause });
  }
}
