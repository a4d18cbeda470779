import { expect } from 'vitest';
import type { S3Failure } from '../../../../src/targets/file/places/s3-failure.ts';
import type { S3Objects } from '../../../../src/targets/file/places/s3-objects.ts';

export const MIB = 1024 * 1024;

/** Calls that change a bucket. */
export type Call = 'put' | 'begin' | 'part' | 'complete';

/** A bucket in memory, with Amazon's rule for parts; `fails` says of a call what becomes of it. */
export function bucket(fails: (call: Call) => { error: S3Failure; done: boolean } | null = () => null) {
  const landed = new Map<string, Buffer>();
  const begun = new Map<string, Buffer[]>();
  const calls: Call[] = [];
  const step = (call: Call, work: () => void): void => {
    calls.push(call);
    const failure = fails(call);
    if (failure === null || failure.done) work();
    if (failure !== null) throw failure.error;
  };
  const objects = {
    headBucket: async () => {},
    list: async (prefix: string, { deep } = { deep: false }) =>
      [...landed.keys()].filter((key) => key.startsWith(prefix) && (deep || !key.slice(prefix.length).includes('/'))),
    get: async (key: string, from: number, to: number) => (landed.get(key) as Buffer).subarray(from, to),
    close: () => {},
    size: async (key: string) => landed.get(key)?.length ?? null,
    put: async (key: string, bytes: Uint8Array) => step('put', () => landed.set(key, Buffer.from(bytes))),
    begin: async () => {
      step('begin', () => begun.set('1', []));
      return '1';
    },
    part: async (_key: string, id: string, number: number, bytes: Uint8Array) => {
      step('part', () => {
        const parts = begun.get(id) as Buffer[];
        expect(parts.length).toBe(number - 1);
        parts.push(Buffer.from(bytes));
      });
      return `tag ${number}`;
    },
    complete: async (key: string, id: string, tags: readonly string[]) =>
      step('complete', () => {
        const parts = begun.get(id) as Buffer[];
        expect(tags).toEqual(parts.map((_, i) => `tag ${i + 1}`));
        for (const part of parts.slice(0, -1)) expect(part.length).toBeGreaterThanOrEqual(5 * MIB);
        landed.set(key, Buffer.concat(parts));
        begun.delete(id);
      }),
    abort: async (_key: string, id: string) => void begun.delete(id),
  };
  return { objects: objects as unknown as S3Objects, landed, begun, calls };
}
