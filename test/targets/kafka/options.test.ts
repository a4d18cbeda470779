import { describe, expect, it } from 'vitest';
import { kafka } from '../../../src/targets/kafka/index.ts';
import { optionsSchema } from '../../../src/targets/kafka/options.ts';

const options = (block: object) => optionsSchema.parse({ endpoint: 'k1:9092', ...block });
const traits = (block: object) => kafka.traits(options(block));

describe('options of a Kafka target', () => {
  it('have defaults that lose nothing', () => {
    expect(options({})).toMatchObject({
      endpoint: 'k1:9092',
      topic: 'iotload-<scenario>-<run>',
      key: '<device>',
      create: { partitions: null, replication: null, config: {} },
      acks: -1,
      idempotent: true,
      compression: 'none',
      lingerUs: 5_000,
      batchBytes: 262_144,
      maxInFlight: 5,
      timeoutUs: 30_000_000,
      isolation: 'read_committed',
      readers: 1,
      auth: null,
      tls: null,
    });
  });

  it('create a topic only where it is the default or they say so', () => {
    expect(options({ topic: 'meters' }).create).toBeNull();
    expect(options({ topic: 'meters', create: {} }).create).toEqual({
      partitions: null,
      replication: null,
      config: {},
    });
    expect(options({ create: null }).create).not.toBeNull();
    expect(
      options({ create: { partitions: '1k', replication: 3, config: { 'min.insync.replicas': 2 } } }).create,
    ).toEqual({ partitions: 1000, replication: 3, config: { 'min.insync.replicas': '2' } });
  });

  it.each([
    [{ acks: 0 }, { acks: 0, idempotent: false }],
    [{ acks: 1 }, { acks: 1, idempotent: false }],
    [
      { idempotent: false, max_in_flight: 50 },
      { acks: -1, idempotent: false, maxInFlight: 50 },
    ],
    [{ tls: true }, { tls: { alpn: [] } }],
    [{ tls: { ca: 'ca.pem', alpn: 'kafka' } }, { tls: { ca: 'ca.pem', alpn: ['kafka'] } }],
    [{ auth: { username: 'me', password: '${P}' } }, { auth: { kind: 'plain', username: 'me', password: '${P}' } }],
    [{ auth: { kind: 'oauthbearer', token: '${T}' } }, { auth: { kind: 'oauthbearer', token: '${T}' } }],
  ])('%j', (block, expected) => {
    expect(options(block)).toMatchObject(expected);
  });
});

describe('traits of a Kafka target', () => {
  it('promise order only where a repeated request cannot overtake', () => {
    expect(traits({}).ordered).toBe(true);
    expect(traits({ idempotent: false }).ordered).toBe(false);
    expect(traits({ acks: 1, max_in_flight: 1 }).ordered).toBe(true);
  });

  it('name every broker for the safety rail, and none for the embedded one', () => {
    expect(traits({ endpoint: 'kafka://k1:9092,[::1]:9093' }).hosts).toEqual(['k1:9092', '[::1]:9093']);
    expect(traits({ endpoint: 'embedded' }).hosts).toEqual([]);
  });

  it('acknowledge unless acks is 0', () => {
    expect(traits({ acks: 1 }).acknowledges).toBe(true);
    expect(traits({ acks: 0 }).acknowledges).toBe(false);
  });
});
