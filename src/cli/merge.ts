import { relative } from 'node:path';
import { systemClock } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { resultFormatNames } from '../metrics/result-formats.ts';
import { withReports } from './carry-out.ts';
import { defineCommand } from './command.ts';
import { parseDurationFlag } from './duration-flag.ts';
import { printCapacity } from './print-capacity.ts';
import { printResult } from './print-result.ts';

/** `iotload merge`: the result of one run from what its shards left. */
export const mergeCommand = defineCommand({
  command: 'merge [dir..]',
  builder: (parser) =>
    parser
      .positional('dir', {
        type: 'string',
        array: true,
        describe: 'the results directory of each shard, or one that holds them',
      })
      .option('out', {
        type: 'string',
        describe: 'directory for the merged result (default results/<scenario>-merged-<UTC time>)',
      })
      .option('wait', {
        type: 'string',
        describe:
          'wait that long, e.g. 20m, for every shard to have its result there; then merge, or say what is missing',
      })
      .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'no notes and no final screen' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print summary.json on stdout instead of the final screen',
      })
      .example('$0 merge out/shard-0 out/shard-1 out/shard-2 --out out/merged', 'three shards of one run')
      .example('$0 merge /results', 'everything that a job array has left there')
      .example('$0 merge /results --wait 20m', 'what a job array will have left there'),
  async handler({ dir: dirs = [], out, wait, quiet, json }) {
    if (dirs.length === 0) {
      throw new IotloadError('bad-arguments', 'which shards?', {
        where: 'merge',
        hint: 'give the directories that the shards of one run printed, or one that holds them',
      });
    }
    const { mergeResults } = await import('../cluster/merge-results.ts');
    const note = (text: string): void => {
      if (!quiet) process.stderr.write(`${text}\n`);
    };
    const clock = systemClock();
    if (wait !== undefined) {
      const { awaitShards } = await import('../cluster/await-shards.ts');
      await awaitShards(dirs, parseDurationFlag('--wait', wait), { clock, note });
    }
    const { result, dir } = await mergeResults({
      dirs,
      out: out ?? null,
      clock,
      note,
      report: (into, merged) => withReports(into, merged, resultFormatNames, note),
    });
    const [where, form] = [relative(process.cwd(), dir) || '.', json ? 'json' : quiet ? 'nothing' : 'screen'] as const;
    const { readLadder } = await import('../capacity/read-ladder.ts');
    const ladder = await readLadder(dir, result);
    if (ladder === null) return printResult(result, where, form);
    const { keepSearch } = await import('../capacity/search-directory.ts');
    keepSearch(dir, ladder);
    return printCapacity(ladder, where, form);
  },
});
