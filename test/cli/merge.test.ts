import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { mergeCommand } from '../../src/cli/merge.ts';
import type { RunResult } from '../../src/metrics/result.ts';
import { resultFormats } from '../../src/metrics/result-formats.ts';
import { summaryIn } from '../../src/runner/read-summary.ts';
import { shardedPlan, storeShard } from '../cluster/stored-shard.ts';
import { capturedOutput } from './captured-output.ts';

let dir: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'iotload-merge-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const plan = await shardedPlan();
  await storeShard({ dir: join(dir, 'shards/0'), plan, index: 0, count: 2 });
  await storeShard({ dir: join(dir, 'shards/1'), plan, index: 1, count: 2 });
});

const merge = (...args: string[]): Promise<number> =>
  mergeCommand.execute(['merge', ...args, '--out', join(dir, 'merged')], 'one result');

it('prints the merged result, writes every report and exits by its verdict', async () => {
  const said = capturedOutput();
  // Shards without a summary of their own: nobody knows how well they kept their schedule.
  expect(await merge(join(dir, 'shards'))).toBe(3);
  expect(said.stdout).toMatch(/^INCONCLUSIVE.*0 lost of 40 acknowledged.*shards +2, ready in time/s);
  expect(said.stderr).toBe('');
  expect(summaryIn(join(dir, 'merged')).files).toMatchObject({ sent: 'sent', seen: 'seen', ...resultFormats });
});

it('prints nothing but JSON, or nothing at all', async () => {
  const json = capturedOutput();
  await merge(join(dir, 'shards/0'), join(dir, 'shards/1'), '--json');
  expect((JSON.parse(json.stdout) as RunResult).events.acked).toBe(40);
  rmSync(join(dir, 'merged'), { recursive: true });
  const quiet = capturedOutput();
  await storeShard({ dir: join(dir, 'shards/0b'), plan: await shardedPlan(), index: 0, count: 2, promised: 0 });
  await merge(join(dir, 'shards'), '-q');
  expect(quiet).toEqual({ stdout: '', stderr: '' });
});

it('wants to know which shards', async () => {
  await expect(merge()).rejects.toMatchObject({ code: 'bad-arguments', message: 'which shards?' });
});
