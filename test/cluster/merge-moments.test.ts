import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CurveReader } from '../../src/cluster/curves.ts';
import { mergeSeenMoments, mergeSentMoments } from '../../src/cluster/merge-moments.ts';
import type { SeenMoment, SentMoment } from '../../src/wire/moments.ts';
import { emptySamples, type Samples } from '../../src/wire/samples.ts';
import { emptyArrivals, SeenWriter } from '../../src/wire/seen-file.ts';
import { SentWriter } from '../../src/wire/sent-file.ts';

const header = { runId: 'r1', shard: { index: 0, count: 1 }, fleets: [{ name: 'f', devices: 1, slots: 10_000 }] };
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'iotload-moments-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const sampled = (cell: number): Samples => ({
  ...emptySamples(),
  cells: new Map([[cell, 1]]),
  min: cell,
  max: cell,
  sum: cell,
});
const count = ({ cells }: Samples): number => [...cells.values()].reduce((a, b) => a + b, 0);

async function sentFile(name: string, moments: readonly (Partial<SentMoment> & { atUs: number; sent: number })[]) {
  const writer = await SentWriter.open(join(dir, name), header);
  for (const { sent, ...more } of moments) {
    writer.moment({
      ...{ fleets: [[sent, sent, sent, 0, 0, 0, 0, 0]], cpuUs: sent, rssBytes: 5, busy: null, descriptors: null },
      ...{ throttled: 0, disconnected: 0 },
      ...more,
    });
    writer.samples([[sampled(1), sampled(2), sampled(3), sampled(4)]]);
  }
  await writer.end({ ended: 'completed' });
  return join(dir, name);
}

async function seenFile(name: string, moments: readonly (Partial<SeenMoment> & { atUs: number; seen: number })[]) {
  const writer = await SeenWriter.open(join(dir, name), header);
  for (const { atUs, seen, ...more } of moments) {
    writer.append({ received: 0, foreign: 0, unidentified: 0, corrupt: 0 }, [
      { ...emptyArrivals(), endToEnd: sampled(9) },
    ]);
    writer.moment({
      wallUs: 7e6 + atUs,
      received: seen,
      seen,
      duplicates: 0,
      corrupt: 0,
      cpuUs: 0,
      rssBytes: 3,
      ...more,
    });
  }
  await writer.close();
  return join(dir, name);
}

it('shards that say where they stand at instants of their own are added as of one', async () => {
  const paths = [
    await sentFile('a', [
      { atUs: 1_000_000, sent: 100, busy: 0.2, descriptors: 30, partitions: [[0, 60, 0, 1, 40, 2]] },
      { atUs: 2_000_000, sent: 200, partitions: [[0, 50, 0]] },
    ]),
    await sentFile('b', [
      { atUs: 500_000, sent: 10, rssBytes: 9 },
      { atUs: 1_500_000, sent: 30, busy: 0.5, descriptors: 40, partitions: [[1, 20, 0]] },
    ]),
    await sentFile('silent', []),
  ];
  const steps = await mergeSentMoments(paths, 1);
  expect(steps.map(({ moment: { atUs, fleets } }) => [atUs, fleets[0]?.[1]])).toEqual([
    [1_000_000, 120],
    [2_000_000, 230],
  ]);
  expect(steps.map(({ moment: { rssBytes, busy, descriptors } }) => [rssBytes, busy, descriptors])).toEqual([
    [5, 0.5, 40],
    [5, 0.5, 40],
  ]);
  expect(steps.map(({ moment: { partitions } }) => partitions)).toEqual([
    [[0, 60, 0, 1, 40, 2]],
    [[0, 50, 0, 1, 20, 0]],
  ]);
  expect(steps.map(({ samples }) => samples[0]?.map(count))).toEqual([
    [2, 2, 2, 2],
    [2, 2, 2, 2],
  ]);
});

it('a run longer than a quarter of an hour has longer steps, and nothing is lost', async () => {
  const moments = Array.from({ length: 2_000 }, (_, i) => ({ atUs: (i + 1) * 1e6, sent: i + 1 }));
  const steps = await mergeSentMoments([await sentFile('a', moments), await sentFile('b', moments)], 1);
  expect(steps).toHaveLength(667);
  expect(steps.at(-1)?.moment).toMatchObject({ atUs: 2e9, fleets: [[4_000, 4_000, 4_000, 0, 0, 0, 0, 0]], busy: null });
  expect(steps[0]?.moment).not.toHaveProperty('partitions');
  expect(steps.reduce((sum, { samples }) => sum + count(samples[0]?.[3] as Samples), 0)).toBe(4_000);
});

it('files that say nothing of time are none', async () => {
  expect(await mergeSentMoments([await sentFile('a', [])], 1)).toEqual([]);
  expect(await mergeSeenMoments([await seenFile('b', [])], 1, 7e6)).toEqual([]);
});

it('readers of one stream have received it once; what was read before the start counts in the first step', async () => {
  const paths = [
    await seenFile('a', [
      { atUs: -300_000, seen: 0, received: 0 },
      { atUs: 900_000, seen: 40, received: 100, partitions: [0, 100, 0], descriptors: 12 },
    ]),
    await seenFile('b', [{ atUs: 1_000_000, seen: 60, received: 90, duplicates: 5, partitions: [0, 90, 0] }]),
  ];
  const [step, ...more] = await mergeSeenMoments(paths, 1, 7e6);
  expect(more).toEqual([]);
  expect(step?.moment).toMatchObject({ wallUs: 8e6, seen: 100, duplicates: 5, received: 105, descriptors: 12 });
  expect(step?.moment.partitions).toEqual([0, 100, 0]);
  expect(count(step?.endToEnd[0] as Samples)).toBe(3);
});

it('readers that were all there before the start', async () => {
  const [step] = await mergeSeenMoments([await seenFile('a', [{ atUs: -5, seen: 2 }])], 1, 7e6);
  expect(step?.moment).toMatchObject({ wallUs: 7e6 + 1, seen: 2 });
});

it('a figure between two points lies on the line between them; one that began anew is as it says', () => {
  const reader = new CurveReader([
    { atUs: 10, value: 100 },
    { atUs: 20, value: 200 },
    { atUs: 30, value: 50 },
  ]);
  const at = (us: number): number => {
    reader.at(us);
    return reader.between(us, (value) => value);
  };
  expect([5, 10, 12, 20, 25, 30, 99].map(at)).toEqual([50, 100, 120, 200, 50, 50, 50]);
  const none = new CurveReader<number>([]);
  expect([none.at(1), none.between(1, (value) => value)]).toEqual([undefined, 0]);
});
