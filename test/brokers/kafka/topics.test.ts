import { expect, it } from 'vitest';
import { BlockStore } from '../../../src/brokers/block-store.ts';
import { Topics } from '../../../src/brokers/kafka/topics.ts';
import { batchOf } from './raw-client.ts';

const none = new Map<string, string>();

it('keeps topics in the order of their creation, each with its partitions', () => {
  const topics = new Topics(new BlockStore());
  for (const [name, partitions] of [
    ['z', 2],
    ['a', 1],
  ] as const)
    expect(topics.create(name, partitions, none)).toEqual({ topic: topics.get(name) });
  expect(Array.from(topics.all(), ({ name, partitions }) => [name, partitions.length])).toEqual([
    ['z', 2],
    ['a', 1],
  ]);
  expect(topics.partition('z', 1)).toBe(topics.get('z')?.partitions[1]);
  for (const [name, index] of [
    ['z', 2],
    ['z', -1],
    ['b', 0],
  ] as const)
    expect(topics.partition(name, index)).toBeUndefined();
});

it('takes the length of messages from the topic, and Kafka’s where it has none', () => {
  const topics = new Topics(new BlockStore());
  topics.create('short', 1, new Map([['max.message.bytes', '0']]));
  topics.create('any', 1, none);
  expect([topics.get('short')?.maxMessageBytes, topics.get('any')?.maxMessageBytes]).toEqual([0, 1_048_588]);
});

it.each([
  ['', 17],
  ['.', 17],
  ['..', 17],
  ['a/b', 17],
  ['ä', 17],
  ['x'.repeat(250), 17],
  ['there', 36],
  ['x'.repeat(249), null],
  ['...', null],
  ['A_1.b-2', null],
])('names: %s', (name, error) => {
  const topics = new Topics(new BlockStore());
  topics.create('there', 1, none);
  const outcome = topics.create(name, 1, none);
  expect('error' in outcome ? outcome.error : null).toBe(error);
});

it.each(['-1', '', '1048589', '99999999999', '1e3', '0x10'])('refuses %s as a length of messages', (bytes) => {
  const outcome = new Topics(new BlockStore()).create('t', 1, new Map([['max.message.bytes', bytes]]));
  expect(outcome).toMatchObject({ error: 40 });
});

it('keeps so many partitions and no more, and those of deleted topics count no longer', () => {
  const topics = new Topics(new BlockStore());
  const errorOf = (name: string, partitions: number) => {
    const outcome = topics.create(name, partitions, none);
    return 'error' in outcome ? outcome.error : 0;
  };
  expect(errorOf('most', 9_999)).toBe(0);
  expect(errorOf('two', 2)).toBe(44);
  expect(errorOf('one', 1)).toBe(0);
  expect(errorOf('more', 1)).toBe(44);
  expect([topics.delete('most'), topics.delete('most')]).toEqual([true, false]);
  expect(errorOf('two', 2)).toBe(0);
});

it('makes nothing where it only looks', () => {
  const topics = new Topics(new BlockStore());
  for (let i = 0; i < 3; i++) expect(topics.create('t', 9_000, none, true)).toHaveProperty('topic');
  expect(topics.get('t')).toBeUndefined();
  expect(topics.create('t', 0, none, true)).toMatchObject({ error: 37 });
});

it('gives back the memory of what is deleted', async () => {
  const store = new BlockStore();
  const topics = new Topics(store);
  topics.create('t', 1, none);
  const log = topics.partition('t', 0);
  const batch = await batchOf([{ value: 'x' }]);
  log?.append(batch, 0, batch.length);
  expect(store.residentBytes).toBeGreaterThan(0);
  topics.delete('t');
  expect([store.residentBytes, log?.dropped]).toEqual([0, true]);
});
