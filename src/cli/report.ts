import type { CapacityResult } from '../capacity/capacity-result.ts';
import { IotloadError } from '../core/errors.ts';
import { resultFormatNames } from '../metrics/result-formats.ts';
import { wantsColour } from './colour.ts';
import { defineCommand } from './command.ts';
import { reportSearch } from './report-search.ts';

/** `iotload report`: a finished run once more, in one of the report formats. */
export const reportCommand = defineCommand({
  command: 'report <dir>',
  exits: ['0', '2', '3'],
  builder: (parser) =>
    parser
      .positional('dir', {
        type: 'string',
        demandOption: true,
        describe: 'the results directory of a run, or of a search',
      })
      .option('format', {
        type: 'string',
        default: 'console',
        describe:
          'console, html, junit, markdown, csv, hlog, hgrm, or json: the summary as it is; all: the files of a run once more',
      })
      .option('json', { type: 'boolean', default: false, describe: 'the same as --format json' })
      .example('$0 report results/quickstart-20260131T120000Z', 'the final screen of that run')
      .example('$0 report out --format html > report.html', 'the page that a run writes, from its files')
      .example('$0 report out --json | jq .latency', 'its figures for another program'),
  async handler({ dir, format, json }) {
    const { reportFormatNamed, reportFormats } = await import('../report/registry.ts');
    const name = json ? 'json' : format;
    const search = await searchIn(dir);
    if (search !== null) return reportSearch(search, dir, name);
    if (name === 'all') return rewrite(dir);
    if (reportFormatNamed(name) === undefined) await loadPluginsOf(dir);
    const chosen = reportFormatNamed(name);
    if (chosen === undefined) {
      throw new IotloadError('bad-arguments', 'there is no such format', {
        where: '--format',
        value: name,
        hint: `there are ${Object.keys(reportFormats).join(', ')}`,
      });
    }
    const [{ summaryIn }, { consoleReport }, { noEvidence, readEvidence }] = await Promise.all([
      import('../runner/read-summary.ts'),
      import('../report/console.ts'),
      import('../report/evidence.ts'),
    ]);
    const result = summaryIn(dir);
    const pieces =
      name === 'console'
        ? consoleReport(result, { colour: wantsColour(process.stdout), dir })
        : chosen.render(result, chosen.readsFiles ? await readEvidence(dir) : noEvidence);
    for (const piece of pieces) process.stdout.write(piece);
    return 0;
  },
});

/** What a search found; null where the directory is that of a run, whatever else lies there. */
async function searchIn(dir: string): Promise<CapacityResult | null> {
  const [{ existsSync }, { join }] = await Promise.all([import('node:fs'), import('node:path')]);
  if (existsSync(join(dir, 'summary.json'))) return null;
  const { readSearch } = await import('../capacity/search-directory.ts');
  return readSearch(dir);
}

/** Writes the files of all formats into the directory once more, and names them. */
async function rewrite(dir: string): Promise<0> {
  const [{ writeReports }, { keepSummary }, { summaryIn }] = await Promise.all([
    import('../report/write-reports.ts'),
    import('../runner/keep-summary.ts'),
    import('../runner/read-summary.ts'),
  ]);
  const { files } = keepSummary(dir, await writeReports(dir, summaryIn(dir), resultFormatNames));
  for (const name of resultFormatNames) process.stdout.write(`${files[name]}\n`);
  return 0;
}

/** Plugins that a run was made with may bring formats of their own. */
async function loadPluginsOf(dir: string): Promise<void> {
  const { existsSync } = await import('node:fs');
  const { join } = await import('node:path');
  if (!existsSync(join(dir, 'plan.json'))) return;
  const { readPlanDocument } = await import('../runner/plan-document.ts');
  const { readyPlan } = await import('../events/ready-plan.ts');
  await readyPlan(readPlanDocument(dir).plan);
}
