import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventBatch } from '../../../src/core/event-batch.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { backOffUs } from '../../../src/targets/kinesis/back-off.ts';
import type { CallFailure } from '../../../src/targets/kinesis/calls.ts';
import type { PutRequest } from '../../../src/targets/kinesis/put-request.ts';
import { answerOf, batchOf, eventsOf, type Fate, HASH_KEY, LINGER_US, QueueRecord, slotsOf } from './queue-record.ts';

describe('a queue of events for a stream', () => {
  it('waits for more until the linger is over', () => {
    const record = new QueueRecord();
    record.put([0, 1], 0);
    expect(record.queue.next(LINGER_US - 1)).toBeNull();
    expect(record.queue.dueUs).toBe(LINGER_US);
    const request = record.queue.next(LINGER_US) as PutRequest;
    expect(slotsOf(request)).toEqual([0, 1]);
    expect(JSON.parse(request.body.finish().toString())).toEqual({
      StreamName: 's',
      Records: [0, 1].map((slot) => ({
        Data: Buffer.from(`data-${slot}`).toString('base64'),
        PartitionKey: `key-${slot}`,
      })),
    });
    record.queue.answered(request, answerOf(['stored', 'stored']), LINGER_US);
    expect([...record.outcomes.values()]).toEqual(Array(2).fill({ outcome: Outcome.acked, reason: 'stored' }));
    expect(record.queue.outstanding).toBe(0);
  });

  it('sends what fills a request at once, and no more requests than may be under way', () => {
    const record = new QueueRecord();
    record.put(
      Array.from({ length: 1600 }, (_, i) => i),
      0,
    );
    const [first, second] = [record.queue.next(0), record.queue.next(0)];
    expect(first?.count).toBeGreaterThan(100);
    expect(second?.count).toBeGreaterThan(100);
    expect(record.queue.next(0)).toBeNull();
  });

  it('repeats only what was throttled, after a pause of its lane, and without a doubt', () => {
    const record = new QueueRecord();
    record.put([0, 1, 2, 3], 0);
    const request = record.queue.next(LINGER_US) as PutRequest;
    record.queue.answered(request, answerOf(['stored', 'throttled', 'stored', 'throttled']), LINGER_US);
    expect([...record.outcomes.keys()]).toEqual([0, 2]);
    expect(record.throttled).toEqual([{ lane: 1, count: 2 }]);
    const dueUs = LINGER_US + backOffUs(1, 0.5);
    expect(record.queue.dueUs).toBe(dueUs);
    expect(record.queue.next(dueUs - 1)).toBeNull();
    const again = record.queue.next(dueUs) as PutRequest;
    expect(slotsOf(again)).toEqual([1, 3]);
    expect(record.resent).toEqual([1, 3].map((slot) => ({ slot, doubt: false })));
    record.queue.answered(again, answerOf(['stored', 'stored']), dueUs);
    expect(record.outcomes.size).toBe(4);
  });

  it('rejects what a shard never has room for, and calls unknown what may have been stored before', () => {
    const record = new QueueRecord({ retries: 1 });
    record.put([0, 1], 0);
    let nowUs = LINGER_US;
    record.queue.answered(record.queue.next(nowUs) as PutRequest, answerOf(['throttled', 'failed']), nowUs);
    nowUs = 10_000_000;
    for (let request = record.queue.next(nowUs); request !== null; request = record.queue.next(nowUs))
      record.queue.answered(request, answerOf(Array(request.count).fill('throttled')), nowUs);
    expect(record.outcomes.get(0)).toEqual({ outcome: Outcome.rejected, reason: 'throttled' });
    expect(record.outcomes.get(1)).toEqual({ outcome: Outcome.unknown, reason: 'throttled' });
    expect(record.resent).toContainEqual({ slot: 1, doubt: true });
  });

  it('repeats a request nobody knows the end of, as it is', () => {
    const record = new QueueRecord({ retries: 1 });
    record.put([0, 1], 0);
    const request = record.queue.next(LINGER_US) as PutRequest;
    record.queue.failed(request, 'ambiguous', 'connection lost', LINGER_US);
    expect(record.outcomes.size).toBe(0);
    const again = record.queue.next(1_000_000) as PutRequest;
    expect(slotsOf(again)).toEqual([0, 1]);
    expect(record.resent).toEqual([0, 1].map((slot) => ({ slot, doubt: true })));
    record.queue.failed(again, 'ambiguous', 'connection lost', 1_000_000);
    expect([...record.outcomes.values()]).toEqual(
      Array(2).fill({ outcome: Outcome.unknown, reason: 'connection lost' }),
    );
  });

  it.each(['refused', 'missing'] as const)('rejects a request that is %s for good', (failure) => {
    const record = new QueueRecord();
    record.put([5], 0);
    record.queue.failed(record.queue.next(LINGER_US) as PutRequest, failure, 'access denied', LINGER_US);
    expect(record.outcomes.get(5)).toEqual({ outcome: Outcome.rejected, reason: 'access denied' });
  });

  it('keeps what comes for a shard without room behind what waits for it, and lets other shards go', () => {
    const record = new QueueRecord();
    record.put([0, 1, 2, 3], 0);
    const request = record.queue.next(LINGER_US) as PutRequest;
    record.queue.answered(request, answerOf(['stored', 'stored', 'stored', 'throttled']), LINGER_US);
    record.put([4, 5, 6, 7], LINGER_US);
    const other = record.queue.next(2 * LINGER_US) as PutRequest;
    expect(slotsOf(other)).toEqual([4, 6]);
    const dueUs = LINGER_US + backOffUs(1, 0.5);
    const chunk = record.queue.next(dueUs) as PutRequest;
    expect(slotsOf(chunk)).toEqual([3, 5, 7]);
    record.put([9], dueUs);
    // One chunk of a shard at a time.
    expect(record.queue.next(dueUs + LINGER_US)).toBeNull();
    record.queue.answered(chunk, answerOf(['stored', 'throttled', 'throttled']), dueUs);
    const next = record.queue.next(dueUs + backOffUs(1, 0.5)) as PutRequest;
    expect(slotsOf(next)).toEqual([5, 7, 9]);
  });

  it('pauses as a whole after requests that failed as a whole, and asks with one of them first', () => {
    const record = new QueueRecord();
    record.put([0, 1], 0);
    const first = record.queue.next(LINGER_US) as PutRequest;
    record.put([2, 3], LINGER_US);
    const second = record.queue.next(2 * LINGER_US) as PutRequest;
    record.queue.failed(second, 'throttled', 'throttled', 50_000);
    record.queue.failed(first, 'throttled', 'throttled', 50_001);
    const dueUs = 50_000 + backOffUs(1, 0.5);
    expect(record.queue.dueUs).toBe(dueUs);
    expect(record.queue.next(dueUs - 1)).toBeNull();
    const again = record.queue.next(dueUs) as PutRequest;
    expect(slotsOf(again)).toEqual([0, 1]);
    expect(record.queue.next(dueUs)).toBeNull();
    record.queue.answered(again, answerOf(['stored', 'stored']), dueUs);
    expect(slotsOf(record.queue.next(dueUs) as PutRequest)).toEqual([2, 3]);
  });

  it('calls rejected what was never sent, or only refused, when it is given up', () => {
    const record = new QueueRecord({ maxInFlight: 2 });
    record.put([0, 1, 2], 0);
    const request = record.queue.next(LINGER_US) as PutRequest;
    record.put([4], LINGER_US);
    const lost = record.queue.next(2 * LINGER_US) as PutRequest;
    expect(slotsOf(lost)).toEqual([4]);
    record.queue.answered(request, answerOf(['throttled', 'failed', 'throttled']), 2 * LINGER_US);
    record.put([5], 2 * LINGER_US);
    record.queue.abandon('timeout');
    expect(Object.fromEntries(record.outcomes)).toEqual({
      0: { outcome: Outcome.rejected, reason: 'throttled' },
      1: { outcome: Outcome.unknown, reason: 'timeout' },
      2: { outcome: Outcome.rejected, reason: 'throttled' },
      4: { outcome: Outcome.unknown, reason: 'timeout' },
      5: { outcome: Outcome.rejected, reason: 'expired unsent' },
    });
    expect(record.queue.heldBytes).toBe(0);
    // One that was still under way is over as well: each event has one outcome.
    record.queue.abandon('closed');
    record.queue.answered(lost, answerOf(['stored']), 3 * LINGER_US);
    expect([record.outcomes.size, record.queue.outstanding]).toEqual([5, 0]);
  });

  it('gives up what an outage keeps for longer than its time', () => {
    const record = new QueueRecord({ timeoutUs: 1_000_000, retries: 100, maxInFlight: 1 });
    record.put([0], 0);
    let request = record.queue.next(LINGER_US) as PutRequest;
    record.put([1], LINGER_US);
    for (let nowUs = LINGER_US; record.outcomes.size === 0; nowUs = record.queue.dueUs) {
      if (nowUs > LINGER_US) request = record.queue.next(nowUs) as PutRequest;
      expect(nowUs).toBeLessThan(3_000_000);
      record.queue.failed(request, 'unsent', 'nobody listens', nowUs);
    }
    expect(record.outcomes.get(0)).toEqual({ outcome: Outcome.rejected, reason: 'nobody listens' });
    expect(record.queue.next(10_000_000)).toBeNull();
    expect(record.outcomes.get(1)).toEqual({ outcome: Outcome.rejected, reason: 'expired unsent' });
  });

  it('sends little in vain to a shard that takes a third of what comes, and loses nothing', () => {
    const record = new QueueRecord({ retries: 100, lanes: 1, maxInFlight: 8 });
    const RATE = 1000;
    let [nowUs, slot, tokens, sent, stored] = [0, 0, RATE, 0, 0];
    const order: number[] = [];
    const under: { request: PutRequest; atUs: number }[] = [];
    // Three events a millisecond as long as there is room; an answer takes five.
    for (; nowUs < 20_000_000 && (slot < 12_000 || record.queue.outstanding > 0); nowUs += 1000) {
      tokens = Math.min(RATE, tokens + RATE / 1000);
      for (let i = 0; i < 3 && slot < 12_000 && record.queue.outstanding < 2048; i++) {
        const batch = batchOf([slot++]);
        expect(record.queue.append(batch, 0, 0, null, nowUs)).toBe(true);
      }
      while (under.length > 0 && (under[0]?.atUs as number) <= nowUs) {
        const { request } = under.shift() as { request: PutRequest };
        const fates = slotsOf(request).map((each): Fate => {
          if (tokens < 1) return 'throttled';
          tokens--;
          stored++;
          order.push(each);
          return 'stored';
        });
        record.queue.answered(request, answerOf(fates), nowUs);
      }
      for (let request = record.queue.next(nowUs); request !== null; request = record.queue.next(nowUs)) {
        sent += request.count;
        under.push({ request, atUs: nowUs + 5000 });
      }
    }
    expect(stored).toBe(12_000);
    expect([...record.outcomes.values()].every(({ outcome }) => outcome === Outcome.acked)).toBe(true);
    // The shard was at work all the time, and what was sent in vain is less than what was stored.
    expect(nowUs).toBeLessThan(12_500_000);
    expect(sent).toBeLessThan(2 * stored);
    // Only what was under way together at first can have changed places.
    expect(order.slice(6000)).toEqual([...order.slice(6000)].sort((a, b) => a - b));
  });

  it('packs events into aggregated records, and settles each of them', () => {
    const record = new QueueRecord({ aggregateBytes: 512 });
    const slots = Array.from({ length: 60 }, (_, i) => i);
    record.put(slots, 0, HASH_KEY);
    expect(record.queue.outstanding).toBe(60);
    const requests: PutRequest[] = [];
    for (let request = record.queue.next(LINGER_US); request !== null; request = record.queue.next(LINGER_US))
      requests.push(request);
    const [request] = requests as [PutRequest];
    expect(requests.flatMap(slotsOf).sort((a, b) => a - b)).toEqual(slots);
    const { Records } = JSON.parse(request.body.finish().toString()) as {
      Records: { Data: string; PartitionKey: string; ExplicitHashKey: string }[];
    };
    expect(Records.length).toBeLessThan(15);
    expect(Records[0]).toMatchObject({ PartitionKey: 'key-0', ExplicitHashKey: '1234' });
    expect(
      Buffer.from(Records[0]?.Data ?? '', 'base64')
        .subarray(0, 4)
        .toString('hex'),
    ).toBe('f3899ac2');
    // A record that was refused waits as a whole.
    const fates = Records.map((_, i): Fate => (i === 0 ? 'throttled' : 'stored'));
    const [refused, packed] = [eventsOf(request, 0, 1), slotsOf(request).length];
    record.queue.answered(request, answerOf(fates), LINGER_US);
    expect(record.queue.outstanding).toBe(refused.length + slots.length - packed);
    const again = record.queue.next(LINGER_US + 100_000) as PutRequest;
    expect(slotsOf(again)).toEqual(refused);
    expect(record.resent.map(({ slot }) => slot)).toEqual(refused);
    record.queue.answered(again, answerOf(['stored']), LINGER_US + 100_000);
    for (const other of requests.slice(1))
      record.queue.answered(other, answerOf(Array(other.count).fill('stored')), LINGER_US);
    expect([...record.outcomes.keys()].sort((a, b) => a - b)).toEqual(slots);
    expect(record.queue.heldBytes).toBe(0);
  });

  it('sends an event that is too long for an aggregated record as a record of its own, behind what was before', () => {
    const record = new QueueRecord({ aggregateBytes: 256 });
    record.put([0, 2], 0, HASH_KEY);
    const batch = createEventBatch(1, 2000);
    batch.bytes.fill(0x61, 0, 1000);
    Object.assign(batch.identities, [4]);
    Object.assign(batch.payloads, [4]);
    Object.assign(batch.ends, [1000]);
    batch.slots[0] = 4;
    batch.count = 1;
    batch.end = 1000;
    expect(record.queue.append(batch, 0, 0, HASH_KEY, 0)).toBe(true);
    const request = record.queue.next(LINGER_US) as PutRequest;
    expect(request.count).toBe(2);
    expect(slotsOf(request)).toEqual([0, 2, 4]);
    record.queue.answered(request, answerOf(['stored', 'stored']), LINGER_US);
    expect(record.queue.heldBytes).toBe(0);
  });

  it('gives every event one outcome, whatever is answered', () => {
    const fate = fc.constantFrom<Fate>('stored', 'stored', 'throttled', 'failed', 'refused');
    const step = fc.oneof(
      fc.record({ put: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ answer: fc.array(fate, { minLength: 1, maxLength: 20 }), which: fc.nat(3) }),
      fc.record({
        fail: fc.constantFrom<CallFailure>('ambiguous', 'throttled', 'refused', 'unsent'),
        which: fc.nat(3),
      }),
      fc.record({ pass: fc.integer({ min: 1, max: 400_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), fc.boolean(), (steps, abandoned, aggregates) => {
        const record = new QueueRecord({ retries: 2, ...(aggregates ? { aggregateBytes: 300 } : {}) });
        const { queue } = record;
        const under: PutRequest[] = [];
        let [slot, nowUs] = [0, 0];
        const pump = (): void => {
          for (let request = queue.next(nowUs); request !== null; request = queue.next(nowUs)) under.push(request);
        };
        const take = (which: number): PutRequest | undefined => under.splice(which % Math.max(1, under.length), 1)[0];
        for (const one of steps) {
          if ('put' in one) {
            record.put(
              Array.from({ length: one.put }, (_, i) => slot + i),
              nowUs,
              HASH_KEY,
            );
            slot += one.put;
          } else if ('pass' in one) nowUs += one.pass;
          else {
            const request = take(one.which);
            if (request === undefined) continue;
            if ('fail' in one) queue.failed(request, one.fail, 'failed', nowUs);
            else {
              const fates = Array.from({ length: request.count }, (_, i) => one.answer[i % one.answer.length] as Fate);
              queue.answered(request, answerOf(fates), nowUs);
            }
          }
          pump();
          expect(under.length).toBeLessThanOrEqual(2);
          expect(queue.outstanding).toBe(slot - record.outcomes.size);
        }
        if (abandoned) {
          queue.abandon('closed');
          for (const request of under) queue.answered(request, answerOf(Array(request.count).fill('stored')), nowUs);
        } else {
          for (let round = 0; round < 200 && queue.outstanding > 0; round++) {
            nowUs += 10_000_000;
            pump();
            for (let request = take(0); request !== undefined; request = take(0))
              queue.answered(request, answerOf(Array(request.count).fill('stored')), nowUs);
          }
        }
        expect(record.outcomes.size).toBe(slot);
        expect(queue.outstanding).toBe(0);
        expect(queue.heldBytes).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a pause after failures', () => {
  it('has a limit that doubles from 100 ms to 5 s', () => {
    expect([1, 2, 3, 7, 40].map((failures) => backOffUs(failures, 1))).toEqual([
      100_000, 200_000, 400_000, 5_000_000, 5_000_000,
    ]);
    expect(backOffUs(3, 0)).toBe(0);
  });
});
