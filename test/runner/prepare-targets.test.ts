import { expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { Plan, TargetPlan } from '../../src/plan/plan.ts';
import { prepareTarget, prepareTargets, type RunAhead } from '../../src/runner/prepare-targets.ts';
import { server } from '../brokers/kafka/raw-client.ts';
import { phones, planOf } from '../events/plans.ts';
import { clusterOptions } from '../targets/kafka/cluster-context.ts';

const discard: TargetPlan = { name: 'nowhere', protocol: 'discard', options: {} };
const kafka = (port: number, block: object = {}): TargetPlan => ({
  name: 'log',
  protocol: 'kafka',
  options: clusterOptions(`127.0.0.1:${port}`, { topic: 'of-<run>', ...block }) as unknown as TargetPlan['options'],
});

function ahead(env: Record<string, string> = {}): RunAhead & { told: string[] } {
  const told: string[] = [];
  const notice = (...said: string[]) => void told.push(said.join(': '));
  return { clock: systemClock(), runId: 'r9', env, notice, told };
}

const plan = (...targets: TargetPlan[]): Plan => planOf([phones('raw')], { targets });

it('is nothing for a target that needs nothing beforehand', async () => {
  expect(await prepareTarget(plan(discard), discard, ahead())).toBeNull();
});

it('has each target see to itself, for this run', async () => {
  const { port } = await server();
  const run = ahead();
  const compact = kafka(port, { create: { partitions: 1, config: { 'cleanup.policy': 'compact' } } });
  await prepareTargets(plan(discard, compact), run);
  // By its name in the plan.
  expect(run.told).toEqual([expect.stringMatching(/^log: warning: cleanup\.policy is compact/)]);
  expect(await prepareTarget(plan(compact), compact, run)).toBe(
    'accepted, without a login; topic of-r9 has 1 partition, 1 copy of each',
  );
});

it('tells a target how long the run lasts, until nobody waits any more', async () => {
  const { port } = await server();
  const short = kafka(port, { create: { partitions: 1, config: { 'retention.ms': '100000' } } });
  const told = async (changes: Partial<Plan>) => {
    const run = ahead();
    await prepareTarget({ ...plan(short), ...changes }, short, run);
    return run.told.filter((text) => text.includes('retention.ms'));
  };
  const run = { warmUpUs: 0, durationUs: 60_000_000, drainUs: 20_000_000 };
  const verify = { read: 0, expect: 'at-least-once', order: true, graceUs: 15_000_000 } as const;
  expect(await told({ run, verify: null })).toEqual([]);
  expect(await told({ run, verify })).toEqual([]);
  expect(await told({ run, verify: { ...verify, graceUs: 25_000_000 } })).toHaveLength(1);
  expect(await told({ run: { ...run, drainUs: 45_000_000 }, verify: null })).toHaveLength(1);
});

it('ends at the first target that has something against the run', async () => {
  const auth = { username: '${USER}', password: 'x' };
  const refusing = kafka(1, { auth });
  await expect(prepareTargets(plan(refusing, discard), ahead())).rejects.toMatchObject({
    code: 'bad-scenario',
    message: 'the environment variable USER is not set',
  });
  await expect(prepareTargets(plan(refusing), ahead({ USER: 'me' }))).rejects.toMatchObject({
    code: 'target-unreachable',
  });
});
