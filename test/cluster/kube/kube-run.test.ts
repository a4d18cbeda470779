import { describe, expect, it } from 'vitest';
import type { ScenarioBundle } from '../../../src/cluster/bundle/scenario-bundle.ts';
import { awsOf, configFiles, secretFiles } from '../../../src/cluster/kube/kube-run.ts';
import { planned } from '../../plan/request.ts';
import { meters } from '../a-run.ts';

describe('the files of a bundle', () => {
  const file = (path: string, secret = false) => ({ path, bytes: Buffer.from(path), secret, source: path });
  const bundle = (...files: ReturnType<typeof file>[]): ScenarioBundle => ({
    scenario: 'load/my.yaml',
    text: 'iotload: 1\n',
    files,
    variables: [],
  });
  const keysOf = (files: { key: string; path: string }[]) => files.map(({ key, path }) => [path, key]);

  it('are the scenario and what anybody may read here, secrets there', () => {
    const mixed = bundle(file('a.csv'), file('keys/a', true));
    expect(keysOf(configFiles(mixed))).toEqual([
      ['load/my.yaml', 'load_my.yaml'],
      ['a.csv', 'a.csv'],
    ]);
    expect(Buffer.from(configFiles(mixed)[0]?.bytes ?? []).toString()).toBe('iotload: 1\n');
    expect(keysOf(secretFiles(mixed))).toEqual([['keys/a', 'keys_a']]);
  });

  it('have keys that Kubernetes takes, each another one', () => {
    const long = 'd/'.repeat(150);
    const paths = ['a/b', 'a_b', 'a b', '2-a_b', 'ü.csv', `${long}1`, `${long}2`];
    const keys = configFiles(bundle(...paths.map((path) => file(path)))).map(({ key }) => key);
    expect(keys.slice(1, 5)).toEqual(['a_b', '2-a_b', '3-a_b', '2-2-a_b']);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[-._a-zA-Z0-9]{1,253}$/);
  });
});

describe('awsOf', () => {
  it.each<[string, string, object | null]>([
    ['Kinesis', 'protocol: kinesis, endpoint: aws, region: eu-central-1, stream: s', { region: 'eu-west-1' }],
    [
      'files in a bucket',
      'protocol: file, path: "s3://bucket/events.jsonl", region: eu-central-1',
      { region: 'eu-west-1' },
    ],
    ['files', 'protocol: file, path: events.jsonl', null],
    ['MQTT', 'protocol: mqtt, endpoint: "mqtt://b.example.com"', null],
  ])('%s', async (_, target, aws) => {
    const { plan } = await planned({ text: meters({ target }), env: { AWS_REGION: 'eu-west-1' } });
    expect(awsOf(plan, { claim: null }, { AWS_REGION: 'eu-west-1' })).toEqual(aws);
    const bucket = { bucket: 's3://lake', endpoint: null };
    expect(awsOf(plan, bucket, { AWS_REGION: 'eu-west-1' })).toEqual({ region: 'eu-west-1' });
  });

  it('has no region where none is set', async () => {
    const target = 'protocol: kinesis, endpoint: aws, region: eu-central-1, stream: s';
    const { plan } = await planned({ text: meters({ target }) });
    expect(awsOf(plan, { claim: null }, { AWS_REGION: '' })).toEqual({ region: null });
  });
});
