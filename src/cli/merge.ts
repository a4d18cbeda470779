import { relative } from 'node:path';
import type { ShardPlaces } from '../cluster/bucket/shard-places.ts';
import type { MergeOptions } from '../cluster/merge-results.ts';
import { type Micros, systemClock } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import type { RunResult } from '../metrics/result.ts';
import { resultFormatNames } from '../metrics/result-formats.ts';
import { withReports } from './carry-out.ts';
import { defineCommand } from './command.ts';
import { parseDurationFlag } from './duration-flag.ts';
import { printCapacity } from './print-capacity.ts';
import { printResult } from './print-result.ts';
import { openUpload, uploadFlag } from './upload-flag.ts';

interface MergeFlags {
  dir: string[] | undefined;
  out: string | undefined;
  wait: string | undefined;
  upload: string | undefined;
  quiet: boolean;
  json: boolean;
}

/** A merged result, and where it lies. */
type Merged = { result: RunResult; dir: string };

/** `iotload merge`: the result of one run from what its shards left. */
export const mergeCommand = defineCommand({
  command: 'merge [dir..]',
  builder: (parser) =>
    uploadFlag(parser)
      .positional('dir', {
        type: 'string',
        array: true,
        describe: 'the results directory of each shard, or one that holds them; or s3://bucket/prefix',
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
      .example('$0 merge /results --wait 20m', 'what a job array will have left there')
      .example('$0 merge s3://lake/runs/42', 'what shards have copied into a bucket with --upload'),
  handler: (flags) => merge(flags),
});

async function merge({ dir: dirs = [], out, wait, upload, quiet, json }: MergeFlags): Promise<number> {
  if (dirs.length === 0) {
    throw new IotloadError('bad-arguments', 'which shards?', {
      where: 'merge',
      hint: 'give the directories that the shards of one run printed, or one that holds them',
    });
  }
  const waitUs = wait === undefined ? null : parseDurationFlag('--wait', wait);
  const note = (text: string): void => {
    if (!quiet) process.stderr.write(`${text}\n`);
  };
  const { openShardPlaces } = await import('../cluster/bucket/shard-places.ts');
  const uploading = await openUpload(upload);
  const places = await openShardPlaces(dirs, 'merge', process.env);
  try {
    const merged = await mergePlaces(places, waitUs, out ?? null, note);
    const exit = await print(merged, json ? 'json' : quiet ? 'nothing' : 'screen');
    await uploading?.copy(merged.dir, note);
    return exit;
  } finally {
    places.close();
    uploading?.close();
  }
}

async function mergePlaces(
  { dirs, refresh }: ShardPlaces,
  waitUs: Micros | null,
  out: string | null,
  note: (text: string) => void,
): Promise<Merged> {
  const clock = systemClock();
  if (waitUs !== null) {
    const { awaitShards } = await import('../cluster/await-shards.ts');
    const bring = refresh === null ? {} : { refresh: () => refresh({ all: false }) };
    await awaitShards(dirs, waitUs, { clock, note, ...bring });
  }
  await refresh?.({ all: true });
  const { mergeResults } = await import('../cluster/merge-results.ts');
  const report: MergeOptions['report'] = (into, merged) => withReports(into, merged, resultFormatNames, note);
  return mergeResults({ dirs, out, clock, note, report });
}

/** Of a ladder of loads, the capacity that it found. */
async function print({ result, dir }: Merged, form: 'json' | 'nothing' | 'screen'): Promise<number> {
  const where = relative(process.cwd(), dir) || '.';
  const { readLadder } = await import('../capacity/read-ladder.ts');
  const ladder = await readLadder(dir, result);
  if (ladder === null) return printResult(result, where, form);
  const { keepSearch } = await import('../capacity/search-directory.ts');
  keepSearch(dir, ladder);
  return printCapacity(ladder, where, form);
}
