import { describe, expect, it } from 'vitest';
import { checkObjectName, parseLimits, parsePodResults, parseStart } from '../../src/cli/kube-flags.ts';

describe('the flags of kube', () => {
  it('--start-in and --start-at', () => {
    expect(parseStart({ startAt: undefined, startIn: undefined })).toEqual({ startAtUs: null, startInUs: null });
    expect(parseStart({ startAt: undefined, startIn: '3m' })).toEqual({ startAtUs: null, startInUs: 180_000_000 });
    expect(parseStart({ startAt: '1970-01-01T00:00:01Z', startIn: undefined })).toEqual({
      startAtUs: 1_000_000,
      startInUs: null,
    });
    expect(() => parseStart({ startAt: '1970-01-01T00:00:01Z', startIn: '3m' })).toThrow('--start-at says when');
    expect(() => parseStart({ startAt: undefined, startIn: '3' })).toThrow('lacks its unit');
  });

  it.each([
    ['2', 2],
    ['0.5', 0.5],
    ['500m', 0.5],
  ])('--cpu %s', (cpu, cores) => {
    expect(parseLimits({ cpu, memory: undefined })).toEqual({ cores, memoryBytes: null });
  });

  it('--cpu and --memory that are none', () => {
    for (const cpu of ['0', '-1', 'two', '0.0001', '1e3'])
      expect(() => parseLimits({ cpu, memory: undefined })).toThrow('expected a number of cores');
    expect(parseLimits({ cpu: undefined, memory: '1GiB' })).toEqual({ cores: null, memoryBytes: 1024 ** 3 });
    expect(() => parseLimits({ cpu: undefined, memory: '1' })).toThrow('lacks its unit');
  });

  it('--results', () => {
    expect(parsePodResults(undefined, {})).toEqual({ claim: null });
    expect(parsePodResults('pvc:shared', {})).toEqual({ claim: 'shared' });
    expect(() => parsePodResults('shared', {})).toThrow('expected pvc:NAME or s3://bucket/prefix');
    expect(() => parsePodResults('pvc:Shared', {})).toThrow('small letters');
    expect(parsePodResults('s3://lake/runs/', {})).toEqual({ bucket: 's3://lake/runs', endpoint: null });
    const store = (AWS_ENDPOINT_URL_S3: string) => parsePodResults('s3://lake/runs', { AWS_ENDPOINT_URL_S3 });
    expect(store('http://minio:9000/')).toEqual({ bucket: 's3://lake/runs', endpoint: 'http://minio:9000' });
    expect(() => store('http://127.0.0.1:9000')).toThrow('http://127.0.0.1:9000 is each pod itself');
    expect(() => parsePodResults('s3://La ke/runs', {})).toThrow('no name of a bucket');
  });

  it('names', () => {
    expect(checkObjectName('--name', 'a-1')).toBe('a-1');
    for (const name of ['1a', 'a-', 'A', 'a.b', '', 'a'.repeat(53)])
      expect(() => checkObjectName('--name', name)).toThrow('expected up to 52 small letters');
  });
});
