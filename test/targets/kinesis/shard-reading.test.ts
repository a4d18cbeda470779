import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ShardAnswer, ShardReading } from '../../../src/targets/kinesis/shard-reading.ts';

const POLL_US = 250_000;
const shard = { id: 'shardId-000000000000', parents: [] };
const fromEnd = { first: { at: 'end' }, again: { at: 'time', wallMs: 7 } } as const;

function empty(more: Partial<ShardAnswer> = {}): ShardAnswer {
  return { count: 0, lastSequence: '', nextIterator: 'next', behindMs: 0, bytes: 0, ...more };
}

describe('how far a shard is read', () => {
  it('asks for an iterator, then reads', () => {
    const reading = new ShardReading(shard, fromEnd, POLL_US);
    expect(reading.begin(10)).toEqual({ call: 'iterator', start: { at: 'end' } });
    reading.located('first');
    expect(reading.dueUs).toBeLessThanOrEqual(10);
    expect(reading.begin(20)).toEqual({ call: 'read', iterator: 'first' });
    reading.take(empty({ count: 1, lastSequence: '5' }));
    expect(reading.begin(500_000)).toEqual({ call: 'read', iterator: 'next' });
  });

  it('is proven from when an answer at the tip without a record was asked for', () => {
    const reading = new ShardReading(shard, fromEnd, POLL_US);
    reading.located('i');
    const asked = (us: number, answer: ShardAnswer): number => {
      reading.begin(us);
      reading.take(answer);
      return reading.provenUs;
    };
    expect(asked(100, empty({ count: 1, lastSequence: '1' }))).toBe(Number.NEGATIVE_INFINITY);
    expect(asked(200, empty({ behindMs: 3 }))).toBe(Number.NEGATIVE_INFINITY);
    expect(asked(300, empty())).toBe(300);
    expect(asked(400, empty({ count: 1, lastSequence: '2' }))).toBe(300);
  });

  it('waits for the poll at the tip, and as long as a shard allows behind it', () => {
    const reading = new ShardReading(shard, fromEnd, POLL_US);
    reading.located('i');
    reading.begin(1_000_000);
    reading.take(empty());
    expect(reading.dueUs).toBe(1_250_000);
    reading.begin(1_250_000);
    reading.take(empty({ count: 9, lastSequence: '1', behindMs: 1 }));
    expect(reading.dueUs).toBe(1_500_000);
  });

  it('pays its bytes off once it was throttled', () => {
    const reading = new ShardReading(shard, fromEnd, POLL_US);
    const large = empty({ count: 9, lastSequence: '1', behindMs: 1, bytes: 4 * 1024 * 1024 });
    reading.located('i');
    reading.begin(0);
    reading.take(large);
    expect(reading.dueUs).toBe(250_000);
    reading.begin(250_000);
    reading.failed('throttled', 250_000, 0);
    reading.begin(500_000);
    reading.take(large);
    expect(reading.dueUs).toBe(2_500_000);
  });

  it('takes more time between two reads where others read as well, and less again when they have gone', () => {
    const reading = new ShardReading(shard, fromEnd, POLL_US);
    reading.located('i');
    let nowUs = 0;
    const read = (throttled: boolean): number => {
      reading.begin(nowUs);
      if (throttled) reading.failed('throttled', nowUs, 0);
      else reading.take(empty({ behindMs: 1 }));
      const pauseUs = reading.dueUs - nowUs;
      nowUs = reading.dueUs;
      return pauseUs;
    };
    expect(read(false)).toBe(250_000);
    read(true);
    // Two reads a second, and a little more for the time since then.
    expect(read(false)).toBeGreaterThan(490_000);
    for (let i = 0; i < 20; i++) read(true);
    expect(read(false)).toBeGreaterThan(4_000_000);
    const fromUs = nowUs;
    let last = 0;
    while (nowUs - fromUs < 200_000_000) last = read(false);
    expect(last).toBe(250_000);
  });

  it('is answered in the end, however many read the shard', () => {
    const readers = Array.from({ length: 12 }, () => new ShardReading(shard, fromEnd, 0));
    for (const reader of readers) reader.located('i');
    const answers = readers.map(() => 0);
    let seed = 1;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    let [tokens, atUs] = [5, 0];
    for (let steps = 0; atUs < 120_000_000 && steps < 100_000; steps++) {
      const next = readers.reduce((first, reader) => (reader.dueUs < first.dueUs ? reader : first));
      const nowUs = Math.max(atUs, next.dueUs) + Math.floor(random() * 2_000);
      tokens = Math.min(5, tokens + ((nowUs - atUs) * 5) / 1e6);
      atUs = nowUs;
      next.begin(nowUs);
      if (tokens < 1) next.failed('throttled', nowUs, random());
      else {
        tokens--;
        answers[readers.indexOf(next)] = (answers[readers.indexOf(next)] as number) + 1;
        next.take(empty({ count: 1, lastSequence: '1', behindMs: 1 }));
      }
    }
    const sum = answers.reduce((a, b) => a + b, 0);
    // Five a second, of which little is wasted, and nobody has much less than others.
    expect(sum).toBeGreaterThan(500);
    expect(Math.min(...answers)).toBeGreaterThan(sum / readers.length / 2);
  });

  it('goes on behind the last record when an iterator is too old, and where it began when there was none', () => {
    const reading = new ShardReading(shard, fromEnd, POLL_US);
    reading.begin(0);
    reading.located('i');
    reading.begin(0);
    reading.failed('expired-iterator', 0, 0);
    expect(reading.begin(1)).toEqual({ call: 'iterator', start: { at: 'time', wallMs: 7 } });
    reading.located('j');
    reading.begin(2);
    reading.take(empty({ count: 1, lastSequence: '77' }));
    reading.begin(3);
    reading.take(empty());
    reading.begin(4);
    reading.failed('expired-iterator', 4, 0);
    expect(reading.begin(5)).toEqual({ call: 'iterator', start: { at: 'after', sequence: '77' } });
  });

  it('asks the same again after other failures', () => {
    const reading = new ShardReading(shard, fromEnd, POLL_US);
    reading.located('i');
    for (const failure of ['ambiguous', 'throttled', 'refused'] as const) {
      reading.begin(0);
      reading.failed(failure, 0, 0);
      expect(reading.begin(0)).toEqual({ call: 'read', iterator: 'i' });
    }
  });

  it('ends with the last answer', () => {
    const reading = new ShardReading(shard, fromEnd, POLL_US);
    reading.located('i');
    reading.begin(0);
    reading.take(empty({ count: 2, lastSequence: '4', nextIterator: null }));
    expect(reading).toMatchObject({ done: true, gone: false, sequence: '4' });
  });

  it('never asks more often than a shard allows, and never waits for ever', () => {
    const call = fc.oneof(
      fc.record({ count: fc.nat(3), behindMs: fc.nat(2) }),
      fc.constantFrom('throttled', 'ambiguous', 'refused', 'expired-iterator' as const),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(call, fc.nat(50_000), fc.double({ min: 0, max: 0.999, noNaN: true }))), (steps) => {
        const reading = new ShardReading(shard, fromEnd, 0);
        let nowUs = 0;
        let lastReadUs = Number.NEGATIVE_INFINITY;
        for (const [what, tookUs, random] of steps) {
          expect(reading.dueUs - nowUs).toBeLessThanOrEqual(5_250_000);
          nowUs = Math.max(nowUs, reading.dueUs);
          const step = reading.begin(nowUs);
          if (step.call === 'read') {
            expect(nowUs - lastReadUs).toBeGreaterThanOrEqual(250_000);
            lastReadUs = nowUs;
          }
          nowUs += tookUs;
          if (typeof what === 'string') reading.failed(what, nowUs, random);
          else if (step.call === 'iterator') reading.located('i');
          else reading.take(empty({ ...what, lastSequence: what.count > 0 ? '1' : '' }));
        }
      }),
    );
  });
});
