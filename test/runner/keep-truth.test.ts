import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import { readyPlan } from '../../src/events/ready-plan.ts';
import { keepTruth } from '../../src/runner/keep-truth.ts';
import { scratch } from '../e2e/iotload.ts';
import { fixture, planned } from '../plan/request.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

let space: ReturnType<typeof scratch>;
beforeEach(() => {
  space = scratch();
});
afterEach(() => space.remove());

const anchor = { runId: 'r1', startWallUs: 1_700_000_000_000_000, startMonoUs: 0 };

/** What is told while the truth of a run is written that takes so long between two pauses, µs. */
async function notes(pauseUs: number): Promise<string[]> {
  const { plan } = await planned(fixture('timeline.yaml'));
  await readyPlan(plan);
  const inner = new VirtualClock();
  const clock = {
    nowUs: () => inner.nowUs(),
    soon(task: () => void) {
      inner.advanceTo(inner.nowUs() + pauseUs);
      queueMicrotask(task);
    },
  } as unknown as Clock;
  const told: string[] = [];
  const failed = (error: Error): never => {
    throw error;
  };
  const keeper = { dir: space.dir, clock, note: (text: string) => void told.push(text), failed };
  const until = plan.fleets.map(({ slots }) => slots);
  const files = await keepTruth({ plan, anchor, shard: { index: 0, count: 1 }, until }, keeper);
  expect(files).toEqual({ truth: 'truth.ndjson' });
  expect(existsSync(space.path('truth.ndjson'))).toBe(true);
  return told;
}

it('is silent where the truth is soon there, and says how far it is where it takes its time', async () => {
  expect(await notes(1)).toEqual([]);
  const told = await notes(700_000);
  expect(told.length).toBeGreaterThan(1);
  expect(told[0]).toMatch(/^truth\.ndjson: 1[26],\d{3} of at most [\d,]+ events have been made again$/);
});
