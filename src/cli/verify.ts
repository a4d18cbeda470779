import { existsSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { sleep, systemClock } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { printable } from '../core/printable-text.ts';
import { formatCount } from '../core/units.ts';
import { resultFormatNames } from '../metrics/result-formats.ts';
import { defineCommand } from './command.ts';
import { exitOfError } from './exit-codes.ts';
import { printResult } from './print-result.ts';
import { allowedPlan, type ScenarioFlags, scenarioFlags } from './scenario-flags.ts';
import { checkRunId, parseClockBound, parseShard, parseStartAt } from './shard-flags.ts';
import { onInterrupt } from './signals.ts';

/** So long a run that is over may still be written down. */
const MOST_WAIT_US = 60_000_000;
const POLL_MS = 50;

interface VerifyFlags extends ScenarioFlags {
  runId: string | undefined;
  out: string | undefined;
  seen: string | undefined;
  sent: string | undefined;
  shard: string;
  startAt: string | undefined;
  clockBound: string | undefined;
  json: boolean;
}

/** `iotload verify`: settles a finished run again, or reads a running one. */
export const verifyCommand = defineCommand({
  command: 'verify <scenario>',
  builder: (parser) =>
    scenarioFlags(parser)
      .positional('scenario', {
        type: 'string',
        demandOption: true,
        describe: 'the results directory of a run, or a scenario to read live with --run-id',
      })
      .option('run-id', { type: 'string', describe: 'the run to read live; give run the same --run-id' })
      .option('sent', {
        type: 'string',
        describe: 'results directory of the live run: read until it is over, then settle',
      })
      .option('seen', { type: 'string', describe: 'results directory of a verifier, to settle a finished run with' })
      .option('out', {
        type: 'string',
        describe: 'directory for what is seen (default results/<scenario>-verify-<UTC time>)',
      })
      .option('shard', { type: 'string', default: '0/1', describe: 'the part i/n of the run to read' })
      .option('start-at', { type: 'string', describe: 'the start that the run was given' })
      .option('clock-bound', {
        type: 'string',
        describe:
          'how far this clock may be from that of the run’s host, e.g. 2ms; without it, times between hosts are not known',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print summary.json on stdout' })
      .example('$0 verify results/quickstart-20260131T120000Z', 'settle a finished run again')
      .example(
        '$0 verify my.yaml --run-id nightly --sent out/nightly',
        'prove a run that was started with --no-verify',
      ),
  handler: (flags) => verify(flags),
});

async function verify(flags: VerifyFlags): Promise<number> {
  const isDirectory = existsSync(flags.scenario) && statSync(flags.scenario).isDirectory();
  if (isDirectory) return settleAgain(flags.scenario, flags.seen ?? null, flags);
  if (flags.runId === undefined) {
    throw new IotloadError('bad-arguments', 'which run?', {
      where: '--run-id',
      hint: 'name the run to read live, or give the results directory of a finished one instead of a scenario',
    });
  }
  return readLive(flags, checkRunId(flags.runId));
}

async function settleAgain(dir: string, seenDir: string | null, flags: VerifyFlags): Promise<number> {
  const clockBoundUs = parseClockBound(flags.clockBound);
  const [{ settleAgain: settle }, { isWorkedOn }, { writeReports }] = await Promise.all([
    import('../runner/settle-again.ts'),
    import('../runner/run-lock.ts'),
    import('../report/write-reports.ts'),
  ]);
  // A run that has sent everything still writes its own result.
  const clock = systemClock();
  for (const deadlineUs = clock.nowUs() + MOST_WAIT_US; isWorkedOn(dir) && clock.nowUs() < deadlineUs; )
    await sleep(clock, POLL_MS);
  const result = await settle(dir, seenDir, clockBoundUs);
  const formats = resultFormatNames.filter((name) => name in result.files);
  await writeReports(dir, result, formats);
  return printResult(result, dir, flags.json ? 'json' : 'screen');
}

async function readLive(flags: VerifyFlags, runId: string): Promise<number> {
  const shard = parseShard(flags.shard);
  const startAtWallUs = parseStartAt(flags.startAt);
  const clockBoundUs = parseClockBound(flags.clockBound);
  const plan = await allowedPlan(flags);
  if (plan === null) return exitOfError['bad-scenario'];
  const { startVerify } = await import('../runner/verify-live.ts');
  const note = (text: string): void => void process.stderr.write(`${printable(text)}\n`);
  let told = -1;
  const handle = startVerify({
    plan,
    runId,
    shard,
    out: flags.out ?? null,
    startAtWallUs,
    clockBoundUs,
    runDir: flags.sent ?? null,
    clock: systemClock(),
    note,
    progress: (verified) => {
      if (verified !== told) note(`verified ${formatCount(verified)}`);
      told = verified;
    },
  });
  const interruption = onInterrupt(() => handle.stop());
  try {
    const { dir, seen } = await handle.finished;
    const here = relative(process.cwd(), dir) || '.';
    if (flags.sent !== undefined && interruption.exitCode() === null) return await settleAgain(flags.sent, dir, flags);
    const events = seen.flatMap(({ fleets }) => fleets).reduce((sum, fleet) => sum + fleet.fresh.count, 0);
    const messages = seen.reduce((sum, { unattributed }) => sum + unattributed.received, 0);
    note(`${events} distinct events of run ${runId} seen, ${messages} messages read`);
    note(`settle them with: iotload verify RUN_DIRECTORY --seen ${here}`);
    return interruption.exitCode() ?? 0;
  } finally {
    interruption.release();
  }
}
