import { expect, it } from 'vitest';
import { mergeSeen } from '../../src/cluster/merge-seen.ts';
import type { SeenEnd, SeenRecord } from '../../src/wire/seen-file.ts';
import { type History, seenOf } from '../verify/history.ts';

const own = (slot: number) => ({ fleet: 0, slot, kind: 'own' as const });
const past: History = {
  fleets: [{ devices: 2, outcomes: ['acked', 'acked', 'acked', 'acked'] }],
  arrivals: [own(2), own(0), own(1), own(1), own(3), { ...own(2), kind: 'corrupt' }, { ...own(0), kind: 'foreign' }],
  graceOver: 4,
  complete: true,
};
const shards = (arrivals = past.arrivals): [SeenRecord, SeenRecord] => [
  seenOf({ ...past, arrivals }, { index: 0, count: 2 }),
  seenOf(past, { index: 1, count: 2 }),
];

it('is the record of one verifier that entered it all', () => {
  expect(mergeSeen(shards())).toEqual({ ...seenOf(past), end: { ...seenOf(past).end, clockJumps: [] } });
});

it('takes the word of the reader to whom most is foreign, where another saw less', () => {
  const [a, b] = shards(past.arrivals.slice(0, 3));
  // The stranger, and the altered event that its own verifier never met.
  expect(mergeSeen([a, b]).unattributed).toMatchObject({ foreign: 2, received: 7 });
});

it('doubts what any of them doubts, by name, and vouches for nothing that one cannot', () => {
  const [a, b] = shards();
  const end = (over: Partial<SeenEnd>): SeenEnd => ({ ...(a.end as SeenEnd), ...over });
  const range = (partition: number, from: number, to: number) => ({ partition, from, to });
  const source = { gaps: 1, fullReads: 2, brokerDropped: 7 };
  const merged = mergeSeen([
    { ...a, end: end({ cpuSeconds: 2, peakRssBytes: 9, doubts: ['slow'], read: [range(0, 5, 9), range(1, 0, 4)] }) },
    {
      ...b,
      end: end({
        read: [range(0, 6, 8), range(1, 0, 5)],
        complete: false,
        source,
        cpuSeconds: 3,
        peakRssBytes: 4,
        signals: ['late'],
      }),
    },
  ]);
  expect(merged.end).toMatchObject({
    complete: false,
    source: { gaps: 1, fullReads: 2, brokerDropped: 7 },
    cpuSeconds: 5,
    peakRssBytes: 9,
    doubts: ['shard 0: slow'],
    signals: ['shard 1: late'],
    read: [range(0, 6, 8), range(1, 0, 4)],
  });
  expect(mergeSeen([a, { ...b, end: null }]).end).toBeNull();
});

it('knows of what a target counted itself the largest figure, which is not the whole run’s', () => {
  const counted = { by: 'log end offsets', messages: 7, readAll: true, final: true, markers: 1 };
  const [a, b] = shards();
  const end = (record: SeenRecord, more: Partial<SeenEnd>): SeenRecord => ({
    ...record,
    end: { ...(record.end as SeenEnd), ...more },
  });
  const merged = mergeSeen([end(a, { counted }), end(b, { counted: { ...counted, messages: 9 } })]);
  expect(merged.end?.counted).toEqual({ ...counted, messages: 9, final: false });
  expect(mergeSeen([end(a, { counted: { ...counted, messages: null } }), b]).end?.counted?.messages).toBeNull();
  expect(mergeSeen([a, b]).end).not.toHaveProperty('counted');
});
