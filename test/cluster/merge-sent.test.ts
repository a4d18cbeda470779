import { expect, it } from 'vitest';
import { mergeSent } from '../../src/cluster/merge-sent.ts';
import type { SentRecord } from '../../src/wire/sent-record.ts';
import { type History, sentOf } from '../verify/history.ts';

const past: History = {
  fleets: [{ devices: 2, outcomes: ['acked', 'unknown', 'rejected', 'noAck', 'notSent', 'acked'] }],
  arrivals: [],
  graceOver: 0,
  complete: true,
};
const shards = (): [SentRecord, SentRecord] => [
  sentOf(past, { index: 0, count: 2 }),
  sentOf(past, { index: 1, count: 2 }),
];

it('is the record of one process that sent it all', () => {
  expect(mergeSent(shards())).toEqual(sentOf(past));
});

it('adds up what is counted, and takes the furthest promise', () => {
  const [a, b] = shards();
  Object.assign(a.fleets[0] as object, { orphaned: 1, conflicts: 2, extraAttempts: 3, promised: 4 });
  Object.assign(b.fleets[0] as object, { orphaned: 10, conflicts: 20, extraAttempts: 30, promised: 6 });
  const merged = mergeSent([
    { ...a, resumptions: 1, tornBytes: 5 },
    { ...b, resumptions: 2 },
  ]);
  expect(merged).toMatchObject({ resumptions: 3, tornBytes: 5 });
  expect(merged.fleets[0]).toMatchObject({ orphaned: 11, conflicts: 22, extraAttempts: 33, promised: 6 });
});

it.each([
  ['completed', 'completed', 'completed'],
  ['completed', 'interrupted', 'interrupted'],
  ['interrupted', 'aborted', 'aborted'],
  ['worker-died', 'aborted', 'worker-died'],
])('ended %s and %s is %s', (first, second, both) => {
  const [a, b] = shards();
  expect(
    mergeSent([
      { ...a, end: { ended: first } },
      { ...b, end: { ended: second } },
    ]).end,
  ).toEqual({ ended: both });
});

it('has no end where one shard was cut off', () => {
  const [a, b] = shards();
  expect(mergeSent([a, { ...b, end: null }]).end).toBeNull();
});

it('was ended by the threshold that was the first to end a shard', () => {
  const [a, b] = shards();
  const broken = (atUs: number) => ({ expression: 'unknown < 1%', observed: `at ${atUs}`, atUs });
  const merged = mergeSent([
    { ...a, end: { ended: 'aborted', broken: broken(7) } },
    { ...b, end: { ended: 'aborted', broken: broken(5) } },
  ]);
  expect(merged.end).toEqual({ ended: 'aborted', broken: broken(5) });
});
