import { expect } from 'vitest';
import { createEventBatch, type EventBatch } from '../../../src/core/event-batch.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { PutQueue } from '../../../src/targets/kinesis/put-queue.ts';
import type { PutRequest } from '../../../src/targets/kinesis/put-request.ts';
import { PutRecordsAnswer } from '../../../src/wire/kinesis/put-records-answer.ts';

export const LINGER_US = 20_000;

/** Events of one device each, told apart by their slots. */
export function batchOf(slots: readonly number[]): EventBatch {
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

export type Fate = 'stored' | 'throttled' | 'failed' | 'refused';

export function answerOf(fates: readonly Fate[]): PutRecordsAnswer {
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

interface Settings {
  retries?: number;
  maxInFlight?: number;
  lanes?: number;
  aggregateBytes?: number;
  timeoutUs?: number;
}

export class QueueRecord {
  readonly outcomes = new Map<number, { outcome: Outcome; reason: string }>();
  readonly resent: { slot: number; doubt: boolean }[] = [];
  readonly throttled: { lane: number; count: number }[] = [];
  readonly queue: PutQueue;

  constructor(settings: Settings = {}) {
    const { retries = 3, maxInFlight = 2, lanes = 2, aggregateBytes = null, timeoutUs = 1e9 } = settings;
    this.queue = new PutQueue(
      lanes,
      {
        stream: 's',
        form: 'json',
        batchBytes: 2000,
        aggregateBytes,
        lingerUs: LINGER_US,
        maxInFlight,
        retries,
        timeoutUs,
        random: () => 0.5,
      },
      {
        settled: (request, from, to, outcome, reason) => {
          for (const slot of eventsOf(request, from, to)) this.settle(slot, outcome, reason);
        },
        resent: (request, from, to, doubt) => {
          for (const slot of eventsOf(request, from, to)) this.resent.push({ slot, doubt });
        },
        throttled: (lane, _shard, count) => this.throttled.push({ lane, count }),
      },
    );
  }

  settle(slot: number, outcome: Outcome, reason: string): void {
    expect(this.outcomes.has(slot)).toBe(false);
    this.outcomes.set(slot, { outcome, reason });
  }

  put(slots: readonly number[], atUs: number, hashKey: Uint8Array | null = null): void {
    const batch = batchOf(slots);
    for (const [i, slot] of slots.entries()) expect(this.queue.append(batch, i, slot % 2, hashKey, atUs)).toBe(true);
  }
}

export const HASH_KEY = Buffer.from('1234');
export const slotsOf = (request: PutRequest): number[] => eventsOf(request, 0, request.count);

export function eventsOf({ slots, firsts }: PutRequest, from: number, to: number): number[] {
  return [...slots.subarray(firsts[from], firsts[to])];
}
