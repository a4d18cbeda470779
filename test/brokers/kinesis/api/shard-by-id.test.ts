import { expect, it } from 'vitest';
import { shardById } from '../../../../src/brokers/kinesis/api/shard-by-id.ts';
import { apiWorld, idOf, refusal, shardOf } from './api-world.ts';

async function splitStream() {
  const { made, streams } = apiWorld();
  const stream = await made('s', 10);
  stream.split(shardOf(stream, 3), shardOf(stream, 3).range.first + 1n, streams.nowMs());
  return stream;
}

it('finds every shard there ever was', async () => {
  const stream = await splitStream();
  expect(stream.shards).toHaveLength(12);
  expect(shardById(stream, 'shardId-000000000003').closedMs).not.toBeNull();
  expect(stream.shards.map(({ id }) => shardById(stream, id))).toEqual(stream.shards);
  expect(shardById(stream, 'shardId-000000000011')).toBe(stream.shards[11]);
});

it.each([
  ['one beyond the last', idOf(12)],
  ['the largest number', `shardId-${'9'.repeat(12)}`],
  ['too few digits', 'shardId-00000000003'],
  ['too many digits', 'shardId-0000000000003'],
  ['a sign', 'shardId--00000000003'],
  ['no digits', 'shardId-00000000000x'],
  ['a number alone', '3'],
  ['another prefix', 'shardid-000000000003'],
  ['something before', ' shardId-000000000003'],
  ['something behind', 'shardId-000000000003\n'],
  ['a name of the language', '__proto__'],
  ['nothing', ''],
])('has none for %s', async (_, id) => {
  const stream = await splitStream();
  const message = `Shard ${id} in stream s under account 000000000000 does not exist`;
  expect(() => shardById(stream, id)).toThrow(refusal('ResourceNotFoundException', message));
});
