import { describe, expect, it } from 'vitest';
import { describeConfigsApi } from '../../../../src/brokers/kafka/api/describe-configs.ts';
import { answerOf, body, brokerState, versionsOf } from './api-world.ts';

const TOPIC = 2;
const BROKER = 4;

const broker = brokerState();
broker.topics.create('t', 1, new Map([['max.message.bytes', '500']]));

type Resource = [type: number, name: string, keys: readonly string[] | null];

async function ask(version: number, resources: readonly Resource[]) {
  const request = body().array(resources, ([type, name, keys], writer) => {
    writer.int8(type).string(name);
    writer.array(keys, (key) => writer.string(key));
  });
  // Whether synonyms, and documentation, are wanted: neither is there.
  if (version >= 1) request.boolean(false);
  if (version >= 3) request.boolean(false);
  const reader = await answerOf(describeConfigsApi, version, request, broker);
  expect(reader.int32()).toBe(0);
  const told = reader.array(() => {
    const [error, message, type, name] = [reader.int16(), reader.nullableString(), reader.int8(), reader.string()];
    const entries = reader.array(() => {
      const entry = [reader.string(), reader.nullableString(), reader.boolean(), reader.int8(), reader.boolean()];
      if (version >= 1) expect(reader.int32()).toBe(0);
      if (version >= 3) expect([reader.int8(), reader.nullableString()]).toEqual([2, null]);
      return entry;
    });
    return { error, message, type, name, entries };
  });
  expect(reader.remaining).toBe(0);
  return told;
}

describe.each(versionsOf(describeConfigsApi))('version %i', (version) => {
  it('says of each setting where its value comes from', async () => {
    const told = await ask(version, [[TOPIC, 't', ['retention.ms', 'max.message.bytes', 'segment.bytes']]]);
    // Version 0 says only whether it is the default.
    const [own, default_] = version === 0 ? [0, 1] : [1, 5];
    expect(told).toEqual([
      {
        error: 0,
        message: null,
        type: TOPIC,
        name: 't',
        entries: [
          ['max.message.bytes', '500', false, own, false],
          ['retention.ms', '-1', false, default_, false],
        ],
      },
    ]);
  });
});

it('tells all settings to whoever names none, and none twice', async () => {
  const [topic, ofBroker] = await ask(1, [
    [TOPIC, 't', null],
    [BROKER, '1', null],
  ]);
  const names = topic?.entries.map(([name]) => name) ?? [];
  expect(names).toContain('cleanup.policy');
  expect(new Set(names).size).toBe(names.length);
  expect(ofBroker?.entries).toContainEqual(['num.partitions', '6', false, 4, false]);
});

it('tells nothing to whoever names an empty list', async () => {
  expect(await ask(1, [[TOPIC, 't', []]])).toMatchObject([{ error: 0, entries: [] }]);
});

it('knows the settings of all brokers together as those of its own, and no other broker’s or topic’s', async () => {
  const told = await ask(3, [
    [BROKER, '', ['num.partitions']],
    [BROKER, '2', null],
    [TOPIC, 'none', null],
    [8, 't', null],
  ]);
  expect(told.map(({ error, entries }) => [error, entries.length])).toEqual([
    [0, 1],
    [3, 0],
    [3, 0],
    [3, 0],
  ]);
});
