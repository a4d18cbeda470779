import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { KubeRun } from '../../../src/cluster/kube/kube-run.ts';
import { manifestText } from '../../../src/cluster/kube/manifest-text.ts';
import { type Manifest, manifestsOf } from '../../../src/cluster/kube/manifests.ts';
import type { PlanRequest } from '../../../src/plan/load-plan.ts';
import { folders, kubeRun, meters } from '../a-run.ts';
import { kubernetesSchema } from './kubernetes-schema.ts';

const folderOf = folders();
// What plugins brought into the registries goes with the modules: other files get them anew.
afterAll(() => vi.resetModules());
const SECRET = 'hunter2';
const KEY = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
const DEVICES = 'device,password,cert,key\nmeters-0,hunter2,../certs/a.pem,../certs/a.key\n';

/** Every kind of scenario that there is, as its request and what a user gives besides. */
const kinds: Record<string, () => [Partial<PlanRequest> & { text: string }, Partial<KubeRun>?]> = {
  plain: () => [{ text: meters() }],
  'a single pod': () => [{ text: meters() }, { shards: 1 }],
  'a claim, a namespace, a service account': () => [
    { text: meters() },
    { results: { claim: 'shared' }, namespace: 'load', serviceAccount: 'sender' },
  ],
  'results in a bucket': () => [{ text: meters() }, { results: { bucket: 's3://lake/runs', endpoint: null } }],
  'flags that YAML 1.1 takes for something else': () => [
    { text: meters() },
    { flags: ['--label', 'no', '--set', 'description=$(HOME) on', '--seed', '0o17', '--count', '12:30'] },
  ],
  'certificates and secrets': () => [
    {
      text: meters({
        target:
          'protocol: mqtt, endpoint: "mqtts://b.example.com", tls: { ca: ca.pem, cert: certs/a.pem, key: certs/a.key }, auth: { username: me, password: "${PASSWORD}" }',
      }),
      folder: folderOf({ 'ca.pem': 'ca', 'certs/a.pem': 'cert', 'certs/a.key': KEY }),
      env: { PASSWORD: SECRET },
    },
  ],
  'credentials of each device': () => [
    {
      text: meters({
        target:
          'protocol: mqtt, endpoint: "mqtts://b.example.com", connections: per_device, auth: { devices: keys/all.csv }',
      }),
      folder: folderOf({ 'keys/all.csv': DEVICES, 'certs/a.pem': 'cert', 'certs/a.key': KEY }),
    },
  ],
  kafka: () => [
    {
      text: meters({
        target:
          'protocol: kafka, endpoint: "k.example.com:9093", topic: meters, tls: true, auth: { kind: plain, username: me, password: "${PASSWORD}" }',
      }),
      env: { PASSWORD: SECRET },
    },
  ],
  kinesis: () => [
    {
      text: meters({ target: 'protocol: kinesis, endpoint: aws, region: eu-central-1, stream: meters' }),
      env: { AWS_REGION: 'eu-central-1' },
    },
  ],
  files: () => [{ text: meters({ target: 'protocol: file, path: events.jsonl' }) }],
  'a plugin': () => [
    {
      text: meters({ more: 'plugins: [./own-model.mjs]' }),
      folder: new URL('../../../scenarios/', import.meta.url).pathname,
    },
  ],
};

