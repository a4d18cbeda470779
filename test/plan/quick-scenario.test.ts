import { describe, expect, it } from 'vitest';
import { planDrafted } from '../../src/plan/drafted-scenario.ts';
import { type QuickRequest, quickScenario } from '../../src/plan/quick-scenario.ts';

const plan = (request: QuickRequest) =>
  planDrafted(quickScenario(request), 'quick.yaml', { env: { MQTT_PASSWORD: 'x', KAFKA_PASSWORD: 'x' } });

describe('a run without a file', () => {
  it.each([
    ['embedded', 'mqtt', { endpoint: 'embedded', qos: 1 }],
    ['mqtt://127.0.0.1:1883', 'mqtt', { endpoint: 'mqtt://127.0.0.1:1883' }],
    ['mqtts://broker.example.com', 'mqtt', { endpoint: 'mqtts://broker.example.com' }],
    ['mqtt://[::1]:1883', 'mqtt', { endpoint: 'mqtt://[::1]:1883' }],
    ['kafka://127.0.0.1:9092,[::1]:9092', 'kafka', { endpoint: 'kafka://127.0.0.1:9092,[::1]:9092', acks: -1 }],
    ['kafka:embedded', 'kafka', { endpoint: 'embedded', topic: 'iotload-quick-<run>' }],
    ['kinesis://127.0.0.1:4566', 'kinesis', { endpoint: 'http://127.0.0.1:4566', create: { shards: 1 } }],
    ['kinesis:embedded', 'kinesis', { endpoint: 'embedded', stream: 'iotload-quick-<run>' }],
    ['file:some where/out #1.jsonl', 'file', { path: 'some where/out #1.jsonl' }],
    ['discard', 'discard', {}],
  ])('%s is a scenario', async (target, protocol, options) => {
    const { targets, fleets, run } = await plan({ target });
    expect(targets[0]).toMatchObject({ protocol, options });
    expect(fleets[0]).toMatchObject({ devices: 100, slots: 1100 });
    expect(run).toMatchObject({ warmUpUs: 1_000_000, durationUs: 10_000_000 });
  });

  it('takes what flags say', async () => {
    const { targets, fleets, run, seed } = await plan({
      target: 'mqtt://localhost',
      devices: '2k',
      rate: '1k/s',
      duration: '3s',
      seed: '9',
      payload: 'seismograph',
      topic: 'a b/<device>',
      qos: '0',
      connections: 'per_device',
      username: 'me: #1',
    });
    expect(fleets[0]).toMatchObject({ devices: 2000, slots: 4000, address: 'a b/<device>' });
    expect(targets[0]?.options).toMatchObject({ qos: 0, connections: 'per_device', username: 'me: #1' });
    expect(JSON.stringify(targets)).toContain('${MQTT_PASSWORD');
    expect([run.durationUs, seed]).toEqual([3_000_000, 9]);
  });

  it('takes what flags say of Kafka, and creates the topic that they name', async () => {
    const { targets } = await plan({ target: 'kafka://localhost:9092', topic: 'meters', username: 'me' });
    expect(targets[0]?.options).toMatchObject({ topic: 'meters', create: { partitions: null } });
    expect(targets[0]?.options['auth']).toMatchObject({ username: 'me', password: expect.stringContaining('${KAFKA') });
  });

  it('takes what flags say of Kinesis, and makes a stream that the rate fits into', async () => {
    const { targets } = await plan({ target: 'kinesis:embedded', stream: 'meters', rate: '3k/s' });
    expect(targets[0]?.options).toMatchObject({ stream: 'meters', create: { shards: 5 } });
  });

  it.each([
    [{ target: 'kinesis:4566' }, 'TARGET'],
    [{ target: 'kinesis://host:4566/path' }, 'TARGET'],
    [{ target: 'kinesis:embedded', topic: 'a' }, '--topic'],
    [{ target: 'kinesis:embedded', stream: 'a/b' }, '--stream'],
    [{ target: 'kinesis:embedded', rate: 'fast' }, '--rate'],
    [{ target: 'kafka:embedded', stream: 'a' }, '--stream'],
    [{ target: 'kafka:9092' }, 'TARGET'],
    [{ target: 'kafka://localhost' }, 'TARGET'],
    [{ target: 'kafka:embedded', qos: '1' }, '--qos'],
    [{ target: 'kafka:embedded', connections: '3' }, '--connections'],
    [{ target: 'kafka:embedded', topic: 'a/b' }, '--topic'],
    [{ target: 'file:' }, 'TARGET'],
    [{ target: 'mqtt://host/path' }, 'TARGET'],
    [{ target: 'embedded', rate: '5' }, '--rate'],
    [{ target: 'embedded', duration: 'long' }, '--duration'],
    [{ target: 'embedded', devices: '-1' }, '--devices'],
    [{ target: 'embedded', model: 'phone' }, '--model'],
    [{ target: 'embedded', payload: 'nothing' }, '--payload'],
    [{ target: 'embedded', topic: 'a/#' }, '--topic'],
    [{ target: 'embedded', qos: '7' }, '--qos'],
    [{ target: 'embedded', seed: 'x' }, '--seed'],
    [{ target: 'discard', topic: 'a' }, '--topic'],
    [{ target: 'file:x', qos: '1' }, '--qos'],
  ])('%j is refused at its flag', async (request, where) => {
    await expect((async () => plan(request))()).rejects.toMatchObject({ code: 'bad-arguments', where });
  });
});
