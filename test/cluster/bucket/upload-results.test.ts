import { describe, expect, it } from 'vitest';
import { readBucketAddress } from '../../../src/cluster/bucket/bucket-address.ts';
import { uploadResults } from '../../../src/cluster/bucket/upload-results.ts';
import { S3Failure } from '../../../src/targets/file/places/s3-failure.ts';
import { bucket, MIB } from '../../targets/file/places/bucket.ts';
import { folders } from '../a-run.ts';

const folderOf = folders();
const at = (text: string, objects: ReturnType<typeof bucket>['objects']) => ({
  ...readBucketAddress('--upload', text, {}),
  objects,
});
const denied = new S3Failure('refused', 'access denied', 'AccessDenied', undefined, null);

/** What a shard leaves, as far as anybody who copies it has to know. */
const results = (sent: string) => ({
  'plan.json': '{}',
  sent,
  'seen-lake': 'seen',
  'summary.json': '{"verdict":"pass"}',
  'report.html': '<p>',
  owner: '{"pid":1}',
  'steps/1/summary.json': '{}',
});

describe('uploadResults', () => {
  it('copies every file but the owner, the summary last', async () => {
    const { objects, landed } = bucket();
    const large = 'x'.repeat(20 * MIB);
    const done = await uploadResults(folderOf(results(large)), at('s3://lake/runs/0', objects));
    expect([...landed.keys()]).toEqual(
      ['plan.json', 'report.html', 'seen-lake', 'sent', 'steps/1/summary.json', 'summary.json'].map(
        (name) => `runs/0/${name}`,
      ),
    );
    expect(landed.get('runs/0/sent')?.equals(Buffer.from(large))).toBe(true);
    expect(done).toEqual({ files: 6, bytes: [...landed.values()].reduce((sum, { length }) => sum + length, 0) });
  });

  it('says which file it could not copy, and leaves no upload behind', async () => {
    const { objects, landed, begun } = bucket((call) => (call === 'part' ? { error: denied, done: false } : null));
    const dir = folderOf(results('x'.repeat(20 * MIB)));
    await expect(uploadResults(dir, at('s3://lake/runs/0', objects))).rejects.toMatchObject({
      code: 'file-unwritable',
      message: 'sent could not be copied: access denied',
      where: '--upload',
      hint: `everything is in ${dir}`,
    });
    expect(begun.size).toBe(0);
    expect(landed.has('runs/0/summary.json')).toBe(false);
  });
});
