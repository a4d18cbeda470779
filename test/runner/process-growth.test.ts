import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processGrowth, steepestOf } from '../../src/runner/process-growth.ts';
import type { RunHeader } from '../../src/wire/run-header.ts';
import { emptySamples } from '../../src/wire/samples.ts';
import { emptyArrivals, readSeen, SeenWriter } from '../../src/wire/seen-file.ts';
import { readSent, SentWriter } from '../../src/wire/sent-file.ts';
import { sentIntervals } from '../../src/wire/sent-record.ts';
import { testPlan } from '../verify/test-plan.ts';

const plan = { ...testPlan([{ devices: 1, slots: 1_000 }]), run: { warmUpUs: 10e6, durationUs: 30e6, drainUs: 0 } };
const header: RunHeader = {
  runId: 'r',
  shard: { index: 0, count: 1 },
  fleets: [{ name: 'fleet0', devices: 1, slots: 1_000 }],
};
const anchor = { runId: 'r', startWallUs: 1e15, startMonoUs: 0 };
const MIB_PER_HOUR_IN_A_SECOND = 1_048_576 / 3_600;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'iotload-growth-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function tellSent(writer: SentWriter, seconds: readonly number[], rss: (second: number) => number): void {
  for (const second of seconds) {
    writer.moment({
      ...{ atUs: second * 1e6, fleets: [[0, 0, 0, 0, 0, 0, 0, 0]], cpuUs: 0, rssBytes: rss(second), busy: null },
      ...{ descriptors: 20 + second, throttled: 0, disconnected: 0 },
    });
    // Two events a second, later by 1 us every second on average.
    const lag = { ...emptySamples(), cells: new Map([[second, 2]]), min: 0, max: 2 * second, sum: 2 * second };
    writer.samples([sentIntervals.map((name) => (name === 'scheduleLag' ? lag : emptySamples()))]);
  }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

it('is that of the measurement, of each process by itself', async () => {
  const writer = await SentWriter.open(join(dir, 'sent'), header);
  // What the warm-up takes, and what the end gives back, is no growth.
  const rss = (second: number): number =>
    second < 10 ? second * 1e7 : second > 40 ? 1 : 1e8 + second * MIB_PER_HOUR_IN_A_SECOND;
  tellSent(writer, range(0, 45), rss);
  await writer.end({ ended: 'completed' });
  const seen = await SeenWriter.open(join(dir, 'seen'), header);
  for (const second of range(0, 45)) {
    seen.append({ received: 1, foreign: 0, unidentified: 0, corrupt: 0 }, [emptyArrivals()]);
    const counts = { received: 0, seen: 0, duplicates: 0, corrupt: 0, cpuUs: 0 };
    seen.moment({ wallUs: 1e15 + second * 1e6, ...counts, rssBytes: 5e7, descriptors: 9 });
  }
  await seen.close();
  const { generator, verifier } = await processGrowth(dir, plan, anchor);
  expect(generator.rss?.perHour).toBeCloseTo(1_048_576, 0);
  expect(generator.descriptors?.perHour).toBeCloseTo(3_600, 6);
  expect(generator.scheduleLag?.perHour).toBeCloseTo(3_600, 6);
  const flat = { perHour: 0, low: 0, high: 0 };
  expect(verifier).toEqual({ rss: flat, descriptors: flat, scheduleLag: null });
  expect(steepestOf([generator, verifier ?? generator]).rss).toEqual(generator.rss);
});

it('is that since the run went on: its processes were new then', async () => {
  const path = join(dir, 'sent');
  const first = await SentWriter.open(path, header);
  tellSent(first, range(0, 20), () => 9e8);
  await first.close();
  const second = await SentWriter.resume(path, await readSent(path), [500]);
  tellSent(second, range(21, 41), () => 1e8);
  await second.end({ ended: 'completed' });
  const { generator, verifier } = await processGrowth(dir, plan, anchor);
  expect(generator.rss).toEqual({ perHour: 0, low: 0, high: 0 });
  expect(verifier).toBeNull();
});

it('is not told of a verifier whose file says nothing of its descriptors', async () => {
  const writer = await SentWriter.open(join(dir, 'sent'), header);
  await writer.end({ ended: 'completed' });
  const seen = await SeenWriter.open(join(dir, 'seen'), header);
  for (const second of range(10, 30))
    seen.moment({
      ...{ wallUs: 1e15 + second * 1e6, received: 0, seen: 0, duplicates: 0, corrupt: 0, cpuUs: 0, rssBytes: 1 },
    });
  await seen.end({
    ...{ complete: true, source: { gaps: 0, fullReads: 0, brokerDropped: null } },
    ...{ cpuSeconds: 0, peakRssBytes: 1, doubts: [], signals: [] },
  });
  expect((await readSeen(join(dir, 'seen'))).end).not.toBeNull();
  const { generator, verifier } = await processGrowth(dir, plan, anchor);
  expect(generator).toEqual({ rss: null, descriptors: null, scheduleLag: null });
  expect(verifier).toMatchObject({ rss: { perHour: 0 }, descriptors: null });
});
