import { expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { prepare } from '../../../src/targets/kafka/prepare.ts';
import type { PrepareContext } from '../../../src/targets/target.ts';
import { server } from '../../brokers/kafka/raw-client.ts';
import { clusterOptions } from './cluster-context.ts';

it('creates the topic of a run, once, and says what it found', async () => {
  const { port } = await server();
  const warnings: string[] = [];
  const context: PrepareContext = {
    clock: systemClock(),
    runId: 'r7',
    lastsUs: 1e6,
    notice: (kind, detail) => warnings.push(`${kind}: ${detail}`),
    random: () => 0.5,
    reveal: (text) => text,
  };
  const options = clusterOptions(`kafka://127.0.0.1:${port}`, { topic: 'a-<run>', create: { partitions: 2 } });
  expect(await prepare(options, context)).toBe(
    'accepted, without a login; topic a-r7, created just now, has 2 partitions, 1 copy of each',
  );
  expect(await prepare(options, context)).toBe(
    'accepted, without a login; topic a-r7 has 2 partitions, 1 copy of each',
  );
  expect(warnings).toEqual([]);
  const compact = { topic: 'b', create: { config: { 'cleanup.policy': 'compact' } } };
  await prepare(clusterOptions(`127.0.0.1:${port}`, compact), context);
  expect(warnings).toEqual([expect.stringMatching(/^warning: cleanup\.policy is compact/)]);
});