function read(text: string): Manifest[] {
  return parseAllDocuments(text, { version: '1.1' })
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

interface Pod {
  spec: Record<string, unknown> & {
    securityContext: object;
    containers: {
      env: { name: string; value?: string }[];
      args: string[];
      resources: object;
      securityContext: object;
    }[];
    volumes: Record<string, unknown>[];
  };
}

/** What a Job or a claim asks for. */
function specOf<Spec>(manifest: Manifest | undefined): Spec {
  return manifest?.['spec'] as Spec;
}

function jobs(manifests: readonly Manifest[]): { spec: Record<string, unknown> & { template: Pod } }[] {
  return manifests.filter(({ kind }) => kind === 'Job') as never;
}

describe.each(Object.keys(kinds))('the manifests of %s', (name) => {
  let composed: Promise<KubeRun> | undefined;
  const run = (): Promise<KubeRun> => {
    composed ??= kubeRun(...(kinds[name] as (typeof kinds)[string])());
    return composed;
  };

  it.each(['1.29', '1.37'])('are what Kubernetes %s takes, and nothing else', async (version) => {
    const { problems } = kubernetesSchema(version);
    expect(read(manifestText(await run())).flatMap(problems)).toEqual([]);
  });

  it('are as strict as a namespace can ask for', async () => {
    const manifests = read(manifestText(await run()));
    for (const { spec } of jobs(manifests)) {
      const { containers, securityContext, ...pod } = spec.template.spec;
      expect(pod).toMatchObject({ restartPolicy: 'Never', automountServiceAccountToken: false });
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(containers.map((container) => container.securityContext)).toEqual([
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      ]);
      const size = { cpu: expect.stringMatching(/^\d+m?$/), memory: expect.stringMatching(/^\d+Mi$/) };
      expect(containers.map(({ resources }) => resources)).toEqual([{ requests: size, limits: size }]);
      expect(pod.volumes.filter((volume) => 'hostPath' in volume)).toEqual([]);
    }
  });

  it('start as many shards as each of them is told', async () => {
    const made = await run();
    const [shards] = jobs(read(manifestText(made)));
    expect(shards?.spec).toMatchObject({
      completions: made.shards,
      parallelism: made.shards,
      completionMode: 'Indexed',
      backoffLimitPerIndex: 0,
      podReplacementPolicy: 'Failed',
    });
    const { env = [] } = shards?.spec.template.spec.containers[0] ?? {};
    expect(Object.fromEntries(env.map(({ name: variable, value }) => [variable, value]))).toMatchObject({
      IOTLOAD_SHARDS: `${made.shards}`,
      IOTLOAD_RUN_ID: 'r1',
      IOTLOAD_START_AT: '2026-01-31T12:05:00.000Z',
      IOTLOAD_PLAN_DIGEST: made.digest,
    });
  });

  it('hold no secret, and come back from YAML as they went into it', async () => {
    const made = await run();
    const text = manifestText(made);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain('PRIVATE KEY');
    expect(text).not.toContain(Buffer.from(KEY).toString('base64').slice(4, 40));
    expect(read(text)).toEqual(JSON.parse(JSON.stringify(manifestsOf(made))));
  });
});

describe('manifestsOf', () => {
  it('gives every file to the pods where the scenario looks for it, credentials from the Secret', async () => {
    const [request] = (kinds['credentials of each device'] as (typeof kinds)[string])();
    const run = await kubeRun(request);
    const [config, , shards, merge] = manifestsOf(run);
    expect(Object.keys(config?.['data'] as object)).toEqual(['meters.yaml', 'certs_a.pem']);
    const volumesOf = (job: Manifest | undefined) => specOf<{ template: Pod }>(job).template.spec.volumes;
    const items = (volumes: Record<string, unknown>[]) => JSON.stringify(volumes[0]);
    expect(volumesOf(shards)[0]).toMatchObject({
      projected: {
        sources: [
          {
            configMap: {
              items: [
                { key: 'meters.yaml', path: 'meters.yaml' },
                { key: 'certs_a.pem', path: 'certs/a.pem' },
              ],
            },
          },
          {
            secret: {
              name: 'meters',
              items: [
                { key: 'keys_all.csv', path: 'keys/all.csv' },
                { key: 'certs_a.key', path: 'certs/a.key' },
              ],
            },
          },
        ],
      },
    });
    expect(items(volumesOf(merge))).not.toContain('"secret"');
  });

  it('takes a drain and the rest of the run into account', async () => {
    const [, , shards, merge] = manifestsOf(await kubeRun({ text: meters() }));
    const spec = specOf<{ activeDeadlineSeconds: number; template: Pod }>(shards);
    // Five minutes of lead, one of sending, 20 s of drain, 30 s of grace, ten minutes to spare.
    expect(spec.activeDeadlineSeconds).toBe(300 + 60 + 20 + 30 + 600);
    expect(spec.template.spec['terminationGracePeriodSeconds']).toBe(20 + 5 + 30);
    expect(specOf<{ template: Pod }>(merge).template.spec.containers[0]?.args).toContain(
      `${spec.activeDeadlineSeconds}s`,
    );
  });

  it('lets $(…) of a flag stand for itself', async () => {
    const run = await kubeRun({ text: meters() }, { flags: ['--label', 'home=$(HOME)'] });
    const [, , shards] = manifestsOf(run);
    const { args } = specOf<{ template: Pod }>(shards).template.spec.containers[0] ?? { args: [] };
    expect(args).toContain('home=$$(HOME)');
    expect(args).toContain('/results/r1/shards/$(JOB_COMPLETION_INDEX)');
  });

  it('keeps what is no text as bytes, and files apart whose keys would be alike', async () => {
    const target =
      'protocol: mqtt, endpoint: "mqtts://b.example.com", tls: { ca: a/ca.pem, cert: a_ca.pem, key: key.pem }';
    const bytes = Uint8Array.from([0xff, 0xfe, 0]);
    const folder = folderOf({ 'a/ca.pem': bytes, 'a_ca.pem': 'text', 'key.pem': KEY });
    const [config] = manifestsOf(await kubeRun({ text: meters({ target }), folder }));
    expect(config?.['binaryData']).toEqual({ 'a_ca.pem': Buffer.from(bytes).toString('base64') });
    expect(config?.['data']).toMatchObject({ '2-a_ca.pem': 'text' });
  });

  it('refers to credentials of AWS where pods need them, and to each variable once', async () => {
    const variables = [{ name: 'AWS_ACCESS_KEY_ID', optional: false }];
    const env = async (aws: KubeRun['aws'], names: KubeRun['variables']) => {
      const [, , shards] = manifestsOf(await kubeRun({ text: meters() }, { aws, variables: names }));
      const all = specOf<{ template: Pod }>(shards).template.spec.containers[0]?.env ?? [];
      return all.filter(({ name }) => !name.startsWith('IOTLOAD_'));
    };
    const refer = (key: string, more: object = { optional: true }) => ({
      name: key,
      valueFrom: { secretKeyRef: { name: 'meters', key, ...more } },
    });
    const session = [refer('AWS_SECRET_ACCESS_KEY'), refer('AWS_SESSION_TOKEN')];
    expect(await env(null, variables)).toEqual([refer('AWS_ACCESS_KEY_ID', {})]);
    expect(await env({ region: null }, variables)).toEqual([refer('AWS_ACCESS_KEY_ID', {}), ...session]);
    expect(await env({ region: 'eu-west-1' }, [])).toEqual([
      refer('AWS_ACCESS_KEY_ID'),
      ...session,
      { name: 'AWS_REGION', value: 'eu-west-1' },
    ]);
    expect(await env({ region: 'eu-west-1' }, [{ name: 'AWS_REGION', optional: true }])).toEqual([
      refer('AWS_REGION'),
      refer('AWS_ACCESS_KEY_ID'),
      ...session,
    ]);
  });

  it('gives pods whose results go into a bucket a volume of their own, and copies each attempt to a place of its own', async () => {
    const results = { bucket: 's3://lake/runs', endpoint: 'http://minio:9000' };
    const run = await kubeRun({ text: meters(), env: { AWS_REGION: 'eu-west-1' } }, { results });
    const [config, ...rest] = manifestsOf(run);
    expect([config, ...rest].map((manifest) => manifest?.kind)).toEqual(['ConfigMap', 'Job', 'Job']);
    const [shards, merge] = rest.map((job) => specOf<{ template: Pod }>(job).template.spec);
    expect([shards, merge].map((pod) => pod?.volumes[1])).toEqual([
      { name: 'results', emptyDir: { sizeLimit: '128Mi' } },
      { name: 'results', emptyDir: { sizeLimit: '1024Mi' } },
    ]);
    const place = 's3://lake/runs/r1/shards';
    const behind = (pod: Pod['spec'] | undefined, flag: string): string | undefined => {
      const args = pod?.containers[0]?.args ?? [];
      return args[args.indexOf(flag) + 1];
    };
    expect(behind(shards, '--upload')).toBe(`${place}/$(JOB_COMPLETION_INDEX)/$(POD_NAME)`);
    expect([behind(merge, 'merge'), behind(merge, '--upload')]).toEqual([place, 's3://lake/runs/r1/merged']);
    for (const pod of [shards, merge]) {
      const names = (pod?.containers[0]?.env ?? []).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['AWS_ACCESS_KEY_ID', 'AWS_REGION', 'AWS_ENDPOINT_URL_S3']));
    }
    expect(shards?.['terminationGracePeriodSeconds']).toBe(20 + 5 + 30 + 60);
  });

  it('gives the merge no secret of the scenario', async () => {
    const variables = [{ name: 'PASSWORD', optional: false }];
    const results = { bucket: 's3://lake/runs', endpoint: null };
    const [, , merge] = manifestsOf(await kubeRun({ text: meters() }, { results, variables }));
    expect(JSON.stringify(merge)).not.toContain('PASSWORD');
  });

  it('makes room for events that go into files', async () => {
    const size = async (target: string): Promise<string> => {
      const [, claim] = manifestsOf(await kubeRun({ text: meters({ target }), duration: '1h' }));
      return specOf<{ resources: { requests: { storage: string } } }>(claim).resources.requests.storage;
    };
    expect(await size('protocol: mqtt, endpoint: "mqtt://b.example.com"')).toBe('1Gi');
    expect(await size('protocol: file, path: events.jsonl')).toBe('2Gi');
  });
});

