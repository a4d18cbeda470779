import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { IotloadError } from '../../src/core/errors.ts';
import { readyPlan } from '../../src/events/ready-plan.ts';
import type { RunResult } from '../../src/metrics/result.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { keepAnswers } from '../../src/runner/keep-answers.ts';
import { keepPictures } from '../../src/runner/keep-pictures.ts';
import type { SentRecord } from '../../src/wire/sent-record.ts';
import { scratch } from '../e2e/iotload.ts';
import { planned } from '../plan/request.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

let space: ReturnType<typeof scratch>;
let failures: string[];
beforeEach(() => {
  space = scratch();
  failures = [];
});
afterEach(() => space.remove());

const anchor = { runId: 'r1', startWallUs: 1_700_000_000_000_000, startMonoUs: 0 };
const shard = { index: 0, count: 1 };

async function planOf(model: string, target = '{ protocol: mqtt, endpoint: embedded }'): Promise<Plan> {
  const fleets = `{ phones: { model: ${model}, devices: 2, every: 1s, payload: raw } }`;
  const text = `iotload: 1\nname: pictures\nrun: { duration: 5s }\nfleets: ${fleets}\ntarget: ${target}\n`;
  const { plan } = await planned({ text });
  await readyPlan(plan);
  return plan;
}
const keeper = () => ({
  dir: space.dir,
  clock: new VirtualClock(),
  note: () => {},
  failed: (error: IotloadError) => void failures.push(error.code),
});
const keep = (plan: Plan): Promise<RunResult['files']> =>
  keepPictures({ plan, anchor, shard, until: plan.fleets.map(({ slots }) => slots) }, keeper());

it('stand beside the results of models that have one', async () => {
  expect(await keep(await planOf('phone-motion'))).toEqual({ devices: 'devices.csv', heatMap: 'heatmap.csv' });
  expect(existsSync(space.path('devices.csv')) && existsSync(space.path('heatmap.csv'))).toBe(true);
});

it('are none of a run that sends nowhere', async () => {
  expect(await keep(await planOf('phone-motion', '{ protocol: discard }'))).toEqual({});
  expect(existsSync(space.path('devices.csv'))).toBe(false);
});

it('that cannot be kept are told, and cost nothing else', async () => {
  mkdirSync(space.path('heatmap.csv'));
  expect(await keep(await planOf('phone-motion'))).toEqual({});
  expect(failures).toEqual(['file-unwritable']);
});

it('end, like the truth, where the run was cut short', async () => {
  const plan = await planOf('phone-motion');
  const eventsOf = async (sent: SentRecord | null): Promise<string[]> => {
    const files = await keepAnswers(plan, anchor, shard, sent, keeper());
    expect(files).toEqual({ truth: 'truth.ndjson', devices: 'devices.csv', heatMap: 'heatmap.csv' });
    const [, ...lines] = readFileSync(space.path('devices.csv'), 'utf8').trimEnd().split('\n');
    return lines.map((line) => line.split(',')[5] as string);
  };
  expect(await eventsOf(null)).toEqual(['5', '5']);
  expect(await eventsOf({ fleets: [{ promised: 3 }] } as Partial<SentRecord> as SentRecord)).toEqual(['2', '1']);
  expect(failures).toEqual([]);
});
