import { systemClock } from '../core/clock.ts';
import type { SelfTestObserver, SelfTestReport } from '../selftest/selftest.ts';
import { defineCommand } from './command.ts';
import { exitOfError, exitOfVerdict } from './exit-codes.ts';
import { onInterrupt } from './signals.ts';
import { version } from './version.ts';

/** `iotload selftest`: known faults are done to runs, and what they report has to be the truth. */
export const selfTestCommand = defineCommand({
  command: 'selftest',
  exits: ['0', '2', '3', '5', '130/143'],
  builder: (parser) =>
    parser
      .option('quick', { type: 'boolean', default: false, describe: 'a twentieth of the events: a minute or two' })
      .option('protocol', {
        type: 'string',
        describe: 'only this one: kafka, kafka-plain (not idempotent), kinesis or mqtt',
      })
      .option('case', { type: 'string', describe: 'only the case of this name' })
      .option('json', { type: 'boolean', default: false, describe: 'the report as JSON' })
      .option('quiet', {
        alias: 'q',
        type: 'boolean',
        default: false,
        describe: 'no progress, no table if all is well',
      })
      .example('$0 selftest', 'does this build tell the truth on this machine? five minutes')
      .example('$0 selftest --protocol kafka --case lose', 'one case, on one protocol'),
  async handler(flags) {
    const { startSelfTest } = await import('../selftest/selftest.ts');
    const { selfTestText } = await import('../selftest/selftest-text.ts');
    const progress = flags.quiet ? silence : progressLines();
    const handle = startSelfTest({
      quick: flags.quick,
      only: flags.case === undefined ? null : [flags.case],
      protocols: flags.protocol === undefined ? null : [flags.protocol],
      version,
      clock: systemClock(),
      observer: progress,
    });
    const interruption = onInterrupt(() => handle.stop());
    try {
      const report = await handle.finished;
      if (flags.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else if (!flags.quiet || report.status !== 'ok') process.stdout.write(selfTestText(report));
      return interruption.exitCode() ?? exitOfSelfTest(report);
    } finally {
      interruption.release();
    }
  },
});

/** 5 where a figure of ours was not the true one, 3 where this machine could not tell. */
export function exitOfSelfTest({ status }: SelfTestReport): number {
  if (status === 'wrong') return exitOfError.defect;
  return status === 'ok' ? exitOfVerdict.pass : exitOfVerdict.inconclusive;
}

const silence: SelfTestObserver = { begins: () => {}, progress: () => {}, ended: () => {} };

/** A line for each case on stderr when it is over; on a terminal, what is under way as well. */
function progressLines(): SelfTestObserver {
  const { stderr } = process;
  const heads = new Map<string, string>();
  const say = (text: string): void => {
    stderr.write(stderr.isTTY ? `\r\u001b[2K${text}` : text);
  };
  const key = (protocol: string, name: string): string => `${protocol} ${name}`;
  return {
    begins: ({ name, harm }, protocol, index, count) => {
      heads.set(key(protocol, name), `${`${index + 1}/${count}`.padStart(5)}  ${protocol} ${name}: ${harm}`);
    },
    progress: ({ name, load }, protocol, sent) => {
      if (stderr.isTTY) say(`${heads.get(key(protocol, name))}  ${Math.floor((100 * sent) / load.events)} %`);
    },
    ended: ({ name, protocol, status, seconds }) =>
      say(`${heads.get(key(protocol, name))}  ${status}, ${seconds.toFixed(1)} s\n`),
  };
}
