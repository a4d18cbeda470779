import { basename, join, resolve } from 'node:path';
import { systemClock } from '../core/clock.ts';
import { newRunId } from '../core/entropy.ts';
import { IotloadError } from '../core/errors.ts';
import { defineCommand } from './command.ts';
import { exitOfError } from './exit-codes.ts';
import { checkObjectName, parseLimits, parsePodResults, parseStart } from './kube-flags.ts';
import {
  allowedScenario,
  type ScenarioFlags,
  scenarioArguments,
  scenarioFlags,
  wholeNumber,
} from './scenario-flags.ts';
import { checkRunId } from './shard-flags.ts';
import { version } from './version.ts';

interface KubeFlags extends ScenarioFlags {
  shards: string;
  slurm: boolean;
  results: string | undefined;
  name: string | undefined;
  namespace: string | undefined;
  image: string | undefined;
  'service-account': string | undefined;
  serviceAccount: string | undefined;
  runId: string | undefined;
  startIn: string | undefined;
  startAt: string | undefined;
  cpu: string | undefined;
  memory: string | undefined;
}

/** What starting takes at least: pods are scheduled and pull their image, tasks of a cluster that has room are just started. */
const LEAST_LEAD_US = { kube: 60_000_000, slurm: 3_000_000 } as const;

/** `iotload kube`: what starts a run as shards on a cluster, printed. */
export const kubeCommand = defineCommand({
  command: 'kube <scenario>',
  exits: ['0', '2', '6'],
  builder: (parser) =>
    scenarioFlags(parser)
      .option('shards', { type: 'string', demandOption: true, describe: 'how many pods or tasks share the run' })
      .option('slurm', {
        type: 'boolean',
        default: false,
        describe: 'a shell script that submits a Slurm job array instead of Kubernetes manifests',
      })
      .option('results', {
        type: 'string',
        describe:
          'pvc:NAME, a claim that is there (default: one is made), or s3://bucket/prefix; with --slurm a directory (default results/<name>)',
      })
      .option('name', { type: 'string', describe: 'name of the objects (default <scenario>-<run id>)' })
      .option('namespace', { type: 'string', describe: 'namespace of the objects' })
      .option('image', { type: 'string', describe: `image of iotload (default iotload:${version})` })
      .option('service-account', { type: 'string', describe: 'service account of the pods, for roles of AWS' })
      .option('run-id', { type: 'string', describe: 'identity of the run (default: a new one)' })
      .option('start-in', { type: 'string', describe: 'when sending starts, from now (default 5m)' })
      .option('start-at', { type: 'string', describe: 'the same as an ISO instant' })
      .option('cpu', { type: 'string', describe: 'CPU of a shard, e.g. 2 or 500m (default: what the plan needs)' })
      .option('memory', { type: 'string', describe: 'memory of a shard, e.g. 1GiB (default: what the plan needs)' })
      .example('$0 kube my.yaml --shards 8 > run.yaml', 'eight pods, whose results a ninth merges')
      .example('$0 kube my.yaml --shards 64 --results pvc:shared --start-in 10m', 'with a volume that is there')
      .example(
        '$0 kube my.yaml --shards 8 --results s3://lake/runs',
        'with a bucket instead (AWS_ENDPOINT_URL_S3: not of AWS)',
      )
      .example('$0 kube my.yaml --shards 4 --slurm > run.sh', 'a Slurm job array of four tasks'),
  handler: (flags) => kube(flags),
});

async function kube(flags: KubeFlags): Promise<number> {
  const { dnsLabel, MOST_SHARDS } = await import('../cluster/sharded-run.ts');
  const shards = wholeNumber('shards', flags.shards, 1, MOST_SHARDS) as number;
  const runId = flags.runId === undefined ? newRunId() : checkRunId(flags.runId);
  const [start, limits] = [parseStart(flags), parseLimits(flags)];
  const name = flags.name === undefined ? null : checkObjectName('--name', flags.name);
  const given = flags.slurm ? refuseForKubernetes(flags) : kubernetesFlags(flags);
  const planned = await allowedScenario(flags);
  if (planned === null) return exitOfError['bad-scenario'];
  const { plan, request } = planned;

  const { loopbackTargets, requireCommonTargets, requirePods } = await import('../cluster/shardable.ts');
  if (given === null) requireCommonTargets(plan);
  else requirePods(plan);
  const { composeRun } = await import('../cluster/compose-run.ts');
  const leastLeadUs = LEAST_LEAD_US[flags.slurm ? 'slurm' : 'kube'];
  const run = composeRun({ plan, shards, runId, start, leastLeadUs, limits, version, clock: systemClock() });
  const label = dnsLabel(plan.name, 30);
  const named = { ...run, name: name ?? `${label}-${dnsLabel(runId, 20)}` };
  if (given !== null) {
    const { bundlePlan } = await import('../cluster/bundle/bundle-plan.ts');
    const { awsOf } = await import('../cluster/kube/kube-run.ts');
    const { manifestText } = await import('../cluster/kube/manifest-text.ts');
    const bundle = await bundlePlan(plan, request);
    const { variables } = bundle;
    const aws = awsOf(plan, given.results, process.env);
    const flagsOfRun = scenarioArguments(flags);
    process.stdout.write(
      manifestText({ ...named, ...given, flags: flagsOfRun, variables, bundle, secret: label, aws }),
    );
    return 0;
  }
  const { flaggedVariables } = await import('../cluster/bundle/scenario-bundle.ts');
  const { slurmScript } = await import('../cluster/slurm/slurm-script.ts');
  for (const { target, host } of loopbackTargets(plan))
    process.stderr.write(
      `note: ${target.name}: ${host} is another machine on each node: that goes well on one node alone\n`,
    );
  process.stdout.write(
    slurmScript({
      ...named,
      flags: [...environmentArguments(flags), ...scenarioArguments(flags)],
      variables: flaggedVariables({ ...request, environment: flags.env ?? null }),
      program: [process.execPath, resolve(process.argv[1] as string)],
      scenario: resolve(request.folder, basename(request.file)),
      results: resolve(flags.results ?? join('results', named.name)),
    }),
  );
  return 0;
}

/** Where the pods run, and who they are. */
function kubernetesFlags({ results, namespace, image, serviceAccount }: KubeFlags) {
  return {
    results: parsePodResults(results, process.env),
    namespace: namespace === undefined ? null : checkObjectName('--namespace', namespace),
    image: image ?? `iotload:${version}`,
    serviceAccount: serviceAccount === undefined ? null : checkObjectName('--service-account', serviceAccount),
  };
}

function refuseForKubernetes(flags: KubeFlags): null {
  for (const name of ['namespace', 'image', 'service-account'] as const)
    if (flags[name] !== undefined) throw new IotloadError('bad-arguments', 'Slurm knows none', { where: `--${name}` });
  const { results = '' } = flags;
  if (/^(pvc:|s3:\/\/)/.test(results))
    throw new IotloadError('bad-arguments', 'with --slurm it is a directory', { where: '--results', value: results });
  return null;
}

/** Which environment of the file, and the variables, which every node reads from the same files. */
function environmentArguments(flags: KubeFlags): string[] {
  const files = flags['env-file'].flatMap((file) => ['--env-file', resolve(file)]);
  return [...(flags.env === undefined ? [] : ['--env', flags.env]), ...files];
}
