import { expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { TargetPlan } from '../../src/plan/plan.ts';
import { prepareTarget, prepareTargets } from '../../src/runner/prepare-targets.ts';
import { optionsSchema } from '../../src/targets/kafka/options.ts';
import { server } from '../brokers/kafka/raw-client.ts';
import { phones, planOf } from '../events/plans.ts';

/** A plan of one minute whose target is a Kafka at this port. */
function planAt(port: number, config: Record<string, string>): { plan: ReturnType<typeof planOf>; target: TargetPlan } {
  const options = optionsSchema.parse({ endpoint: `127.0.0.1:${port}`, topic: 'a', create: { config } });
  const target = { name: 'lake', protocol: 'kafka', options };
  return { plan: planOf([phones('raw')], { targets: [target] }), target };
}

it('lets targets prepare themselves, and tells what they say by their names', async () => {
  const { port } = await server();
  const told: string[] = [];
  const ahead = {
    clock: systemClock(),
    runId: 'r1',
    env: {},
    notice: (target: string, kind: string, detail: string) => told.push(`${target} ${kind} ${detail}`),
  };
  const { plan, target } = planAt(port, { 'retention.ms': '59999' });
  await prepareTargets(plan, ahead);
  expect(told).toEqual([expect.stringMatching(/^lake warning retention\.ms is shorter than the run/)]);
  expect(await prepareTarget(plan, target, ahead)).toMatch(/topic a has 6 partitions/);
  expect(await prepareTarget(plan, { name: 'x', protocol: 'discard', options: {} }, ahead)).toBeNull();
});

it('passes on what a target has against the run', async () => {
  const { plan } = planAt(1, {});
  const ahead = { clock: systemClock(), runId: 'r1', env: {}, notice: () => {} };
  await expect(prepareTargets(plan, ahead)).rejects.toMatchObject({ code: 'target-unreachable' });
});
