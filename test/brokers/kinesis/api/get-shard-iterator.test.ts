import { describe, expect, it } from 'vitest';
import { getShardIterator } from '../../../../src/brokers/kinesis/api/get-shard-iterator.ts';
import { parseIterator } from '../../../../src/brokers/kinesis/api/shard-iterator.ts';
import { SequenceNumbers } from '../../../../src/brokers/kinesis/log/sequence-numbers.ts';
import { apiWorld, asked, BEGIN_MS, CHANGE_MS, idOf, refusal, shardOf, strayStreams } from './api-world.ts';

/** A record came at each of these, ms since 1970. */
const CAME_MS = [BEGIN_MS + 1000, BEGIN_MS + 2000, BEGIN_MS + 2000, BEGIN_MS + 4000] as const;
const NOW_MS = BEGIN_MS + 5000;
const numbers = new SequenceNumbers(BEGIN_MS, 0);
const at = (ms: number) => ({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp: ms / 1000 });
const atNumber = (StartingSequenceNumber: string) => ({
  ShardIteratorType: 'AT_SEQUENCE_NUMBER',
  StartingSequenceNumber,
});
const afterNumber = (StartingSequenceNumber: string) => ({
  ...atNumber(StartingSequenceNumber),
  ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
});

/** A stream `s` of two shards, the first of which has four records. */
async function world() {
  const { state, streams, made, pass, append } = apiWorld();
  const stream = await made('s', 2);
  for (const ms of CAME_MS) {
    await pass(ms - streams.nowMs());
    append(shardOf(stream));
  }
  await pass(NOW_MS - streams.nowMs());
  const ask = async (members: object): Promise<string> => {
    const answer = await getShardIterator(state, asked({ StreamName: 's', ShardId: idOf(0), ...members }));
    expect(Object.keys(answer)).toEqual(['ShardIterator']);
    return (answer as { ShardIterator: string }).ShardIterator;
  };
  const placeOf = async (members: object): Promise<number> => parseIterator(await ask(members), streams.nowMs()).place;
  return { state, streams, stream, pass, append, ask, placeOf };
}

const places: [object, number][] = [
  [{ ShardIteratorType: 'TRIM_HORIZON' }, 0],
  [{ ShardIteratorType: 'LATEST' }, 4],
  [at(0), 0],
  [at(CAME_MS[0]), 0],
  [at(CAME_MS[0] + 1), 1],
  [at(CAME_MS[1]), 1],
  [at(CAME_MS[1] + 1), 3],
  [at(CAME_MS[3]), 3],
  [at(CAME_MS[3] + 1), 4],
  [at(NOW_MS), 4],
  [atNumber(numbers.at(0)), 0],
  [atNumber(numbers.at(1)), 0],
  [atNumber(numbers.at(2)), 1],
  [atNumber(numbers.at(4)), 3],
  [atNumber(numbers.at(5)), 4],
  [atNumber(numbers.at(99)), 4],
  [afterNumber(numbers.at(0)), 0],
  [afterNumber(numbers.at(1)), 1],
  [afterNumber(numbers.at(4)), 4],
  [afterNumber(numbers.at(5)), 4],
  [afterNumber(numbers.at(99)), 4],
];

describe('of four records', () => {
  it.each(places)('%j begins at %i', async (members, place) => {
    expect(await (await world()).placeOf(members)).toBe(place);
  });

  it('begins at the same places once the shard is closed', async () => {
    const { streams, stream, placeOf } = await world();
    stream.split(shardOf(stream), 1n, streams.nowMs());
    for (const [members, place] of places) expect([members, await placeOf(members)]).toEqual([members, place]);
  });
});

it('begins at 0 in a shard that has nothing, whatever is asked', async () => {
  const { placeOf } = await world();
  const { prefix } = new SequenceNumbers(BEGIN_MS, 1);
  const first = `${prefix}${'0'.repeat(16)}`;
  for (const from of [
    { ShardIteratorType: 'TRIM_HORIZON' },
    { ShardIteratorType: 'LATEST' },
    at(NOW_MS),
    atNumber(first),
    afterNumber(first),
  ])
    expect([from, await placeOf({ ShardId: idOf(1), ...from })]).toEqual([from, 0]);
});

it('begins behind what has outlived its retention', async () => {
  const { streams, stream, pass, append, placeOf } = await world();
  await pass(24 * 3_600_000);
  streams.trim(stream);
  append(shardOf(stream));
  expect(await placeOf({ ShardIteratorType: 'TRIM_HORIZON' })).toBe(4);
  expect(await placeOf(at(0))).toBe(4);
  expect(await placeOf({ ShardIteratorType: 'LATEST' })).toBe(5);
});

