import { systemClock } from '../core/clock.ts';
import { printable } from '../core/printable-text.ts';
import { painter, type Tone, wrapped } from '../report/terminal-text.ts';
import type { Finding } from '../runner/doctor.ts';
import { workersOf } from './carry-out.ts';
import { wantsColour } from './colour.ts';
import { defineCommand } from './command.ts';
import { exitOfError } from './exit-codes.ts';
import { allowedPlan, scenarioFlags } from './scenario-flags.ts';

/** `iotload doctor`: whether a scenario could run, asked with one device and a few markers. */
export const doctorCommand = defineCommand({
  command: 'doctor <scenario>',
  exits: ['0', '2', '4', '6'],
  builder: (parser) =>
    scenarioFlags(parser)
      .option('json', { type: 'boolean', default: false, describe: 'the findings as JSON' })
      .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'print what is wrong only' })
      .example('$0 doctor my.yaml', 'may this login publish there, and read it back?')
      .example('$0 doctor my.yaml --set target.endpoint=mqtt://127.0.0.1:1883', 'the same for another broker'),
  async handler(flags) {
    const plan = await allowedPlan(flags);
    if (plan === null) return exitOfError['bad-scenario'];
    const { examine } = await import('../runner/doctor.ts');
    const shown = ({ status }: Finding): boolean => !flags.json && (!flags.quiet || status === 'bad');
    const findings = await examine({
      plan,
      workers: workersOf(undefined),
      clock: systemClock(),
      env: process.env,
      finding: (finding) => {
        if (shown(finding)) process.stdout.write(findingText(finding));
      },
    });
    if (flags.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
    else if (!flags.quiet) process.stdout.write(`\n${conclusion(findings, flags.scenario)}\n`);
    return exitOf(findings);
  },
});

const marks: Readonly<Record<Finding['status'], readonly [mark: string, tone: Tone]>> = {
  good: ['✓', 'good'],
  bad: ['✗', 'bad'],
  unknown: ['–', 'quiet'],
};

/** Where details begin. */
const COLUMN = 20;

function findingText({ check, status, detail, remedy }: Finding): string {
  const paint = painter(wantsColour(process.stdout));
  const [mark, tone] = marks[status];
  const lines = wrapped(printable(detail), 80 - COLUMN);
  if (remedy !== null) lines.push(...wrapped(`→ ${printable(remedy)}`, 80 - COLUMN));
  const head = `${paint(tone, mark)} ${printable(check).padEnd(COLUMN - 2)}`;
  return lines.map((line, i) => `${i === 0 ? head : ' '.repeat(COLUMN)}${line}\n`).join('');
}

function conclusion(findings: readonly Finding[], scenario: string): string {
  const bad = findings.filter(({ status }) => status === 'bad').length;
  if (bad === 0) return `ready: iotload run ${scenario}`;
  return `${bad} of ${findings.length} ${bad === 1 ? 'is' : 'are'} wrong; run would not get through`;
}

/** 4 where the target is at fault, 2 where something on this side is. */
function exitOf(findings: readonly Finding[]): number {
  return Math.max(0, ...findings.map(({ code }) => (code === null ? 0 : exitOfError[code])));
}
