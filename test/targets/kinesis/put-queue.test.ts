import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventBatch, type EventBatch } from '../../../src/core/event-batch.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import type { CallFailure } from '../../../src/targets/kinesis/calls.ts';
import { backOffUs, PutQueue } from '../../../src/targets/kinesis/put-queue.ts';
import type { PutRequest } from '../../../src/targets/kinesis/put-request.ts';
import { PutRecordsAnswer } from '../../../src/wire/kinesis/put-records-answer.ts';

const LINGER_US = 20_000;

/** Events of one device each, told apart by their slots. */
function batchOf(slots: readonly number[]): EventBatch {
  const batch = createEventBatch(slots.length, 64 * slots.length);
  for (const [i, slot] of slots.entries()) {
    const bytes = Buffer.from(`key-${slot}data-${slot}`);
    const at = batch.end;
    batch.bytes.set(bytes, at);
    batch.starts[i] = at;
    batch.identities[i] = batch.payloads[i] = at + `key-${slot}`.length;
    batch.ends[i] = batch.end = at + bytes.length;
    batch.slots[i] = slot;
    batch.seats[i] = slot;
    batch.count++;
  }
  return batch;
}

type Fate = 'stored' | 'throttled' | 'failed' | 'refused';

function answerOf(fates: readonly Fate[]): PutRecordsAnswer {
  const code = {
    stored: '',
    throttled: 'ProvisionedThroughputExceededException',
    failed: 'InternalFailure',
    refused: 'KMSDisabled',
  };
  const Records = fates.map((fate) =>
    fate === 'stored' ? { SequenceNumber: '1', ShardId: 'shardId-000000000000' } : { ErrorCode: code[fate] },
  );
  const failed = fates.filter((fate) => fate !== 'stored').length;
  const answer = new PutRecordsAnswer();
  expect(answer.read(Buffer.from(JSON.stringify({ FailedRecordCount: failed, Records })), fates.length)).toBe(true);
  return answer;
}

class Record {
  readonly outcomes = new Map<number, { outcome: Outcome; reason: string }>();
  readonly resent: { slot: number; doubt: boolean }[] = [];
  readonly waiting = new Set<number>();
  readonly queue: PutQueue;

  constructor(settings: { retries?: number; maxInFlight?: number; lanes?: number } = {}) {
    const { retries = 3, maxInFlight = 2, lanes = 2 } = settings;
    this.queue = new PutQueue(
      lanes,
      {
        stream: 's',
        batchBytes: 2000,
        lingerUs: LINGER_US,
        maxInFlight,
        retries,
        timeoutUs: 1e9,
        random: () => 0.5,
      },
      {
        settled: (request, i, outcome, reason) => this.settle(request, i, outcome, reason),
        stored: (request) => {
          for (let i = 0; i < request.count; i++) this.settle(request, i, Outcome.acked, 'stored');
        },
        resent: (request, i) => this.resent.push({ slot: request.slots[i] as number, doubt: request.doubts[i] === 1 }),
        throttled: () => {},
        waits: (lane, waits) => void (waits ? this.waiting.add(lane) : this.waiting.delete(lane)),
      },
    );
  }

  settle(request: PutRequest, i: number, outcome: Outcome, reason: string): void {
    const slot = request.slots[i] as number;
    expect(this.outcomes.has(slot)).toBe(false);
    this.outcomes.set(slot, { outcome, reason });
  }

  put(slots: readonly number[], atUs: number): void {
    const batch = batchOf(slots);
    for (const [i, slot] of slots.entries()) expect(this.queue.append(batch, i, slot % 2, null, atUs)).toBe(true);
  }
}

const slotsOf = (request: PutRequest): number[] => [...request.slots.subarray(0, request.count)];

describe('a queue of events for a stream', () => {
  it('waits for more until the linger is over', () => {
    const record = new Record();
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
    const record = new Record();
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
    const record = new Record();
    record.put([0, 1, 2, 3], 0);
    const request = record.queue.next(LINGER_US) as PutRequest;
    record.queue.answered(request, answerOf(['stored', 'throttled', 'stored', 'throttled']), LINGER_US);
    expect([...record.outcomes.keys()]).toEqual([0, 2]);
    expect([...record.waiting]).toEqual([1]);
    const dueUs = LINGER_US + backOffUs(1, 0.5);
    expect(record.queue.dueUs).toBe(dueUs);
    expect(record.queue.next(dueUs - 1)).toBeNull();
    const again = record.queue.next(dueUs) as PutRequest;
    expect(slotsOf(again)).toEqual([1, 3]);
    expect(record.resent).toEqual([1, 3].map((slot) => ({ slot, doubt: false })));
    expect(record.waiting.size).toBe(0);
    record.queue.answered(again, answerOf(['stored', 'stored']), dueUs);
    expect(record.outcomes.size).toBe(4);
  });

  it('rejects what a shard never has room for, and calls unknown what may have been stored before', () => {
    const record = new Record({ retries: 1 });
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
    const record = new Record({ retries: 1 });
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
    const record = new Record();
    record.put([5], 0);
    record.queue.failed(record.queue.next(LINGER_US) as PutRequest, failure, 'access denied', LINGER_US);
    expect(record.outcomes.get(5)).toEqual({ outcome: Outcome.rejected, reason: 'access denied' });
  });

  it('gives every event one outcome, whatever is answered', () => {
    const fate = fc.constantFrom<Fate>('stored', 'stored', 'throttled', 'failed', 'refused');
    const step = fc.oneof(
      fc.record({ put: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ answer: fc.array(fate, { minLength: 1, maxLength: 20 }), which: fc.nat(3) }),
      fc.record({ fail: fc.constantFrom<CallFailure>('ambiguous', 'throttled', 'refused'), which: fc.nat(3) }),
      fc.record({ pass: fc.integer({ min: 1, max: 400_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, abandoned) => {
        const record = new Record({ retries: 2 });
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
