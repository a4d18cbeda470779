import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { inScratch } from './in-scratch.ts';

const space = inScratch();

const SCENARIO = `iotload: 1
run: { duration: 10s }
fleets: { meters: { model: environment-sensor, devices: 100, every: 1s, payload: readings } }
target: { protocol: mqtt, endpoint: "mqtts://broker.example.com", tls: { ca: certs/ca.pem }, auth: { username: me, password: "\${PASSWORD:-}" } }
environments:
  embedded: { target: { endpoint: embedded, tls: null } }
  near: { target: { endpoint: "mqtts://127.0.0.1" } }
  small: { fleets: { meters: { devices: 10 } } }
`;

function write(path: string, text: string): void {
  mkdirSync(dirname(space.path(path)), { recursive: true });
  writeFileSync(space.path(path), text);
}

function scenario(): void {
  write('load/my.yaml', SCENARIO);
  write('load/certs/ca.pem', 'ca');
}

it('kube prints what its pods read as the same plan', async () => {
  scenario();
  const flags = ['--env', 'small', '--set', 'run.drain=1s', '--seed', '7'];
  const { code, stdout, stderr } = await space.asked('kube', 'load/my.yaml', '--shards', '3', ...flags);
  expect([code, stderr]).toEqual([0, '']);
  const [config, claim, job, merge] = parseAllDocuments(stdout).map((document) => document.toJS());
  expect([config.kind, claim.kind, job.kind, merge.kind]).toEqual(['ConfigMap', 'PersistentVolumeClaim', 'Job', 'Job']);
  const [container] = job.spec.template.spec.containers;
  for (const { configMap } of job.spec.template.spec.volumes[0].projected.sources)
    for (const { key, path } of configMap.items) write(`scenario/${path}`, config.data[key]);
  const [verb, path, ...rest] = container.args;
  expect([verb, path]).toEqual(['run', '/scenario/my.yaml']);
  const own = rest.slice(0, rest.indexOf('--workers'));
  const planned = await space.asked('plan', 'scenario/my.yaml', ...own, '--json');
  expect(container.env).toContainEqual({ name: 'IOTLOAD_PLAN_DIGEST', value: JSON.parse(planned.stdout).digest });
});

it.each<[string, string[], number, string]>([
  ['an embedded broker', ['--env', 'embedded'], 2, 'each shard would have an embedded broker of its own'],
  ['this machine', ['--env', 'near'], 2, '127.0.0.1:8883 is each pod itself'],
  ['a start that is too soon', ['--start-in', '10s'], 2, 'need 1m'],
  ['a place that is none', ['--results', 'gs://bucket/x'], 2, 'expected pvc:NAME or s3://bucket/prefix'],
  ['what the safety rail refuses', ['--set', 'target.endpoint=mqtts://b.example.com'], 6, 'is not allowed'],
  ['no shard', ['--shards', '0'], 2, 'expected a whole number from 1'],
  ['a namespace of Slurm', ['--slurm', '--namespace', 'a'], 2, 'Slurm knows none'],
])('kube refuses %s', async (_, flags, exit, message) => {
  scenario();
  const shards = flags.includes('--shards') ? [] : ['--shards', '3'];
  const { code, stdout, stderr } = await space.asked('kube', 'load/my.yaml', ...shards, ...flags);
  expect([code, stdout]).toEqual([exit, '']);
  expect(stderr).toContain(message);
});

it('kube --slurm prints a script, and says what goes well on one node alone', async () => {
  scenario();
  const { code, stdout, stderr } = await space.asked(
    'kube',
    'load/my.yaml',
    '--shards',
    '3',
    '--slurm',
    '--env',
    'near',
  );
  expect([code, stderr]).toEqual([
    0,
    'note: target: 127.0.0.1:8883 is another machine on each node: that goes well on one node alone\n',
  ]);
  expect(stdout).toContain(`run ${space.path('load/my.yaml')} --env near `);
});

it('run --plan-digest refuses any other plan', async () => {
  scenario();
  const { code, stderr } = await space.asked('run', 'load/my.yaml', '--plan-digest', '0123456789abcdef');
  expect(code).toBe(2);
  expect(stderr).toContain('the plan is another one');
});
