import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlockStore } from '../../../../src/brokers/block-store.ts';
import { iteratorText, parseIterator } from '../../../../src/brokers/kinesis/api/shard-iterator.ts';
import { Stream } from '../../../../src/brokers/kinesis/stream.ts';
import { propertyRuns } from '../../../property-runs.ts';
import { BEGIN_MS, refusal, shardOf } from './api-world.ts';

const streamOf = (name: string, createdMs = BEGIN_MS) =>
  new Stream(name, 'PROVISIONED', 3, createdMs, createdMs, new BlockStore());
const base64 = (text: string) => Buffer.from(text).toString('base64');

it('says again what went into it, for every name and place', () => {
  const ms = fc.integer({ min: 0, max: 8_640_000_000_000_000 });
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-zA-Z0-9_.-]{1,128}$/),
      fc.integer({ min: 0, max: 2 }),
      fc.maxSafeNat(),
      ms,
      ms,
      (name, shard, place, createdMs, nowMs) => {
        const stream = streamOf(name, createdMs);
        const text = iteratorText(stream, shardOf(stream, shard), place, nowMs);
        expect(text).toMatch(/^[\w+/]+=*$/);
        expect(parseIterator(text, nowMs)).toEqual({ stream: name, createdMs, shard, place });
      },
    ),
    propertyRuns(100),
  );
});

it('takes a name of 128 characters', () => {
  const name = `${'-'.repeat(126)}._`;
  const stream = streamOf(name);
  expect(parseIterator(iteratorText(stream, shardOf(stream), 0, 0), 0).stream).toBe(name);
});

it('does not mind that a shard is closed', () => {
  const stream = streamOf('s');
  stream.split(shardOf(stream), 1n, BEGIN_MS);
  expect(parseIterator(iteratorText(stream, shardOf(stream), 7, BEGIN_MS), BEGIN_MS)).toEqual({
    stream: 's',
    createdMs: BEGIN_MS,
    shard: 0,
    place: 7,
  });
});

it('is good for five minutes, and says what its time was', () => {
  const stream = streamOf('s');
  const text = iteratorText(stream, shardOf(stream), 0, BEGIN_MS);
  expect(parseIterator(text, BEGIN_MS + 300_000).place).toBe(0);
  expect(() => parseIterator(text, BEGIN_MS + 300_001)).toThrow(
    refusal(
      'ExpiredIteratorException',
      `created at time ${BEGIN_MS} while right now it is ${BEGIN_MS + 300_001} which is further in the future than the tolerated delay of 300000 milliseconds`,
    ),
  );
});

it.each([
  ['nothing', ''],
  ['no base64', '%%%'],
  ['not encoded', 's/0/0/0/0'],
  ['too few fields', base64('s/0/0/0')],
  ['too many fields', base64('s/0/0/0/0/0')],
  ['no name', base64('/0/0/0/0')],
  ['a name that is none', base64('a b/0/0/0/0')],
  ['a creation that is none', base64('s/x/0/0/0')],
  ['a shard before the first', base64('s/0/-1/0/0')],
  ['half a place', base64('s/0/0/0.5/0')],
  ['no time', base64('s/0/0/0/')],
  ['something behind', base64('s/0/0/0/0\n')],
])('is not %s', (_, text) => {
  expect(() => parseIterator(text, 0)).toThrow(refusal('InvalidArgumentException', 'Invalid ShardIterator.'));
});
