import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eachSeenMoment, eachSentMoment, type SeenMoment, type SentMoment } from '../../src/wire/moments.ts';
import type { RunHeader } from '../../src/wire/run-header.ts';
import { emptySamples, type Samples } from '../../src/wire/samples.ts';
import { emptyArrivals, readSeen, SeenWriter } from '../../src/wire/seen-file.ts';
import { readSent, SentWriter } from '../../src/wire/sent-file.ts';
import { sentIntervals } from '../../src/wire/sent-record.ts';

const header: RunHeader = {
  runId: 'r',
  shard: { index: 0, count: 1 },
  fleets: [
    { name: 'a', devices: 2, slots: 100 },
    { name: 'b', devices: 1, slots: 10 },
  ],
};

const sample = (us: number): Samples => ({ ...emptySamples(), cells: new Map([[us, 1]]), min: us, max: us, sum: us });
const samples = (us: number): Samples[][] => header.fleets.map(() => sentIntervals.map(() => sample(us)));

function moment(atUs: number, sent: number): SentMoment {
  const counters = [sent, sent, sent, 0, 0, 0, 0, 3];
  return {
    ...{ atUs, fleets: [counters, counters], cpuUs: sent, rssBytes: 1, busy: 0.5, descriptors: 9 },
    ...{ throttled: sent, disconnected: 0 },
  };
}

describe('the moments of a run', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'iotload-moments-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('come from `sent` in order, with the latencies between, and go on over a resumption', async () => {
    const path = join(dir, 'sent');
    const writer = await SentWriter.open(path, header);
    writer.samples(samples(1));
    writer.moment(moment(1_000_000, 10));
    writer.samples(samples(2));
    await writer.end({ ended: 'interrupted' });
    const resumed = await SentWriter.resume(path, await readSent(path), [50, 5]);
    resumed.moment(moment(9_000_000, 4));
    resumed.samples(samples(3));
    await resumed.end({ ended: 'completed' });

    const seen: { moment: SentMoment; least: number }[] = [];
    await eachSentMoment(path, (each, fleets) => seen.push({ moment: each, least: fleets[1]?.[3]?.min ?? 0 }));
    expect(seen).toEqual([
      { moment: moment(1_000_000, 10), least: 2 },
      { moment: { ...moment(9_000_000, 14), fleets: Array(2).fill([14, 14, 14, 0, 0, 0, 0, 3]) }, least: 3 },
    ]);
    expect((await readSent(path)).fleets[0]?.samples[0]?.sum).toBe(6);
  });

  it('come from `seen` with the end-to-end times between', async () => {
    const path = join(dir, 'seen');
    const writer = await SeenWriter.open(path, header);
    const unattributed = { received: 1, foreign: 0, unidentified: 0, corrupt: 0 };
    const told: SeenMoment = {
      ...{ wallUs: 5, received: 1, seen: 1, duplicates: 0, corrupt: 0 },
      ...{ cpuUs: 2, rssBytes: 3 },
    };
    for (const us of [7, 8]) {
      writer.append(unattributed, [{ ...emptyArrivals(), endToEnd: sample(us) }, emptyArrivals()]);
      writer.moment({ ...told, received: us });
    }
    await writer.close();
    const seen: [number, number][] = [];
    await eachSeenMoment(path, ({ received }, endToEnd) => seen.push([received, endToEnd[0]?.min ?? 0]));
    expect(seen).toEqual([
      [7, 7],
      [8, 8],
    ]);
    expect((await readSeen(path)).unattributed.received).toBe(2);
  });
});
