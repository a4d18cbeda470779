import { shellWord } from '../../core/shell-word.ts';
import { formatDuration } from '../../core/units.ts';
import { planLengthUs } from '../../plan/plan-length.ts';
import { endsWithinUs, MERGING_US, type ShardedRun, shardEnvironment, sizeText } from '../sharded-run.ts';

/** A sharded run on a Slurm cluster, whose nodes share a file system. */
export interface SlurmRun extends ShardedRun {
  name: string;
  /** The words that start iotload, on every node. */
  program: readonly string[];
  /** Absolute path of the scenario. */
  scenario: string;
  /** Absolute path of the folder of the run's results. */
  results: string;
}

/**
 * A shell script that submits an array of one task per shard, and a merge that follows when all of them have ended, however they did. Pure.
 * Variables that the scenario reads come from the environment in which it is started: it holds none of them.
 */
export function slurmScript(run: SlurmRun): string {
  const { plan, shards, runId, digest, version, needs, flags, variables, name, results } = run;
  const environment = shardEnvironment(run);
  const start = environment['IOTLOAD_START_AT'];
  const cores = Math.max(1, Math.ceil(needs.cores));
  const mebibytes = Math.ceil(needs.memoryBytes / 1024 ** 2);
  const words = (...parts: readonly string[]): string => parts.map(shellWord).join(' ');
  const submit = (...options: readonly string[]): string =>
    ['sbatch --parsable --export=ALL --no-requeue --ntasks=1', ...options].join(' \\\n  ');
  return `#!/bin/sh
# iotload ${version}: ${oneLine(plan.name)}, run ${runId} of plan ${digest.slice(0, 16)}
# ${shards} tasks, each: ${sizeText(cores, needs)}
# all send from ${start} on, for ${formatDuration(planLengthUs(plan))}: a task that starts later refuses
# Submits the shards and, behind them, their merge: sh THIS_FILE. The verdict stands in merge.log.
set -eu
${variables
  .filter(({ optional }) => !optional)
  .map((variable) => `: "\${${variable.name}:?the scenario reads it}"\n`)
  .join('')}${Object.entries(environment)
  .map(([key, value]) => `export ${key}=${shellWord(value)}\n`)
  .join('')}results=${shellWord(results)}
mkdir -p "$results"
shards=$(${submit(
    `--job-name=${name} --array=0-${shards - 1}`,
    `--cpus-per-task=${cores} --mem=${mebibytes}M --time=${minutesOf(endsWithinUs(run))}`,
    '--output="$results/shard-%a.log"',
  )} <<'SHARD'
#!/bin/sh
exec ${words(...run.program, 'run', run.scenario, ...flags, '--workers', `${needs.workers}`, '--progress', 'plain', '--out')} ${shellWord(`${results}/shards`)}/"$SLURM_ARRAY_TASK_ID"
SHARD
)
merge=$(${submit(
    `--job-name=${name}-merge --dependency="afterany:\${shards%%;*}"`,
    `--cpus-per-task=1 --mem=${mebibytes}M --time=${minutesOf(MERGING_US)}`,
    '--output="$results/merge.log"',
  )} <<'MERGE'
#!/bin/sh
exec ${words(...run.program, 'merge', `${results}/shards`, '--out', `${results}/merged`)}
MERGE
)
echo "shards: job \${shards%%;*}, merge: job \${merge%%;*}, results: $results"
`;
}

function minutesOf(us: number): number {
  return Math.ceil(us / 60e6);
}

/** A comment ends with its line. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
