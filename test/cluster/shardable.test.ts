import { describe, expect, it } from 'vitest';
import { loopbackTargets, requireCommonTargets, requirePods } from '../../src/cluster/shardable.ts';
import { fixture, planned } from '../plan/request.ts';
import { meters } from './a-run.ts';

const planOf = async (target: string) => (await planned({ text: meters({ target }) })).plan;

describe('requireCommonTargets', () => {
  it('refuses brokers and bridges that a run brings along', async () => {
    const embedded = await planOf('protocol: mqtt, endpoint: embedded');
    expect(() => requireCommonTargets(embedded)).toThrow('an embedded broker of its own');
    const { plan } = await planned({ ...fixture('bridge-embedded.yaml') });
    const targets = plan.targets.map((target) => ({ ...target, options: { ...target.options, endpoint: 'x' } }));
    expect(() => requireCommonTargets({ ...plan, targets })).toThrow('each shard would bring a bridge along');
  });

  it('has nothing against a broker of this machine, and tells it', async () => {
    const near = await planOf('protocol: mqtt, endpoint: "mqtt://127.0.0.1:1883"');
    requireCommonTargets(near);
    expect(loopbackTargets(near).map(({ target, host }) => [target.name, host])).toEqual([
      ['target', '127.0.0.1:1883'],
    ]);
    expect(loopbackTargets(await planOf('protocol: mqtt, endpoint: "mqtt://b.example.com"'))).toEqual([]);
  });
});

describe('requirePods', () => {
  it('takes what pods reach', async () => {
    requirePods(await planOf('protocol: mqtt, endpoint: "mqtt://b.example.com"'));
    requirePods(await planOf('protocol: file, path: events.jsonl'));
  });

  it.each([
    ['protocol: mqtt, endpoint: embedded', 'an embedded broker of its own'],
    ['protocol: kafka, endpoint: "localhost:9092", topic: t', 'localhost:9092 is each pod itself'],
    ['protocol: file, path: /var/events.jsonl', 'a pod cannot write to /var/events.jsonl'],
    [
      'protocol: kinesis, endpoint: aws, region: eu-central-1, stream: s, auth: { kind: aws, profile: me }',
      'no file of credentials',
    ],
  ])('refuses { %s }', async (target, message) => {
    const plan = await planOf(target);
    expect(() => requirePods(plan)).toThrow(message);
  });
});
