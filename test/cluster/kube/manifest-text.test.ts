import { expect, it } from 'vitest';
import { manifestText } from '../../../src/cluster/kube/manifest-text.ts';
import { folders, kubeRun, meters } from '../a-run.ts';

const folderOf = folders();
const DEVICES = 'device,password,cert,key\nmeters-0,hunter2,../certs/a.pem,../certs/a.key\n';

/** The comment before the manifests. */
const introduction = (text: string): string[] =>
  text
    .slice(0, text.indexOf('---\n'))
    .split('\n')
    .map((line) => line.replace(/^# ?/, ''));

it('says what it is and what to do with it', async () => {
  const run = await kubeRun({ text: meters() });
  expect(introduction(manifestText(run))).toEqual([
    `iotload 1.2.3: Meters to lake, run r1 of plan ${run.digest.slice(0, 16)}`,
    '4 pods, each: CPU 1, memory 320 MiB, 1 worker thread',
    'all send from 2026-01-31T12:05:00.000Z on, for 1m',
    'meters-r1-results needs a storage class that offers ReadWriteMany; --results pvc:NAME takes a claim that is there, --results s3://bucket/prefix needs none',
    '1. before 2026-01-31T12:05:00.000Z, early enough for every pod to be up by then:',
    '     kubectl apply --server-side -f THIS_FILE',
    '2. the verdict, which is the exit code of this Job too:',
    '     kubectl logs --follow job/meters-r1-merge',
    '3. everything away again:',
    '     kubectl delete -f THIS_FILE',
    '',
  ]);
});

it('makes the Secret first, of what has no default and of files, in the namespace', async () => {
  const target =
    'protocol: mqtt, endpoint: "mqtts://b.example.com", connections: per_device, auth: { devices: "my keys/all.csv" }';
  const folder = folderOf({ 'my keys/all.csv': DEVICES, 'certs/a.pem': 'cert', 'certs/a.key': 'key' });
  const given = { shards: 1, results: { claim: 'shared' }, namespace: 'load' };
  const run = await kubeRun({ text: meters({ target }), folder }, given);
  const needs = { workers: 2, cores: 0.5, memoryBytes: 1024 ** 3 };
  const files = run.bundle.files.map((file) => ({ ...file, source: file.path }));
  const variables = [
    { name: 'PASSWORD', optional: false },
    { name: 'REGION', optional: true },
  ];
  const said = introduction(manifestText({ ...run, needs, variables, bundle: { ...run.bundle, files } }));
  expect(said[1]).toBe('1 pod, each: CPU 500m, memory 1 GiB, 2 worker threads');
  expect(said).not.toContainEqual(expect.stringContaining('ReadWriteMany'));
  expect(said.slice(3, 5)).toEqual([
    '1. the Secret, once, from your own variables and files:',
    `     kubectl --namespace load create secret generic meters --from-literal=PASSWORD="$PASSWORD" --from-file=my_keys_all.csv='my keys/all.csv' --from-file=certs_a.key=certs/a.key`,
  ]);
});

it.each([
  [null, 's3://lake/runs/r1'],
  ['http://minio:9000', 's3://lake/runs/r1 at http://minio:9000'],
])(
  'says where results go that do not stay in the cluster, and whose credentials they need',
  async (endpoint, place) => {
    const run = await kubeRun({ text: meters() }, { results: { bucket: 's3://lake/runs', endpoint } });
    expect(introduction(manifestText(run)).slice(3, 5)).toEqual([
      `the results go to ${place}, the merged ones to merged below it`,
      'credentials of AWS: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the Secret meters, or a role of --service-account',
    ]);
  },
);
