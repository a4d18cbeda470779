import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SlurmRun, slurmScript } from '../../../src/cluster/slurm/slurm-script.ts';
import { folders, kubeRun, meters } from '../a-run.ts';

const folderOf = folders();

/** Notes how it was called and what it was given, and is the job 41, then 42. */
const SBATCH = `#!/bin/sh
cd "$(dirname "$0")"
job=41
if [ -e 41.sh ]; then job=42; fi
printf '%s\\n' "$@" >$job.args
cat >$job.sh
env | grep ^IOTLOAD_ >$job.env
echo "$job;cluster"
`;

async function slurmRun(dir: string, more: Partial<SlurmRun> = {}): Promise<SlurmRun> {
  const run = await kubeRun({ text: meters() });
  return {
    ...run,
    name: 'meters-r1',
    program: ['/opt/node js/node', '/opt/iotload.js'],
    scenario: '/home/me/my meters.yaml',
    results: join(dir, 'my results'),
    ...more,
  };
}

/** Runs a script with a Slurm that only notes what it is asked for. */
function submit(dir: string, script: string, env: Record<string, string> = {}): string {
  chmodSync(join(dir, 'bin/sbatch'), 0o755);
  const path = [join(dir, 'bin'), process.env['PATH']].join(delimiter);
  return execFileSync('sh', ['-c', script], { encoding: 'utf8', env: { PATH: path, ...env }, stdio: 'pipe' });
}

describe('slurmScript', () => {
  it('submits an array of shards, and a merge behind all of them', async () => {
    const dir = folderOf({ 'bin/sbatch': SBATCH });
    const run = await slurmRun(dir, { flags: ['--set', "description=it's $HOME"] });
    const said = submit(dir, slurmScript(run));
    expect(said).toBe(`shards: job 41, merge: job 42, results: ${run.results}\n`);
    expect(existsSync(run.results)).toBe(true);
    const noted = (name: string): string => readFileSync(join(dir, 'bin', name), 'utf8');
    expect(noted('41.args').split('\n')).toEqual([
      '--parsable',
      '--export=ALL',
      '--no-requeue',
      '--ntasks=1',
      '--job-name=meters-r1',
      '--array=0-3',
      '--cpus-per-task=1',
      '--mem=320M',
      '--time=17',
      `--output=${run.results}/shard-%a.log`,
      '',
    ]);
    expect(noted('41.env').split('\n').sort()).toEqual([
      '',
      `IOTLOAD_PLAN_DIGEST=${run.digest}`,
      'IOTLOAD_RUN_ID=r1',
      'IOTLOAD_SHARDS=4',
      'IOTLOAD_START_AT=2026-01-31T12:05:00.000Z',
    ]);
    expect(noted('41.sh')).toBe(`#!/bin/sh
exec '/opt/node js/node' /opt/iotload.js run '/home/me/my meters.yaml' --set 'description=it'\\''s $HOME' --workers 1 --progress plain --out '${run.results}/shards'/"$SLURM_ARRAY_TASK_ID"
`);
    expect(noted('42.args')).toContain('--dependency=afterany:41\n');
    expect(noted('42.sh')).toBe(`#!/bin/sh
exec '/opt/node js/node' /opt/iotload.js merge '${run.results}/shards' --out '${run.results}/merged'
`);
  });

  it('asks for the variables that the scenario reads before anything is submitted, and holds none', async () => {
    const dir = folderOf({ 'bin/sbatch': SBATCH });
    const variables = [
      { name: 'PASSWORD', optional: false },
      { name: 'REGION', optional: true },
    ];
    const script = slurmScript(await slurmRun(dir, { variables }));
    expect(() => submit(dir, script)).toThrow('PASSWORD: the scenario reads it');
    expect(existsSync(join(dir, 'bin/41.sh'))).toBe(false);
    submit(dir, script, { PASSWORD: 'hunter2' });
    expect(existsSync(join(dir, 'bin/42.sh'))).toBe(true);
  });

  it('lets no name of a scenario out of its comment', async () => {
    const dir = folderOf({ 'bin/sbatch': SBATCH });
    const run = await slurmRun(dir);
    const script = slurmScript({ ...run, plan: { ...run.plan, name: 'a\nexit 7\n' } });
    expect(submit(dir, script)).toContain('merge: job 42');
  });
});
