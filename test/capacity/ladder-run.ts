import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Anchor } from '../../src/core/anchor.ts';
import { cellOf } from '../../src/metrics/recorder.ts';
import type { LadderPlan } from '../../src/plan/ladder.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planDocument } from '../../src/runner/plan-document.ts';
import type { RunHeader } from '../../src/wire/run-header.ts';
import { emptySamples, type Samples } from '../../src/wire/samples.ts';
import { emptyArrivals, SeenWriter } from '../../src/wire/seen-file.ts';
import { SentWriter } from '../../src/wire/sent-file.ts';
import { sentIntervals } from '../../src/wire/sent-record.ts';
import { planned } from '../plan/request.ts';

const START_WALL_US = 1_767_225_600_000_000;

/** What a second of a walk leaves: events, and latencies in µs. */
export interface WalkedSecond {
  pickedUp: number;
  acked: number;
  rejected: number;
  lagUs: number;
  responseUs: number;
  endToEndUs: number;
}

/**
 * The files of a run that walks 100, 200 and 400 events a second, each for a second and then judged for four, as far as `seconds` of it.
 * What a second leaves follows from what it should send; the run as a whole was fine.
 */
export async function ladderRun(
  each: (due: number, second: number) => Partial<WalkedSecond>,
  { seconds = 15, thresholds = 'response_time p90 < 100ms' }: { seconds?: number; thresholds?: string } = {},
): Promise<{ dir: string; plan: Plan; ladder: LadderPlan; anchor: Anchor }> {
  const text = `iotload: 1
name: walk
run: { warm_up: 1s }
fleets: { boards: { model: sensor-board, devices: 10, rate: 100/s, payload: sketch-temperature } }
target: { protocol: mqtt, endpoint: embedded }
thresholds: [${thresholds}]
capacity: { from: 100/s, to: 400/s, hold: 4s, precision: 100%, provision_for: 800/s }
`;
  const { plan } = await planned({ text, level: 'ladder' });
  const dir = mkdtempSync(join(tmpdir(), 'iotload-ladder-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const shard = { index: 0, count: 1 };
  const anchor = { runId: 'walk', startWallUs: START_WALL_US, startMonoUs: 0 };
  writeFileSync(join(dir, 'plan.json'), planDocument(plan, anchor, shard, 1, {}));
  const header: RunHeader = {
    ...{ runId: 'walk', shard },
    fleets: plan.fleets.map(({ name, devices, slots }) => ({ name, devices, slots })),
  };
  const sent = await SentWriter.open(join(dir, 'sent'), header);
  const seen = await SeenWriter.open(join(dir, 'seen'), header);
  const all = { pickedUp: 0, acked: 0, rejected: 0 };
  let throttled = 0;
  for (let second = 0; second < seconds; second++) {
    const due = 100 * 2 ** Math.floor(second / 5);
    const usual = { pickedUp: due, acked: due, rejected: 0, lagUs: 100, responseUs: 2_000, endToEndUs: 3_000 };
    const { lagUs, responseUs, endToEndUs, ...counts } = { ...usual, ...each(due, second) };
    for (const name of ['pickedUp', 'acked', 'rejected'] as const) all[name] += counts[name];
    throttled += counts.rejected;
    const done = all.acked + all.rejected;
    sent.moment({
      ...{ atUs: (second + 1) * 1e6, fleets: [[all.pickedUp, done, all.acked, all.rejected, 0, 0, 0, 0]] },
      ...{ cpuUs: 0, rssBytes: 1e8, busy: 0.3, descriptors: 40, throttled, disconnected: 0 },
    });
    const us = { scheduleLag: lagUs, clientWait: 10, serviceTime: responseUs, responseTime: responseUs };
    sent.samples([sentIntervals.map((interval) => samples(counts.acked, us[interval]))]);
    const unattributed = { received: counts.acked, foreign: 0, unidentified: 0, corrupt: 0 };
    seen.append(unattributed, [{ ...emptyArrivals(), endToEnd: samples(counts.acked, endToEndUs) }]);
    seen.moment({
      ...{ wallUs: START_WALL_US + (second + 1) * 1e6, received: all.acked, seen: all.acked },
      ...{ duplicates: 0, corrupt: 0, cpuUs: 0, rssBytes: 8e7 },
    });
  }
  await sent.end({ ended: 'completed' });
  await seen.close();
  return { dir, plan, ladder: plan.ladder as LadderPlan, anchor };
}

function samples(count: number, us: number): Samples {
  return { ...emptySamples(), cells: new Map([[cellOf(us), count]]), min: us, max: us, sum: count * us };
}
