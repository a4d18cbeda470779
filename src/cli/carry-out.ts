import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import type { Argv } from 'yargs';
import type { Part } from '../core/anchor.ts';
import { type Micros, systemClock } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { shellWord } from '../core/shell-word.ts';
import type { RunResult } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import { isSecret, maskSecrets } from '../scenario/secret-keys.ts';
import { openMetrics } from './metrics-endpoint.ts';
import { printResult } from './print-result.ts';
import { type ProgressMode, progressDisplay } from './progress.ts';
import { wholeNumber } from './scenario-flags.ts';
import { checkRunId } from './shard-flags.ts';
import { onInterrupt } from './signals.ts';
import type { Uploading } from './upload-flag.ts';
import { version } from './version.ts';

/** More threads than this help no machine. */
const MAX_WORKERS = 256;

/** Flags of every verb that sends. */
export interface SendingFlags {
  out: string | undefined;
  workers: string | undefined;
  'run-id': string | undefined;
  prometheus: string | undefined;
  progress: ProgressMode;
  quiet: boolean;
  json: boolean;
}

/** Adds the flags of every verb that sends. */
export function sendingFlags<T>(parser: Argv<T>): Argv<T & SendingFlags> {
  return parser
    .option('out', { type: 'string', describe: 'directory for the results (default results/<scenario>-<UTC time>)' })
    .option('workers', { type: 'string', describe: 'worker threads (default: one per core, at most 4)' })
    .option('run-id', { type: 'string', describe: 'identity of the run; the same on every shard' })
    .option('prometheus', {
      type: 'string',
      describe: 'serve /metrics there while it runs, e.g. 127.0.0.1:9464; overrides outputs.prometheus',
    })
    .option('progress', {
      choices: ['auto', 'plain', 'none'] as const,
      default: 'auto' as const,
      describe: 'a bar on a terminal and lines elsewhere, lines only, or nothing',
    })
    .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'no progress and no final screen' })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'print summary.json on stdout instead of the final screen',
    });
}

/** What is gone on with has a name. */
export function requireOut({ resume, out }: { resume: boolean; out: string | undefined }): void {
  if (!resume || out !== undefined) return;
  throw new IotloadError('bad-arguments', 'what is to be gone on with?', {
    where: '--resume',
    hint: 'name its directory: --out DIR --resume',
  });
}

/** Threads that a plan is spread over unless the user says otherwise. */
export function workersOf(flag: string | undefined): number {
  return wholeNumber('workers', flag, 1, MAX_WORKERS) ?? Math.min(4, availableParallelism());
}

/** How a plan is carried out, besides what every verb that sends has flags for. */
export interface CarryingOut {
  shard: Part;
  startAtWallUs: Micros | null;
  resume: boolean;
  clockBoundUs?: Micros | null;
  /** Where the results go too. */
  uploading?: Uploading | null;
}

const alone: CarryingOut = { shard: { index: 0, count: 1 }, startAtWallUs: null, resume: false };

/** Carries out a plan with progress on stderr, prints the result and returns the exit code; Ctrl-C ends it in order. */
export async function carryOut(
  plan: Plan,
  flags: SendingFlags,
  { shard, startAtWallUs, resume, clockBoundUs, uploading }: CarryingOut = alone,
): Promise<number> {
  const workers = workersOf(flags.workers);
  const runId = flags['run-id'] === undefined ? null : checkRunId(flags['run-id']);
  const { startRun } = await import('../runner/run.ts');
  const display = progressDisplay(flags.quiet ? 'none' : flags.progress);
  const metrics = await openMetrics(plan, flags.prometheus, (text) => display.note(text));
  const handle = startRun({
    plan,
    runId,
    shard,
    workers,
    out: flags.out ?? null,
    startAtWallUs,
    resume,
    clockBoundUs: clockBoundUs ?? null,
    command: commandLine(),
    version,
    clock: systemClock(),
    observer: {
      progress: (progress) => display.update(progress),
      note: (text) => display.note(text),
      ...metrics?.observer,
    },
    report: (dir, result) => withReports(dir, result, plan.outputs.formats ?? [], (text) => display.note(text)),
  });
  const interruption = onInterrupt(() => {
    display.note('stopping: draining and writing the results; once more leaves at once');
    handle.stop();
  });
  try {
    const { result, dir } = await handle.finished;
    display.end();
    const form = flags.json ? 'json' : flags.quiet ? 'nothing' : 'screen';
    const exit = await printResult(result, relative(process.cwd(), dir) || '.', form);
    const interrupted = (): boolean => interruption.exitCode() !== null;
    await uploading?.copy(dir, (text) => display.note(text));
    await metrics?.finished(result, (text) => display.note(text), interrupted);
    return interruption.exitCode() ?? exit;
  } finally {
    display.end();
    await metrics?.close();
    interruption.release();
  }
}

/** The result with the files of these formats beside it. One that cannot be written is told, and is no reason to lose the verdict. */
export async function withReports(
  dir: string,
  result: RunResult,
  formats: readonly string[],
  tell: (text: string) => void,
  stepSummary: string | undefined = process.env['GITHUB_STEP_SUMMARY'],
): Promise<RunResult> {
  try {
    const { writeReports, addStepSummary } = await import('../report/write-reports.ts');
    if (stepSummary) addStepSummary(stepSummary, result);
    return await writeReports(dir, result, formats);
  } catch (error) {
    if (!(error instanceof IotloadError)) throw error;
    tell(`reports: ${error.message}`);
    return result;
  }
}

/** The command as it can be typed again, without the secrets that a --set may hold. */
export function commandLine(): string {
  const args = process.argv.slice(2).map((arg, i, all) => {
    const setting = all[i - 1] === '--set' ? arg : arg.startsWith('--set=') ? arg.slice('--set='.length) : '';
    const path = setting.slice(0, Math.max(0, setting.indexOf('='))).split('.');
    return isSecret(path)
      ? `${arg.slice(0, arg.length - setting.length)}${path.join('.')}=[redacted]`
      : maskSecrets(arg);
  });
  return ['iotload', ...args.map(shellWord)].join(' ');
}
