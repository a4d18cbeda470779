import { stringify } from 'yaml';
import { shellWord } from '../../core/shell-word.ts';
import { formatDuration } from '../../core/units.ts';
import { planLengthUs } from '../../plan/plan-length.ts';
import { shardEnvironment, sizeText } from '../sharded-run.ts';
import { type KubeRun, namesOf, secretFiles } from './kube-run.ts';
import { inCores, manifestsOf } from './manifests.ts';

/** As whoever reads YAML 1.1 understands it too, to whom `no` is a boolean: most tools of Kubernetes do. */
const writing = { schema: 'yaml-1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;

/** The manifests of a run as YAML, and before them what to do with them. Pure. */
export function manifestText(run: KubeRun): string {
  const documents = manifestsOf(run).map((manifest) => stringify(manifest, writing));
  const comment = introduction(run)
    .flatMap((line) => line.split('\n'))
    .map((line) => `# ${line}`.trimEnd());
  return [`${comment.join('\n')}\n`, ...documents].join('---\n');
}

function introduction(run: KubeRun): string[] {
  const { plan, shards, needs, version, runId, digest } = run;
  const start = shardEnvironment(run)['IOTLOAD_START_AT'];
  const { merge } = namesOf(run);
  const secret = secretCommand(run);
  const steps = [
    ...(secret === null ? [] : [['the Secret, once, from your own variables and files:', secret]]),
    // Applied by the client, a ConfigMap would have to fit into an annotation of 256 KiB too.
    [`before ${start}, early enough for every pod to be up by then:`, 'kubectl apply --server-side -f THIS_FILE'],
    ['the verdict, which is the exit code of this Job too:', kubectl(run, `logs --follow job/${merge}`)],
    ['everything away again:', `kubectl delete -f THIS_FILE`],
  ];
  return [
    `iotload ${version}: ${plan.name}, run ${runId} of plan ${digest.slice(0, 16)}`,
    `${shards} ${shards === 1 ? 'pod' : 'pods'}, each: ${sizeText(inCores(needs.cores), needs)}`,
    `all send from ${start} on, for ${formatDuration(planLengthUs(plan))}`,
    ...whereResultsGo(run),
    ...(run.aws === null
      ? []
      : [
          `credentials of AWS: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the Secret ${run.secret}, or a role of --service-account`,
        ]),
    ...steps.flatMap(([what, command], i) => [`${i + 1}. ${what}`, `     ${command}`]),
  ];
}

function whereResultsGo(run: KubeRun): string[] {
  const { results, runId } = run;
  if ('bucket' in results) {
    const store = results.endpoint === null ? '' : ` at ${results.endpoint}`;
    return [`the results go to ${results.bucket}/${runId}${store}, the merged ones to merged below it`];
  }
  if (results.claim !== null) return [];
  return [
    `${namesOf(run).claim} needs a storage class that offers ReadWriteMany; --results pvc:NAME takes a claim that is there, --results s3://bucket/prefix needs none`,
  ];
}

/** Makes the Secret; null where nothing has to be in it. A variable whose default was taken may stay away. */
function secretCommand(run: KubeRun): string | null {
  const { variables, bundle, secret } = run;
  const files = secretFiles(bundle);
  const needed = variables.filter(({ optional }) => !optional);
  if (needed.length === 0 && files.length === 0) return null;
  const parts = [
    `create secret generic ${secret}`,
    ...needed.map(({ name }) => `--from-literal=${name}="$${name}"`),
    ...files.map(({ key, source }) => `--from-file=${key}=${shellWord(source)}`),
  ];
  return kubectl(run, parts.join(' '));
}

function kubectl({ namespace }: KubeRun, rest: string): string {
  return `kubectl ${namespace === null ? '' : `--namespace ${namespace} `}${rest}`;
}
