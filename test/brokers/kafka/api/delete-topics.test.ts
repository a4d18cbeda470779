import { expect, it } from 'vitest';
import { deleteTopicsApi } from '../../../../src/brokers/kafka/api/delete-topics.ts';
import { answerOf, body, brokerState, versionsOf } from './api-world.ts';

it.each(versionsOf(deleteTopicsApi))(
  'deletes what there is, and says what there is not (version %i)',
  async (version) => {
    const broker = brokerState();
    for (const name of ['a', 'b', 'c']) broker.topics.create(name, 1, new Map());
    const log = broker.topics.partition('a', 0);
    const request = body()
      .array(['a', 'none', 'c'], (name, writer) => writer.string(name))
      .int32(1000);
    const reader = await answerOf(deleteTopicsApi, version, request, broker);
    if (version >= 1) expect(reader.int32()).toBe(0);
    expect(reader.array(() => [reader.string(), reader.int16()])).toEqual([
      ['a', 0],
      ['none', 3],
      ['c', 0],
    ]);
    expect(reader.remaining).toBe(0);
    expect(Array.from(broker.topics.all(), ({ name }) => name)).toEqual(['b']);
    expect(log?.dropped).toBe(true);
  },
);
