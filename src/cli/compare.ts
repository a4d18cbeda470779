import { IotloadError } from '../core/errors.ts';
import { parseShare } from '../core/units.ts';
import type { ComparedRun } from '../report/compare/compare.ts';
import { defineCommand } from './command.ts';

/** `iotload compare`: what is different in the second of two runs, and whether it is more than chance. */
export const compareCommand = defineCommand({
  command: 'compare <before> <after>',
  exits: ['0', '1', '2'],
  builder: (parser) =>
    parser
      .positional('before', {
        type: 'string',
        demandOption: true,
        describe: 'the results directory of the run to compare with',
      })
      .positional('after', { type: 'string', demandOption: true, describe: 'that of the run in question' })
      .option('tolerance', { type: 'string', default: '5%', describe: 'what is worse by less is no regression' })
      .option('anyway', { type: 'boolean', default: false, describe: 'compare runs of different plans as well' })
      .option('format', {
        choices: ['text', 'json', 'html'] as const,
        default: 'text' as const,
        describe: 'how to print it',
      })
      .option('json', { type: 'boolean', default: false, describe: 'the same as --format json' })
      .example('$0 compare results/monday results/tuesday', 'exit 1 if tuesday is worse by more than 5 %')
      .example('$0 compare a b --tolerance 10% --format html > compared.html', 'a page about it'),
  async handler({ before, after, tolerance, anyway, format, json }) {
    const parsed = parseShare(tolerance);
    if (!('value' in parsed)) {
      throw new IotloadError('bad-arguments', parsed.error, {
        where: '--tolerance',
        value: tolerance,
        hint: parsed.hint,
      });
    }
    const { compareRuns } = await import('../report/compare/compare.ts');
    const [one, other] = [await readRun(before), await readRun(after)];
    const share = parsed.value.numerator / parsed.value.denominator;
    const comparison = compareRuns(one, other, { tolerance: share, anyway });
    if (json || format === 'json') process.stdout.write(`${JSON.stringify(comparison, null, 2)}\n`);
    else if (format === 'html') {
      const { comparisonPage } = await import('../report/compare/comparison-page.ts');
      for (const piece of comparisonPage(comparison)) process.stdout.write(piece);
    } else {
      const { comparisonText } = await import('../report/compare/comparison-text.ts');
      process.stdout.write(comparisonText(comparison));
    }
    return comparison.regressions.length > 0 ? 1 : 0;
  },
});

async function readRun(dir: string): Promise<ComparedRun> {
  const [{ summaryIn }, { readEvidence }] = await Promise.all([
    import('../runner/read-summary.ts'),
    import('../report/evidence.ts'),
  ]);
  return { result: summaryIn(dir), evidence: await readEvidence(dir) };
}
