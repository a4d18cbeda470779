import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { truthOf } from '../../src/answers/truth.ts';
import { writeTruth } from '../../src/answers/truth-file.ts';
import { readyPlan } from '../../src/events/ready-plan.ts';
import { scratch } from '../e2e/iotload.ts';
import { fixture, planned } from '../plan/request.ts';

let space: ReturnType<typeof scratch>;
beforeEach(() => {
  space = scratch();
});
afterEach(() => space.remove());

const shard = { index: 0, count: 1 };
const anchor = { runId: 'r1', startWallUs: 1_700_000_000_000_000, startMonoUs: 0 };

it('writes one line each, with pauses', async () => {
  const { plan } = await planned(fixture('timeline.yaml'));
  await readyPlan(plan);
  const question = { plan, anchor, shard, until: plan.fleets.map(() => 20_000) };
  let pauses = 0;
  await writeTruth(space.path('truth.ndjson'), question, async () => void pauses++);
  const lines = [...truthOf(question)];
  expect(pauses).toBe(lines.filter((line) => line === null).length);
  expect(pauses).toBeGreaterThan(0);
  const told = lines.filter((line) => line !== null).map((line) => JSON.stringify(line));
  expect(readFileSync(space.path('truth.ndjson'), 'utf8').trimEnd().split('\n')).toEqual(told);
});

it('says where it cannot write', async () => {
  const { plan } = await planned(fixture('minimal.yaml'));
  await readyPlan(plan);
  const question = { plan, anchor, shard, until: plan.fleets.map(() => 10) };
  await expect(writeTruth(space.path('none/truth.ndjson'), question, async () => {})).rejects.toMatchObject({
    code: 'file-unwritable',
  });
});
