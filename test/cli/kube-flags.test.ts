import { describe, expect, it } from 'vitest';
import { checkObjectName, parseClaim, parseLimits, parseStart } from '../../src/cli/kube-flags.ts';

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
    expect(parseClaim(undefined)).toBeNull();
    expect(parseClaim('pvc:shared')).toBe('shared');
    expect(() => parseClaim('shared')).toThrow('expected pvc:NAME');
    expect(() => parseClaim('pvc:Shared')).toThrow('small letters');
    expect(() => parseClaim('s3://bucket/prefix')).toThrow('results go to a volume, not into a bucket');
  });

  it('names', () => {
    expect(checkObjectName('--name', 'a-1')).toBe('a-1');
    for (const name of ['1a', 'a-', 'A', 'a.b', '', 'a'.repeat(53)])
      expect(() => checkObjectName('--name', name)).toThrow('expected up to 52 small letters');
  });
});
