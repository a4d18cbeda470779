import { describe, expect, it } from 'vitest';
import { metadataApi } from '../../../../src/brokers/kafka/api/metadata.ts';
import type { BrokerState } from '../../../../src/brokers/kafka/request.ts';
import { answerOf, body, brokerState, versionsOf } from './api-world.ts';

function broker(): BrokerState {
  const state = brokerState();
  state.topics.create('a', 2, new Map());
  state.topics.create('b', 1, new Map());
  return state;
}

/** Topics with their partitions; what is the same for all is checked on the way. */
async function ask(version: number, names: readonly string[] | null, state: BrokerState, mayCreate = true) {
  const request = body().array(names, (name, writer) => writer.string(name));
  if (version >= 4) request.boolean(mayCreate);
  // Whether operations that are allowed are to be listed.
  if (version >= 8) request.boolean(false).boolean(false);
  const reader = await answerOf(metadataApi, version, request, state);
  if (version >= 3) expect(reader.int32()).toBe(0);
  expect(
    reader.array(() => [reader.int32(), reader.string(), reader.int32(), version >= 1 && reader.nullableString()]),
  ).toEqual([[1, 'broker.test', 9092, version >= 1 ? null : false]]);
  if (version >= 2) expect(reader.nullableString()).toBe('iotload-embedded-cluster');
  if (version >= 1) expect(reader.int32()).toBe(1);
  const topics = reader.array(() => {
    const [error, name] = [reader.int16(), reader.string()];
    if (version >= 1) expect(reader.boolean()).toBe(false);
    const partitions = reader.array(() => {
      const [partitionError, index, leader] = [reader.int16(), reader.int32(), reader.int32()];
      if (version >= 7) expect(reader.int32()).toBe(0);
      const nodes = () => reader.array(() => reader.int32());
      expect([partitionError, leader, nodes(), nodes(), version >= 5 ? nodes() : []]).toEqual([0, 1, [1], [1], []]);
      return index;
    });
    if (version >= 8) expect(reader.int32()).toBe(-2147483648);
    return [error, name, partitions];
  });
  if (version >= 8) expect(reader.int32()).toBe(-2147483648);
  expect(reader.remaining).toBe(0);
  return topics;
}

describe.each(versionsOf(metadataApi))('version %i', (version) => {
  it('tells of topics that are asked for', async () => {
    expect(await ask(version, ['b', 'a'], broker())).toEqual([
      [0, 'b', [0]],
      [0, 'a', [0, 1]],
    ]);
  });

  it('tells of all', async () => {
    const all = [
      [0, 'a', [0, 1]],
      [0, 'b', [0]],
    ];
    // An empty list was the first version's way to ask for all; later ones have the null for that.
    expect(await ask(version, version === 0 ? [] : null, broker())).toEqual(all);
    if (version > 0) expect(await ask(version, [], broker())).toEqual([]);
  });

  it('makes a topic for whoever asks for it, unless that is not wanted', async () => {
    const state = broker();
    expect(await ask(version, ['new', 'no name'], state)).toEqual([
      [0, 'new', [0, 1, 2, 3, 4, 5]],
      [17, 'no name', []],
    ]);
    expect(state.topics.get('new')?.partitions).toHaveLength(6);
    if (version < 4) return;
    expect(await ask(version, ['other'], state, false)).toEqual([[3, 'other', []]]);
    expect(state.topics.get('other')).toBeUndefined();
  });
});