describe('the schemas', () => {
  it.each(['1.29', '1.37'])('of %s refuse what is wrong', async (version) => {
    const { problems } = kubernetesSchema(version);
    const [, , job] = manifestsOf(await kubeRun({ text: meters() }));
    const spoil = (change: (spec: Record<string, unknown> & { template: Pod }) => void): string[] => {
      const spoilt = structuredClone(job) as never as { spec: Record<string, unknown> & { template: Pod } };
      change(spoilt.spec);
      return problems(spoilt);
    };
    expect(spoil(() => {})).toEqual([]);
    expect(spoil((spec) => Object.assign(spec, { shards: 4 }))).toEqual(['Job.spec: unknown field shards']);
    expect(spoil((spec) => Object.assign(spec, { completions: '4' }))).toHaveLength(1);
    expect(spoil((spec) => Object.assign(spec.template.spec, { nodes: 1 }))).toEqual([
      'Job.spec.template.spec: unknown field nodes',
    ]);
    expect(spoil((spec) => Object.assign(spec.template.spec.containers[0] ?? {}, { args: [1] }))).toHaveLength(1);
    expect(spoil((spec) => Reflect.deleteProperty(spec, 'template'))).toEqual(['Job.spec: template is missing']);
    expect(problems({ kind: 'Deployment' })).toEqual(['kind: no schema for Deployment']);
  });
});

describe('shipped scenarios', () => {
  const folder = new URL('../../../scenarios/', import.meta.url);
  const scenarios = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

  it.each(scenarios)('%s: the ConfigMap holds what it is read from', async (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const env = { AWS_REGION: 'eu-central-1' };
    const run = await kubeRun({ text, file, folder: folder.pathname, env });
    const [config] = manifestsOf(run);
    const data = { ...(config?.['data'] as Record<string, string>) };
    const { environments: _, ...alone } = parse(text);
    expect(parse(data[file] ?? '')).toEqual(alone);
    expect(read(manifestText(run)).flatMap(kubernetesSchema('1.37').problems)).toEqual([]);
  });
});
