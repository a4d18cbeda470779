import { describe, expect, it } from 'vitest';
import type { ClusterMetadata, KafkaCluster, PartitionState } from '../../../src/targets/kafka/cluster.ts';
import type { NewTopic, TopicAdmin } from '../../../src/targets/kafka/open-cluster.ts';
import { type ReadyTopic, readyTopic } from '../../../src/targets/kafka/topic.ts';
import { ErrorCode } from '../../../src/wire/kafka/error-codes.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { clusterOptions } from './cluster-context.ts';

const brokers = [1, 2, 3].map((id) => ({ id, host: `k${id}`, port: 9092 }));

/** Brokers that create topics when they are told to, and whose partitions get their leaders after a while. */
class Brokers implements KafkaCluster, TopicAdmin {
  readonly topics = new Map<string, PartitionState[]>();
  readonly asked: NewTopic[] = [];
  /** Codes to answer with instead. */
  refusals: number[] = [];
  looksUntilLed = 0;

  async metadata(names: readonly string[]): Promise<ClusterMetadata> {
    const led = this.looksUntilLed-- <= 0;
    const topics = [...this.topics].filter(([name]) => names.includes(name));
    const states = topics.map(
      ([name, all]) => [name, all.map((one) => ({ ...one, leader: led ? one.leader : -1 }))] as const,
    );
    return { brokers, topics: new Map(states) };
  }

  async createTopic(asked: NewTopic): ReturnType<TopicAdmin['createTopic']> {
    this.asked.push(asked);
    const code = this.refusals.shift() ?? ErrorCode.none;
    if (code === ErrorCode.none || code === ErrorCode.topicAlreadyExists)
      this.add(asked.topic, asked.partitions, asked.replication < 0 ? 2 : asked.replication);
    return { code, said: code === ErrorCode.none ? '' : 'The broker\u0007 says so.', broker: brokers[0] as never };
  }

  add(topic: string, count: number, replicas: number, leader = 1): void {
    const states = Array.from({ length: count }, (_, partition) => ({ partition, leader, replicas, inSync: replicas }));
    this.topics.set(topic, states);
  }

  topicSettings = async () => null;
  connect = () => Promise.reject(new Error('nobody connects'));
  producerIdentity = () => Promise.reject(new Error('nobody produces'));
  close = async () => {};
}

async function ready(cluster: Brokers, block: object, topic = 't'): Promise<ReadyTopic> {
  const clock = new VirtualClock();
  let over = false;
  const outcome = readyTopic(cluster, topic, clusterOptions('k1:9092', block), clock).finally(() => {
    over = true;
  });
  outcome.catch(() => {});
  await clock.advance(60_000_000, () => over);
  return outcome;
}

describe('readyTopic', () => {
  it('creates a default topic with six partitions, copied as the brokers are set', async () => {
    const cluster = new Brokers();
    expect(await ready(cluster, {})).toMatchObject({ topic: 't', created: true, brokers: 3 });
    expect(cluster.asked).toEqual([{ topic: 't', partitions: 6, replication: -1, config: {} }]);
  });

  it('creates what create asks for, and waits for its leaders', async () => {
    const cluster = new Brokers();
    cluster.looksUntilLed = 7;
    const create = { partitions: 2, replication: 3, config: { 'min.insync.replicas': '2' } };
    const { partitions } = await ready(cluster, { topic: 't', create });
    expect(partitions.map(({ leader }) => leader)).toEqual([1, 1]);
    expect(cluster.asked).toEqual([{ topic: 't', ...create }]);
  });

  it('takes one copy where brokers are too old to choose', async () => {
    const cluster = new Brokers();
    cluster.refusals = [ErrorCode.invalidReplicationFactor];
    await ready(cluster, {});
    expect(cluster.asked.map(({ replication }) => replication)).toEqual([-1, 1]);
  });

  it('takes a topic that another process of the run created meanwhile', async () => {
    const cluster = new Brokers();
    cluster.refusals = [ErrorCode.topicAlreadyExists];
    expect((await ready(cluster, { create: { partitions: 3 } })).partitions).toHaveLength(3);
  });

  it('uses a topic that exists, whatever its shape, unless create says another', async () => {
    const cluster = new Brokers();
    cluster.add('t', 12, 3);
    expect(await ready(cluster, { topic: 't' })).toMatchObject({ created: false });
    expect((await ready(cluster, { topic: 't', create: {} })).partitions).toHaveLength(12);
    await expect(ready(cluster, { topic: 't', create: { partitions: 6 } })).rejects.toMatchObject({
      code: 'target-refused',
      message: 'topic t of Kafka at k1:9092 has 12 partitions, and create asks for 6',
      hint: expect.stringContaining('partitions: 12'),
    });
    await expect(ready(cluster, { topic: 't', create: { replication: 2 } })).rejects.toMatchObject({
      message: expect.stringContaining('has 3 copies of each partition, and create asks for 2'),
    });
    expect(cluster.asked).toEqual([]);
  });

  it('creates no topic that has a name of its own without being told to', async () => {
    const cluster = new Brokers();
    await expect(ready(cluster, { topic: 't' })).rejects.toMatchObject({
      code: 'target-refused',
      message: 'Kafka at k1:9092 has no topic t',
      hint: expect.stringContaining('create:'),
    });
    expect(cluster.asked).toEqual([]);
  });

  it.each([
    [ErrorCode.topicAuthorizationFailed, 'target.create', /right to create topics/],
    [ErrorCode.invalidConfig, 'target.create.config', /create\.config/],
    [ErrorCode.invalidReplicationFactor, 'target.create', /smaller replication/],
  ])('tells error %i with broker, topic and remedy', async (code, where, hint) => {
    const cluster = new Brokers();
    cluster.refusals = [code];
    await expect(ready(cluster, { topic: 't', create: { replication: 9 } })).rejects.toMatchObject({
      code: 'target-refused',
      where,
      message: expect.stringMatching(
        /^Kafka broker 1 at k1:9092 cannot create topic t: [a-z ]+, The broker {2}says so$/,
      ),
      hint: expect.stringMatching(hint),
    });
  });

  it('gives up on partitions that get no leader, by their numbers', async () => {
    const cluster = new Brokers();
    cluster.add('t', 2, 3, -1);
    await expect(ready(cluster, { topic: 't' })).rejects.toMatchObject({
      code: 'target-unreachable',
      message: 'Kafka at k1:9092 has no leader for partitions 0, 1 of topic t after 10 s',
    });
  });
});
