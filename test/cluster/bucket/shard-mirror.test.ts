import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBucketAddress } from '../../../src/cluster/bucket/bucket-address.ts';
import { ShardMirror } from '../../../src/cluster/bucket/shard-mirror.ts';
import { S3Failure } from '../../../src/targets/file/places/s3-failure.ts';
import { bucket } from '../../targets/file/places/bucket.ts';
import { folders } from '../a-run.ts';

const folderOf = folders();
const denied = new S3Failure('refused', 'access denied', 'AccessDenied', undefined, null);
const slow = new S3Failure('ambiguous', 'throttled', 'SlowDown', undefined, null);

describe('ShardMirror', () => {
  /** A bucket with these files below `runs/`, and a mirror of it. */
  function mirrored(files: Record<string, string>) {
    const { objects, landed } = bucket();
    for (const [name, text] of Object.entries(files)) landed.set(`runs/${name}`, Buffer.from(text));
    const dir = folderOf({});
    return {
      dir,
      landed,
      objects,
      mirror: new ShardMirror({ ...readBucketAddress('merge', 's3://lake/runs', {}), objects }, dir, 'merge'),
    };
  }
  const below = (dir: string): string[] =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(dir.length + 1))
      .sort();

  it('brings what merging reads of every run that is complete', async () => {
    const { dir, landed, mirror } = mirrored({
      '0/a/plan.json': '{}',
      '0/a/sent': 'first',
      '0/a/seen': 'seen',
      '0/a/seen-lake': 'lake',
      '0/a/report.html': '<p>',
      '0/a/summary.json': '{}',
      '1/b/plan.json': '{}',
      '1/b/sent': 'second',
      'notes/summary.json': '{}',
    });
    await mirror.refresh({ all: false });
    const first = ['plan.json', 'seen', 'seen-lake', 'sent', 'summary.json'].map((name) => `0/a/${name}`);
    expect(below(dir)).toEqual(first);
    expect(readFileSync(join(dir, '0/a/sent'), 'utf8')).toBe('first');
    landed.set('runs/1/b/summary.json', Buffer.from('{}'));
    await mirror.refresh({ all: false });
    expect(below(dir)).toEqual([...first, ...['plan.json', 'sent', 'summary.json'].map((name) => `1/b/${name}`)]);
  });

  it('brings at last what was cut off, too', async () => {
    const { dir, mirror } = mirrored({ '0/plan.json': '{}', '0/sent': 'x' });
    await mirror.refresh({ all: true });
    expect(below(dir)).toEqual(['0/plan.json', '0/sent']);
  });

  it('never leaves its directory', async () => {
    const { dir, mirror } = mirrored({ '../../x/plan.json': '{}', '0//plan.json': '{}', './plan.json': '{}' });
    await mirror.refresh({ all: true });
    expect(below(dir)).toEqual([]);
    expect(existsSync(join(dir, '../../x'))).toBe(false);
  });

  it('asks again for what may pass, and says what will not', async () => {
    const { mirror, objects, dir } = mirrored({ '0/plan.json': '{}', '0/summary.json': '{}' });
    const { list } = objects;
    const failing = (error: unknown): void => {
      objects.list = async () => {
        throw error;
      };
    };
    failing(slow);
    await mirror.refresh({ all: false });
    await expect(mirror.refresh({ all: true })).rejects.toMatchObject({ code: 'target-unreachable', where: 'merge' });
    failing(denied);
    await expect(mirror.refresh({ all: false })).rejects.toMatchObject({ code: 'target-refused', where: 'merge' });
    failing(Object.assign(new Error('no'), { code: 'ENOSPC' }));
    await expect(mirror.refresh({ all: false })).rejects.toMatchObject({
      code: 'file-unwritable',
      message: 'no copy of s3://lake/runs: no space left',
      value: dir,
    });
    objects.list = list;
    await mirror.refresh({ all: false });
    expect(below(dir)).toEqual(['0/plan.json', '0/summary.json']);
  });
});
