import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { systemClock } from '../core/clock.ts';
import { newRunId } from '../core/entropy.ts';
import { isSecret, maskSecrets } from '../scenario/secret-keys.ts';
import { defineCommand } from './command.ts';
import { exitOfError } from './exit-codes.ts';
import { printResult } from './print-result.ts';
import { type ProgressMode, progressDisplay } from './progress.ts';
import { allowedPlan, type ScenarioFlags, scenarioFlags, wholeNumber } from './scenario-flags.ts';
import { checkRunId, parseShard, parseStartAt, requireCommonStart } from './shard-flags.ts';
import { onInterrupt } from './signals.ts';
import { version } from './version.ts';

/** More threads than this help no machine. */
const MAX_WORKERS = 256;

interface RunFlags extends ScenarioFlags {
  out: string | undefined;
  workers: string | undefined;
  shard: string;
  runId: string | undefined;
  startAt: string | undefined;
  progress: ProgressMode;
  quiet: boolean;
  json: boolean;
}

/** `iotload run`: the whole of it, from scenario to verdict. */
export const runCommand = defineCommand({
  command: 'run <scenario>',
  builder: (parser) =>
    scenarioFlags(parser)
      .option('out', { type: 'string', describe: 'directory for the results (default results/<scenario>-<UTC time>)' })
      .option('workers', { type: 'string', describe: 'worker threads (default: one per core, at most 4)' })
      .option('shard', {
        type: 'string',
        default: '0/1',
        describe: 'this process’s part i/n of the run, counted from 0',
      })
      .option('run-id', { type: 'string', describe: 'identity of the run; the same on every shard' })
      .option('start-at', { type: 'string', describe: 'ISO instant at which sending starts; the same on every shard' })
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
      })
      .example('$0 run quickstart', 'a first run, no broker needed')
      .example(
        '$0 run my.yaml --set target.endpoint=mqtt://127.0.0.1:1883 --duration 30s',
        'shorter, against another broker',
      ),
  handler: (flags) => run(flags),
});

async function run(flags: RunFlags): Promise<number> {
  const shard = parseShard(flags.shard);
  requireCommonStart(shard, flags);
  const workers = wholeNumber('workers', flags.workers, 1, MAX_WORKERS) ?? Math.min(4, availableParallelism());
  const startAtWallUs = parseStartAt(flags.startAt);
  const plan = await allowedPlan(flags);
  if (plan === null) return exitOfError['bad-scenario'];
  const { startRun } = await import('../runner/run.ts');
  const display = progressDisplay(flags.quiet ? 'none' : flags.progress);
  const handle = startRun({
    plan,
    runId: flags.runId === undefined ? newRunId() : checkRunId(flags.runId),
    shard,
    workers,
    out: flags.out ?? null,
    startAtWallUs,
    command: commandLine(),
    version,
    clock: systemClock(),
    observer: { progress: (progress) => display.update(progress), note: (text) => display.note(text) },
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
    return interruption.exitCode() ?? exit;
  } finally {
    display.end();
    interruption.release();
  }
}

/** The command as it can be typed again, without the secrets that a --set may hold. */
function commandLine(): string {
  const args = process.argv.slice(2).map((arg, i, all) => {
    const setting = all[i - 1] === '--set' ? arg : arg.startsWith('--set=') ? arg.slice('--set='.length) : '';
    const path = setting.slice(0, Math.max(0, setting.indexOf('='))).split('.');
    return isSecret(path)
      ? `${arg.slice(0, arg.length - setting.length)}${path.join('.')}=[redacted]`
      : maskSecrets(arg);
  });
  return ['iotload', ...args].join(' ');
}
