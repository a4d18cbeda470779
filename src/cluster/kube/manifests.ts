import { isUtf8 } from 'node:buffer';
import type { Micros } from '../../core/clock.ts';
import { writtenFiles } from '../../runner/real-targets.ts';
import { endsWithinUs, MERGING_US, shardEnvironment } from '../sharded-run.ts';
import { configFiles, type KubeRun, mounts, namesOf } from './kube-run.ts';
import { filledIn, inMebibytes, labelsOf, metadataOf, podNameVariable, podTemplate } from './pod-template.ts';

/** An object of Kubernetes. */
export type Manifest = { apiVersion: string; kind: string; metadata: object } & Record<string, unknown>;

const GIB = 1024 ** 3;
/** What a shard leaves: its journals, reports and traces of at most some hundred devices. */
const RESULT_BYTES = GIB / 8;
/** After SIGTERM a shard drains, waits this long at most for arrivals, and writes its results. */
const LAST_ARRIVALS_US = 5_000_000;
const WRITING_US = 30_000_000;
/** Copies them, where they go into a bucket. */
const COPYING_US = 60_000_000;

/** Everything that a run needs besides its Secret, in the order in which it is made. Pure. */
export function manifestsOf(run: KubeRun): Manifest[] {
  const claim = 'claim' in run.results && run.results.claim === null ? [volumeClaim(run)] : [];
  return [configMap(run), ...claim, shardJob(run), mergeJob(run)];
}

function configMap(run: KubeRun): Manifest {
  const data: Record<string, string> = {};
  const binary: Record<string, string> = {};
  for (const { key, bytes } of configFiles(run.bundle)) {
    if (isUtf8(bytes)) data[key] = Buffer.from(bytes).toString('utf8');
    else binary[key] = Buffer.from(bytes).toString('base64');
  }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf(run, namesOf(run).config, 'scenario'),
    immutable: true,
    data,
    ...(Object.keys(binary).length === 0 ? {} : { binaryData: binary }),
  };
}

function volumeClaim(run: KubeRun): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadataOf(run, namesOf(run).claim as string, 'results'),
    spec: {
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: `${Math.max(1, Math.ceil(resultBytes(run) / GIB))}Gi` } },
    },
  };
}

/** What all shards write: results, and the events themselves where they go into files. */
function resultBytes({ plan, shards, eventBytes, runId }: KubeRun): number {
  const written = Object.values(writtenFiles(plan, mounts.results, 1, runId));
  const inFiles = written.some((path) => !path.startsWith('s3://'));
  return shards * RESULT_BYTES + (inFiles ? eventBytes : 0);
}

function shardJob(run: KubeRun): Manifest {
  const { plan, shards, bundle, flags, needs, runId } = run;
  const size = { cpu: inCores(needs.cores), memory: inMebibytes(needs.memoryBytes) };
  const container = {
    name: 'iotload',
    args: [
      'run',
      `${mounts.scenario}/${bundle.scenario}`,
      ...flags,
      '--workers',
      `${needs.workers}`,
      '--out',
      `${mounts.results}/${runId}/shards/${filledIn.index}`,
      // A pod that is there twice is an attempt of its own.
      ...uploading(run, `shards/${filledIn.index}/${filledIn.pod}`),
      '--progress',
      'plain',
    ],
    env: [
      ...plainEnvironment(shardEnvironment(run)),
      ...(copies(run) ? [podNameVariable] : []),
      ...secretEnvironment(run, run.variables),
      ...storeEnvironment(run),
    ],
    resources: { requests: size, limits: size },
    graceSeconds: inSeconds(plan.run.drainUs + LAST_ARRIVALS_US + endingUs(run)),
    trusted: true,
    resultBytes: resultBytes(run) / shards,
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadataOf(run, run.name, 'shard'),
    spec: {
      completions: shards,
      parallelism: shards,
      completionMode: 'Indexed',
      // A shard that starts anew would send a part of the run twice.
      backoffLimitPerIndex: 0,
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: inSeconds(endsWithinUs(run)),
      template: podTemplate(run, 'shard', container, {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: labelsOf(run, 'shard') },
          },
        ],
      }),
    },
  };
}

/** It is there from the start and waits for the results, not for the pods: these fail as well where a shard's own verdict does. */
function mergeJob(run: KubeRun): Manifest {
  const { runId, needs } = run;
  const waitUs = endsWithinUs(run);
  const memory = inMebibytes(needs.memoryBytes);
  const container = {
    name: 'iotload',
    args: [
      'merge',
      `${'bucket' in run.results ? run.results.bucket : mounts.results}/${runId}/shards`,
      '--out',
      `${mounts.results}/${runId}/merged`,
      ...uploading(run, 'merged'),
      '--wait',
      `${inSeconds(waitUs)}s`,
    ],
    env: copies(run)
      ? [
          // Copies of what the shards left are made where there is room for them.
          ...plainEnvironment({ TMPDIR: mounts.results }),
          ...secretEnvironment(run, []),
          ...storeEnvironment(run),
        ]
      : [],
    resources: { requests: { cpu: '100m', memory }, limits: { cpu: '1', memory } },
    graceSeconds: inSeconds(endingUs(run)),
    trusted: false,
    resultBytes: 2 * run.shards * RESULT_BYTES,
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadataOf(run, namesOf(run).merge, 'merge'),
    spec: {
      completions: 1,
      parallelism: 1,
      backoffLimit: 0,
      activeDeadlineSeconds: inSeconds(waitUs + MERGING_US),
      template: podTemplate(run, 'merge', container),
    },
  };
}

/** Whether each pod has a volume of its own, and copies what is in it. */
function copies({ results }: KubeRun): boolean {
  return 'bucket' in results;
}

/** The flag that says where results go, `path` behind the run's place in the bucket. */
function uploading({ results, runId }: KubeRun, path: string): string[] {
  return 'bucket' in results ? ['--upload', `${results.bucket}/${runId}/${path}`] : [];
}

/** How long the end of a pod takes once its last event has come. */
function endingUs(run: KubeRun): Micros {
  return WRITING_US + (copies(run) ? COPYING_US : 0);
}

/** Which store the bucket is in. */
function storeEnvironment({ results }: KubeRun): object[] {
  const endpoint = 'bucket' in results ? results.endpoint : null;
  return endpoint === null ? [] : plainEnvironment({ AWS_ENDPOINT_URL_S3: endpoint });
}

function plainEnvironment(variables: Readonly<Record<string, string>>): object[] {
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

/** References to the Secret, never a value, for these variables and credentials of AWS. */
function secretEnvironment({ secret, aws }: KubeRun, variables: KubeRun['variables']): object[] {
  const refer = (name: string, optional: boolean): object => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key: name, ...(optional ? { optional } : {}) } },
  });
  const own = variables.map(({ name, optional }) => refer(name, optional));
  if (aws === null) return own;
  const known = new Set(variables.map(({ name }) => name));
  const credentials = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
  return [
    ...own,
    ...credentials.filter((name) => !known.has(name)).map((name) => refer(name, true)),
    ...(aws.region === null || known.has('AWS_REGION') ? [] : [{ name: 'AWS_REGION', value: aws.region }]),
  ];
}

function inSeconds(us: Micros): number {
  return Math.ceil(us / 1e6);
}

/** Whole cores as a number, anything else in thousandths. */
export function inCores(cores: number): string {
  return Number.isInteger(cores) ? `${cores}` : `${Math.ceil(cores * 1000)}m`;
}
