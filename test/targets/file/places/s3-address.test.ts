import { describe, expect, it } from 'vitest';
import {
  readS3Path,
  s3EndpointProblem,
  s3Host,
  s3PathProblem,
  s3Url,
} from '../../../../src/targets/file/places/s3-address.ts';

describe('a path', () => {
  it('names bucket and key, or a file', () => {
    expect(readS3Path('s3://lake/a/b.csv')).toEqual({ bucket: 'lake', key: 'a/b.csv' });
    expect(readS3Path('s3://lake')).toEqual({ bucket: 'lake', key: '' });
    expect(readS3Path('lake/a.csv')).toBeNull();
  });

  it.each(['s3://lake', 's3://my-lake.example/a/', 'lake/a.csv', '/tmp/a'])('may be %s', (path) => {
    expect(s3PathProblem(path)).toBeNull();
  });

  it.each(['s3://', 's3:///a', 's3://La/b', 's3://lake//a', 's3://lake/a//b', 'gs://lake/a', 'file:///tmp/a'])(
    'may not be %s',
    (path) => {
      expect(s3PathProblem(path)?.hint).toContain('s3://bucket/prefix');
    },
  );
});

describe('an endpoint', () => {
  it('is where everything goes: that of the region for aws', () => {
    expect(s3Host('http://127.0.0.1:9000', 'us-east-1')).toBe('127.0.0.1:9000');
    expect(s3Url('https://store.example.com/', 'us-east-1')).toBe('https://store.example.com');
    expect(s3Url('aws', 'eu-central-1')).toBe('https://s3.eu-central-1.amazonaws.com');
    expect(s3Host('aws', 'cn-north-1')).toBe('s3.cn-north-1.amazonaws.com.cn');
  });

  it('has a host and nothing behind it, and never a secret in what is said of it', () => {
    for (const good of ['aws', 'http://127.0.0.1:9000', 'https://store.example.com'])
      expect(s3EndpointProblem(good)).toBeNull();
    for (const bad of ['lake', 'ftp://host', 'http://host/bucket', 'http://host?x=1', ''])
      expect(s3EndpointProblem(bad)?.error).toBeDefined();
    expect(JSON.stringify(s3EndpointProblem('https://me:hunter2@host'))).not.toContain('hunter2');
  });
});
