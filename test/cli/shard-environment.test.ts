import { describe, expect, it } from 'vitest';
import { type ShardFlags, shardOf } from '../../src/cli/shard-environment.ts';

const START = '2026-01-31T12:00:00Z';
const common = { IOTLOAD_RUN_ID: 'nightly', IOTLOAD_START_AT: START };
const none: ShardFlags = { shard: undefined, runId: undefined, startAt: undefined };
const slurm = (id: string, count: string, min = '', step = '') => ({
  SLURM_ARRAY_TASK_ID: id,
  SLURM_ARRAY_TASK_COUNT: count,
  SLURM_ARRAY_TASK_MIN: min,
  SLURM_ARRAY_TASK_STEP: step,
});

describe('which shard a process is', () => {
  it.each<[string, Record<string, string>, string]>([
    ['nothing', {}, '0/1'],
    ['an indexed job of Kubernetes', { JOB_COMPLETION_INDEX: '3', IOTLOAD_SHARDS: '8' }, '3/8'],
    ['an indexed job that says nothing of shards', { JOB_COMPLETION_INDEX: '3' }, '0/1'],
    ['an array of Slurm', slurm('2', '4'), '2/4'],
    ['one that begins at 1', slurm('4', '4', '1'), '3/4'],
    ['one with steps', slurm('30', '4', '10', '10'), '2/4'],
    ['a task of Slurm that is in no array', { SLURM_JOB_ID: '7' }, '0/1'],
    ['an array of AWS Batch', { AWS_BATCH_JOB_ARRAY_INDEX: '0', AWS_BATCH_JOB_ARRAY_SIZE: '2' }, '0/2'],
    ['two engines that agree', { ...slurm('1', '2'), JOB_COMPLETION_INDEX: '1', IOTLOAD_SHARDS: '2' }, '1/2'],
    ['an array whose tasks are runs of their own', { ...slurm('2', '4'), IOTLOAD_SHARDS: '1' }, '0/1'],
    ['a variable that is empty', { JOB_COMPLETION_INDEX: '', IOTLOAD_SHARDS: '' }, '0/1'],
  ])('is told by %s', (_, env, expected) => {
    const { shard } = shardOf(none, { ...common, ...env });
    expect(`${shard.index}/${shard.count}`).toBe(expected);
  });

  it.each<[string, Record<string, string>, string]>([
    ['an index beyond the count', { JOB_COMPLETION_INDEX: '8', IOTLOAD_SHARDS: '8' }, 'JOB_COMPLETION_INDEX'],
    ['an index that is no number', { JOB_COMPLETION_INDEX: 'a', IOTLOAD_SHARDS: '8' }, 'JOB_COMPLETION_INDEX'],
    ['no shards', { JOB_COMPLETION_INDEX: '0', IOTLOAD_SHARDS: '0' }, 'IOTLOAD_SHARDS'],
    ['shards without an index', { IOTLOAD_SHARDS: '3' }, 'IOTLOAD_SHARDS'],
    ['an array with gaps', slurm('9', '3', '1'), 'SLURM_ARRAY_TASK_ID'],
    ['an index between two steps', slurm('15', '4', '10', '10'), 'SLURM_ARRAY_TASK_ID'],
    ['another count than the engine’s', { ...slurm('1', '4'), IOTLOAD_SHARDS: '8' }, 'IOTLOAD_SHARDS'],
    [
      'engines that contradict each other',
      { ...slurm('1', '2'), JOB_COMPLETION_INDEX: '0', IOTLOAD_SHARDS: '2' },
      'SLURM_ARRAY_TASK_ID',
    ],
  ])('refuses %s', (_, env, where) => {
    expect(() => shardOf(none, { ...common, ...env })).toThrow(
      expect.objectContaining({ code: 'bad-arguments', where }),
    );
  });
});

describe('flags beside the environment', () => {
  it('take its run and start, and may say the same', () => {
    expect(shardOf({ ...none, shard: '1/3' }, { ...common, IOTLOAD_SHARDS: '3' })).toEqual({
      shard: { index: 1, count: 3 },
      runId: 'nightly',
      startAt: START,
    });
    const flags = { shard: '1/4', runId: 'nightly', startAt: '2026-01-31T13:00:00+01:00' };
    expect(shardOf(flags, { ...common, ...slurm('1', '4') }).shard).toEqual({ index: 1, count: 4 });
  });

  it.each<[keyof ShardFlags, string, Record<string, string>, string]>([
    ['shard', '0/4', slurm('1', '4'), '--shard'],
    ['shard', '0/1', slurm('1', '4'), '--shard'],
    ['runId', 'other', {}, '--run-id'],
    ['startAt', '2026-01-31T12:00:01Z', {}, '--start-at'],
  ])('may not contradict it: %s', (flag, value, env, where) => {
    expect(() => shardOf({ ...none, [flag]: value }, { ...common, ...env })).toThrow(
      expect.objectContaining({
        code: 'bad-arguments',
        where,
        value,
        hint: expect.stringMatching(flag === 'shard' ? /; IOTLOAD_SHARDS=1 / : /away$/),
      }),
    );
  });

  it('need the same run and start on every shard, and say how', () => {
    expect(() => shardOf(none, slurm('1', '4'))).toThrow(
      expect.objectContaining({
        where: 'SLURM_ARRAY_TASK_ID',
        value: '1/4',
        hint: expect.stringMatching(/--run-id.*IOTLOAD_RUN_ID.*IOTLOAD_SHARDS=1/),
      }),
    );
  });
});
