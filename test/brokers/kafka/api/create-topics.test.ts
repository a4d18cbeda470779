import { describe, expect, it } from 'vitest';
import { createTopicsApi } from '../../../../src/brokers/kafka/api/create-topics.ts';
import { answerOf, body, brokerState, versionsOf } from './api-world.ts';

interface Wanted {
  name?: string;
  partitions?: number;
  replication?: number;
  assignments?: [number, number[]][];
  configs?: [string, string | null][];
}

const broker = brokerState();

async function create(version: number, wanted: readonly Wanted[], validateOnly = false) {
  const request = body().array(wanted, (one, writer) => {
    const { name = 't', partitions = -1, replication = -1, assignments = [], configs = [] } = one;
    writer.string(name).int32(partitions).int16(replication);
    writer.array(assignments, ([partition, replicas]) => {
      writer.int32(partition).array(replicas, (id) => writer.int32(id));
    });
    writer.array(configs, ([key, value]) => writer.string(key).string(value));
  });
  request.int32(30_000);
  if (version >= 1) request.boolean(validateOnly);
  const reader = await answerOf(createTopicsApi, version, request, broker);
  if (version >= 2) expect(reader.int32()).toBe(0);
  const outcomes = reader.array(() => {
    const outcome = { name: reader.string(), error: reader.int16() };
    return version >= 1 ? { ...outcome, message: reader.nullableString() } : outcome;
  });
  expect(reader.remaining).toBe(0);
  return outcomes;
}

describe.each(versionsOf(createTopicsApi))('version %i', (version) => {
  const name = `v${version}`;

  it('creates topics with what they are given, and says which there were', async () => {
    const wanted = [{ name, partitions: 3, replication: 1, configs: [['max.message.bytes', '500']] }] as Wanted[];
    const none = version >= 1 ? { message: null } : {};
    expect(await create(version, [...wanted, { name: `${name}-left-to-us` }])).toEqual([
      { name, error: 0, ...none },
      { name: `${name}-left-to-us`, error: 0, ...none },
    ]);
    expect(broker.topics.get(name)).toMatchObject({ maxMessageBytes: 500, partitions: { length: 3 } });
    expect(broker.topics.get(`${name}-left-to-us`)?.partitions).toHaveLength(6);
    const [again] = await create(version, wanted);
    expect(again).toMatchObject({ name, error: 36 });
  });
});

it('only looks where it is asked to, from version 1 on', async () => {
  expect(await create(1, [{ name: 'looked-at' }], true)).toEqual([{ name: 'looked-at', error: 0, message: null }]);
  expect(await create(1, [{ name: 'bad name' }], true)).toMatchObject([{ error: 17 }]);
  expect(broker.topics.get('looked-at')).toBeUndefined();
});

it('takes the number of partitions from where they are to lie', async () => {
  const assignments: [number, number[]][] = [
    [0, [1]],
    [1, [1]],
  ];
  expect(await create(4, [{ name: 'placed', assignments }])).toMatchObject([{ error: 0 }]);
  expect(broker.topics.get('placed')?.partitions).toHaveLength(2);
});

it.each([
  ['replicas on brokers that there are not', { replication: 3 }, 38, 'replication factor 3 with 1 broker'],
  ['a partition on another broker', { assignments: [[0, [2]]] as [number, number[]][] }, 39, 'there is broker 1 only'],
  ['a partition on two', { assignments: [[0, [1, 2]]] as [number, number[]][] }, 39, 'there is broker 1 only'],
  ['no partitions', { partitions: 0 }, 37, 'a topic has at least one partition'],
  ['longer messages than it takes', { configs: [['max.message.bytes', '1048589']] as [string, string][] }, 40, ''],
])('refuses %s, each by itself', async (_, wanted, error, message) => {
  const outcomes = await create(4, [{ name: 'refused', ...wanted }, { name: `beside-${error}-${message.length}` }]);
  expect(outcomes[0]).toMatchObject({ error, message: expect.stringContaining(message) });
  expect(broker.topics.get('refused')).toBeUndefined();
});
