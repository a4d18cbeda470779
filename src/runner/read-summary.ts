import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IotloadError } from '../core/errors.ts';
import type { RunResult } from '../metrics/result.ts';
import { runFiles } from './run-directory.ts';

/**
 * The result of a finished run, from its directory; null where the run was cut off before it could write one.
 * @throws IotloadError `file-unreadable`, `file-corrupt`
 */
export function readSummary(dir: string): RunResult | null {
  const path = join(dir, runFiles.summary);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new IotloadError('file-unreadable', 'the summary cannot be read', { where: path, cause });
  }
  try {
    const summary = JSON.parse(text) as RunResult;
    if (summary.schema === 'iotload/summary/1') return summary;
  } catch (cause) {
    throw new IotloadError('file-corrupt', 'this is no JSON', { where: path, cause });
  }
  throw new IotloadError('file-corrupt', 'another version of iotload wrote this summary', { where: path });
}

/**
 * The result in the directory of a finished run.
 * @throws IotloadError `file-unreadable` where there is none, `file-corrupt`
 */
export function summaryIn(dir: string): RunResult {
  const result = readSummary(dir);
  if (result !== null) return result;
  throw new IotloadError('file-unreadable', 'this directory holds no summary.json', {
    where: dir,
    hint: 'give the directory that run printed; for a run that was cut off: iotload verify DIR',
  });
}
