import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { brokers, type EmbeddedBroker } from '../../src/brokers/registry.ts';
import { sleep, systemClock } from '../../src/core/clock.ts';
import { iotload, scratch, summaryOf } from '../e2e/iotload.ts';
import { type Slurm, startSlurm } from './slurm.ts';

let slurm: Slurm;
let broker: EmbeddedBroker;
const space = scratch();

beforeAll(async () => {
  [slurm, broker] = await Promise.all([startSlurm(), (brokers['mqtt'] as NonNullable<(typeof brokers)[string]>)({})]);
});

afterAll(async () => {
  await broker?.stop();
  await slurm?.stop();
  space.remove();
});

/** Resolves when the job that merges has written its result, or its last word. */
async function merged(results: string): Promise<void> {
  const clock = systemClock();
  const untilUs = clock.nowUs() + 60_000_000;
  const said = (): string => {
    const log = join(results, 'merge.log');
    return existsSync(log) ? readFileSync(log, 'utf8') : '';
  };
  while (!existsSync(join(results, 'merged', 'summary.json'))) {
    if (clock.nowUs() > untilUs || /^error/m.test(said())) throw new Error(`${said()}\n${slurm.log()}`);
    await sleep(clock, 200);
  }
}

it('a job array of four shards, merged by a job behind it', async () => {
  const results = space.path('results');
  const printed = await iotload(
    [
      'kube',
      'quickstart',
      '--slurm',
      '--shards',
      '4',
      '--start-in',
      '8s',
      '--results',
      results,
      '--run-id',
      'r1',
    ].concat(['--set', `target.endpoint=${broker.endpoint}`, '--duration', '4s', '--memory', '512MiB', '--cpu', '1']),
  );
  expect(printed.stderr).toContain('goes well on one node alone');
  expect(printed.code).toBe(0);
  const options = { input: printed.stdout, encoding: 'utf8', env: { ...process.env, ...slurm.env } } as const;
  expect(execFileSync('sh', options)).toMatch(/^shards: job \d+, merge: job \d+, results: /);
  await merged(results);
  const whole = summaryOf(join(results, 'merged'));
  const parts = [0, 1, 2, 3].map((shard) => summaryOf(join(results, 'shards', `${shard}`)));
  expect(whole).toMatchObject({ verdict: 'pass', run: { id: 'r1', shard: '0/1' } });
  expect(parts.map(({ run }) => run.shard)).toEqual(['0/4', '1/4', '2/4', '3/4']);
  expect(new Set([whole, ...parts].map(({ run }) => run.planDigest)).size).toBe(1);
  const total = parts.reduce((sum, { events }) => sum + events.intended, 0);
  expect(whole.events).toMatchObject({ intended: total, acked: total });
  expect(whole.delivery).toMatchObject({ verified: total, lost: 0, missing: 0, duplicates: 0, foreign: 0 });
});
