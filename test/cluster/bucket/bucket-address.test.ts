import { describe, expect, it } from 'vitest';
import { bucketError, readBucketAddress, storeOf } from '../../../src/cluster/bucket/bucket-address.ts';
import { S3Failure } from '../../../src/targets/file/places/s3-failure.ts';

describe('an address in a bucket', () => {
  it.each([
    ['s3://lake', 's3://lake', ''],
    ['s3://lake/', 's3://lake', ''],
    ['s3://lake/runs/42', 's3://lake/runs/42', 'runs/42/'],
    ['s3://lake/runs//', 's3://lake/runs', 'runs/'],
  ])('%s', (text, title, folder) => {
    expect(readBucketAddress('--upload', text, {})).toMatchObject({ title, bucket: 'lake', folder });
  });

  it.each(['lake/runs', 's3://', 's3://La', 's3://lake//runs', 'gs://lake'])('%s is none', (text) => {
    expect(() => readBucketAddress('--upload', text, {})).toThrow(
      expect.objectContaining({ code: 'bad-arguments', where: '--upload', value: text }),
    );
  });

  it('is in the store and the region of the environment, as the tools of AWS read it', () => {
    expect(storeOf({})).toMatchObject({ endpoint: 'aws', region: 'us-east-1' });
    const all = { AWS_ENDPOINT_URL: 'http://any:1', AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-1' };
    expect(storeOf(all)).toMatchObject({ endpoint: 'http://any:1', region: 'eu-west-1' });
    const own = { ...all, AWS_ENDPOINT_URL_S3: 'https://minio:9000/', AWS_REGION: 'eu-west-2' };
    expect(storeOf(own)).toMatchObject({ endpoint: 'https://minio:9000', region: 'eu-west-2' });
  });

  it('never repeats what stands in an endpoint', () => {
    const env = { AWS_ENDPOINT_URL_S3: 'https://me:hunter2@minio' };
    const refusal = (() => {
      try {
        return storeOf(env);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toMatchObject({ code: 'bad-arguments', where: 'AWS_ENDPOINT_URL_S3' });
    expect(JSON.stringify([refusal, `${refusal}`])).not.toContain('hunter2');
  });

  it('fails in the name of its flag', () => {
    const address = readBucketAddress('--upload', 's3://lake/runs', { AWS_ENDPOINT_URL_S3: 'http://minio:9000' });
    const missing = new S3Failure('missing', 'not found', 'NotFound', undefined, null);
    expect(bucketError(missing, address, '--upload')).toMatchObject({
      code: 'target-refused',
      where: '--upload',
      message: 'there is no bucket lake at minio:9000',
    });
  });
});
