import { systemClock } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { printable } from '../core/printable-text.ts';
import { formatCount, parseCount } from '../core/units.ts';
import type { TailVerdict } from '../runner/tail.ts';
import { defineCommand } from './command.ts';
import { exitOfError } from './exit-codes.ts';
import { allowedPlan, scenarioFlags } from './scenario-flags.ts';
import { checkRunId, parseStartAt } from './shard-flags.ts';
import { onInterrupt } from './signals.ts';
import { jsonLine, rawLine, TAIL_HEADING, tableLine } from './tail-lines.ts';

/** `iotload tail`: what arrives, as it arrives, and which event each message is. */
export const tailCommand = defineCommand({
  command: 'tail <scenario>',
  exits: ['0', '2', '4', '6', '130/143'],
  builder: (parser) =>
    scenarioFlags(parser)
      .option('run-id', { type: 'string', describe: 'only events of this run are own (default: those of every run)' })
      .option('start-at', { type: 'string', describe: 'the start that the run was given, for events without an id' })
      .option('count', { alias: 'n', type: 'string', describe: 'end after so many messages (default: Ctrl-C ends it)' })
      .option('raw', { type: 'boolean', default: false, describe: 'print topic or key, and payload, as they came' })
      .option('json', { type: 'boolean', default: false, describe: 'one JSON object per message' })
      .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'only the messages' })
      .example('$0 tail my.yaml', 'in another window: who sent this, which event is it, how old?')
      .example('$0 tail my.yaml --count 5 --raw', 'five messages as they came'),
  async handler(flags) {
    const limit = limitOf(flags.count);
    const runId = flags.runId === undefined ? null : checkRunId(flags.runId);
    const startWallUs = parseStartAt(flags.startAt);
    const plan = await allowedPlan({ ...flags, count: undefined });
    if (plan === null) return exitOfError['bad-scenario'];
    const { startTail } = await import('../runner/tail.ts');
    const form = flags.raw ? rawLine : flags.json ? jsonLine : tableLine;
    const note = (text: string): void => {
      if (!flags.quiet) process.stderr.write(`${printable(text)}\n`);
    };
    const counts: Record<TailVerdict, number> = { own: 0, corrupt: 0, foreign: 0, untold: 0 };
    let told = 0;
    let end: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const interruption = onInterrupt(end);
    try {
      const source = await startTail({
        plan,
        runId,
        startWallUs,
        clock: systemClock(),
        env: process.env,
        note,
        event: (event) => {
          if (told >= limit) return;
          if (told++ === 0 && form === tableLine && !flags.quiet) process.stdout.write(TAIL_HEADING);
          counts[event.verdict]++;
          process.stdout.write(form(event));
          if (told >= limit) end();
        },
      });
      note('reading; Ctrl-C ends it');
      await over;
      await source.close();
      const parts = Object.entries(counts).filter(([, count]) => count > 0);
      note(`${formatCount(told)} read${parts.map(([word, count]) => `, ${formatCount(count)} ${word}`).join('')}`);
      if (counts.untold > 0) note('hint: events without an id of their own need --run-id and --start-at to be told');
      return interruption.exitCode() ?? 0;
    } finally {
      interruption.release();
    }
  },
});

/** Messages after which it ends. */
function limitOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const parsed = parseCount(text);
  if ('value' in parsed && parsed.value > 0) return parsed.value;
  throw new IotloadError('bad-arguments', 'error' in parsed ? parsed.error : 'at least one', { where: '--count' });
}
