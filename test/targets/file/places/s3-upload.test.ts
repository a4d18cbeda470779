import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { S3Failure } from '../../../../src/targets/file/places/s3-failure.ts';
import { S3Upload } from '../../../../src/targets/file/places/s3-upload.ts';
import { bucket, MIB } from './bucket.ts';

const lost = new S3Failure('ambiguous', 'timeout', 'TimeoutError', undefined, null);
const denied = new S3Failure('refused', 'access denied', 'AccessDenied', undefined, null);

describe('S3Upload', () => {
  it('is a single PUT up to a part, parts of a fair size beyond, and nothing before it is complete', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 * MIB }), { minLength: 1, maxLength: 12 }),
        async (sizes) => {
          const { objects, landed, begun, calls } = bucket();
          const upload = new S3Upload(objects, 'a');
          for (const [i, size] of sizes.entries()) {
            await upload.write(Buffer.alloc(size, i));
            expect(landed.size).toBe(0);
          }
          await upload.complete();
          const total = sizes.reduce((sum, size) => sum + size, 0);
          expect(landed.get('a')?.length).toBe(total);
          expect(begun.size).toBe(0);
          if (total <= 5 * MIB) expect(calls).toEqual(['put']);
          for (const call of calls) expect(total > 13 * MIB && call === 'put').toBe(false);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('keeps bytes in their order', async () => {
    const { objects, landed } = bucket();
    const upload = new S3Upload(objects, 'a');
    const chunks = [0, 1, 2, 3, 4].map((i) => Buffer.alloc(3 * MIB, i));
    for (const chunk of chunks) await upload.write(chunk);
    await upload.complete();
    expect(landed.get('a')?.equals(Buffer.concat(chunks))).toBe(true);
  });

  it.each(['put', 'complete'] as const)(
    'is complete where the answer to %s was lost, and the store has it',
    async (call) => {
      const { objects, landed } = bucket((made) => (made === call ? { error: lost, done: true } : null));
      const upload = new S3Upload(objects, 'a');
      for (let i = 0; i < (call === 'put' ? 1 : 4); i++) await upload.write(Buffer.alloc(4 * MIB));
      await upload.complete();
      expect(landed.size).toBe(1);
    },
  );

  it.each([
    [lost, true],
    [denied, false],
  ])('is what nobody knows after a lost answer alone (%o)', async (error, ambiguous) => {
    for (const parts of [1, 4]) {
      const call = parts === 1 ? 'put' : 'complete';
      const { objects, landed, begun } = bucket((made) => (made === call ? { error, done: false } : null));
      const upload = new S3Upload(objects, 'a');
      for (let i = 0; i < parts; i++) await upload.write(Buffer.alloc(4 * MIB));
      await expect(upload.complete()).rejects.toMatchObject({ ambiguous, message: error.message });
      await upload.discard();
      expect([landed.size, begun.size]).toEqual([0, 0]);
    }
  });

  it.each(['begin', 'part'] as const)('has certainly not landed where %s failed, whatever the error', async (call) => {
    const { objects, landed } = bucket((made) => (made === call ? { error: lost, done: false } : null));
    const upload = new S3Upload(objects, 'a');
    await upload.write(Buffer.alloc(6 * MIB));
    await expect(upload.write(Buffer.alloc(6 * MIB))).rejects.toMatchObject({ ambiguous: false, message: 'timeout' });
    await upload.discard();
    expect(landed.size).toBe(0);
  });
});
