import type { Plan } from '../../plan/plan.ts';
import type { BundledFile, ScenarioBundle } from '../bundle/scenario-bundle.ts';
import type { ShardedRun } from '../sharded-run.ts';

/**
 * Where the pods leave what they have: in a volume that they share, an existing PersistentVolumeClaim or null for one that is made; or each
 * in one of its own, and then copied into a bucket, `s3://bucket/prefix`, of the store at an endpoint, null for AWS.
 */
export type PodResults = { claim: string | null } | { bucket: string; endpoint: string | null };

/** A sharded run on Kubernetes. */
export interface KubeRun extends ShardedRun {
  bundle: ScenarioBundle;
  /** Of the objects, a label of DNS. */
  name: string;
  /** Of the Secret, which the user makes. */
  secret: string;
  /** null: whatever kubectl takes. */
  namespace: string | null;
  image: string;
  /** null: the namespace's own, without its token either way. */
  serviceAccount: string | null;
  results: PodResults;
  /** Bytes of all events, for targets that write them into files. */
  eventBytes: number;
  /** Credentials of AWS may come from the Secret too. */
  aws: { region: string | null } | null;
}

/** Where the pods find things. */
export const mounts = { scenario: '/scenario', results: '/results', tmp: '/tmp' } as const;

/** Names that belong to a run besides its own; no claim where results go into a bucket. */
export function namesOf({ name, results }: Pick<KubeRun, 'name' | 'results'>): {
  config: string;
  claim: string | null;
  merge: string;
} {
  const claim = 'bucket' in results ? null : (results.claim ?? `${name}-results`);
  return { config: `${name}-scenario`, claim, merge: `${name}-merge` };
}

/** A file of the bundle under the name that a ConfigMap or a Secret keeps it by. */
type KeyedFile = BundledFile & { key: string };

/** What the ConfigMap holds: the scenario, and what it reads that is no secret. */
export function configFiles({ scenario, text, files }: ScenarioBundle): KeyedFile[] {
  const own = { path: scenario, bytes: Buffer.from(text), secret: false, source: scenario };
  return keyed([own, ...files.filter(({ secret }) => !secret)]);
}

/** What the Secret holds besides variables. */
export function secretFiles({ files }: ScenarioBundle): KeyedFile[] {
  return keyed(files.filter(({ secret }) => secret));
}

/** The key is the path without slashes; a number tells those apart that this makes alike. */
function keyed(files: readonly BundledFile[]): KeyedFile[] {
  const taken = new Set<string>();
  return files.map((file) => {
    const plain = file.path.replace(/[^-._a-zA-Z0-9]+/g, '_').slice(-200);
    let key = plain;
    for (let twin = 2; taken.has(key); twin++) key = `${twin}-${plain}`;
    taken.add(key);
    return { ...file, key };
  });
}

/** Whether pods need credentials of AWS, and the region that the plan's targets were resolved with; null where they do not. */
export function awsOf(
  { targets }: Plan,
  results: PodResults,
  env: Readonly<Record<string, string | undefined>>,
): KubeRun['aws'] {
  const signs =
    'bucket' in results ||
    targets.some(
      ({ protocol, options: { path } }) =>
        protocol === 'kinesis' || (typeof path === 'string' && path.startsWith('s3://')),
    );
  return signs ? { region: env['AWS_REGION'] || null } : null;
}