it('names the stream as it is now, the shard, and lasts five minutes from now', async () => {
  const { ask, streams, pass } = await world();
  const text = await ask({ ShardId: idOf(1), ShardIteratorType: 'LATEST' });
  await pass(300_000);
  expect(parseIterator(text, streams.nowMs())).toEqual({ stream: 's', createdMs: BEGIN_MS, shard: 1, place: 0 });
  await pass(1);
  expect(() => parseIterator(text, streams.nowMs())).toThrow(refusal('ExpiredIteratorException'));
});

it('takes the stream by its ARN, and a name of 128 characters', async () => {
  const { state, streams } = await world();
  const name = 'n'.repeat(128);
  streams.begin(streams.create(name, 'PROVISIONED', 1), 'UPDATING');
  for (const which of [{ StreamName: name }, { StreamARN: `arn:x:stream/${name}` }]) {
    const from = { ...which, ShardId: idOf(0), ShardIteratorType: 'LATEST' };
    const { ShardIterator } = (await getShardIterator(state, asked(from))) as { ShardIterator: string };
    expect(parseIterator(ShardIterator, streams.nowMs()).stream).toBe(name);
  }
});

it.each([
  [{}, 'ValidationException', "'shardIteratorType' failed to satisfy constraint: Member must not be null"],
  [{ ShardIteratorType: 'EARLIEST' }, 'ValidationException', "'shardIteratorType'"],
  [{ ShardIteratorType: 5 }, 'SerializationException', 'ShardIteratorType is no string'],
  [{ ShardId: null, ShardIteratorType: 'LATEST' }, 'ValidationException', "'shardId'"],
  [{ ShardId: 5, ShardIteratorType: 'LATEST' }, 'SerializationException', 'ShardId is no string'],
  [{ ShardId: idOf(2), ShardIteratorType: 'LATEST' }, 'ResourceNotFoundException', `Shard ${idOf(2)} in stream s`],
  [{ ShardIteratorType: 'AT_TIMESTAMP' }, 'InvalidArgumentException', 'Must specify timestamp'],
  [{ ShardIteratorType: 'AT_TIMESTAMP', Timestamp: 'now' }, 'SerializationException', 'Timestamp is no timestamp'],
  [at(NOW_MS + 1), 'InvalidArgumentException', 'lies in the future'],
  [{ ShardIteratorType: 'AT_SEQUENCE_NUMBER' }, 'InvalidArgumentException', 'iterator type AT_SEQUENCE_NUMBER'],
  [{ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' }, 'InvalidArgumentException', 'iterator type AFTER_SEQUENCE_NUMBER'],
  [{ ...atNumber(''), StartingSequenceNumber: 5 }, 'SerializationException', 'StartingSequenceNumber is no string'],
  [atNumber(''), 'InvalidArgumentException', `of shard ${idOf(0)}`],
  [atNumber(new SequenceNumbers(BEGIN_MS, 1).at(1)), 'InvalidArgumentException', 'Invalid StartingSequenceNumber'],
  [afterNumber(`${numbers.at(1)}0`), 'InvalidArgumentException', 'Invalid StartingSequenceNumber'],
  [afterNumber(numbers.at(1).slice(0, -1)), 'InvalidArgumentException', 'Invalid StartingSequenceNumber'],
  [afterNumber(`${numbers.at(1).slice(0, -1)}x`), 'InvalidArgumentException', 'Invalid StartingSequenceNumber'],
])('refuses %j', async (members, name, part) => {
  const { ask } = await world();
  await expect(ask(members)).rejects.toThrow(refusal(name, part));
});

it.each(strayStreams)('refuses the stream %j', async (members, name, part) => {
  const { state } = await world();
  const from = { ShardId: idOf(0), ShardIteratorType: 'LATEST' };
  await expect(getShardIterator(state, asked({ ...from, ...members }))).rejects.toThrow(refusal(name, part));
});

it.each([
  ['CREATING', false],
  ['UPDATING', true],
  ['DELETING', false],
] as const)('of a stream that is %s: %j', async (transition, isThere) => {
  const { streams, stream, ask, pass } = await world();
  streams.begin(stream, transition);
  await pass(CHANGE_MS - 1);
  const outcome = ask({ ShardIteratorType: 'LATEST' });
  if (isThere) await outcome;
  else await expect(outcome).rejects.toThrow(refusal('ResourceNotFoundException', 'Stream s'));
});
