import { describe, expect, it } from 'vitest';
import { memoryExceeded } from '../../src/runner/memory-limit.ts';
import { testPlan } from '../verify/test-plan.ts';

const MIB = 1024 * 1024;

describe('memoryExceeded', () => {
  it('lets a run without a bound, or within it, go on', () => {
    expect(memoryExceeded(testPlan([]), 1e15)).toBeNull();
    expect(memoryExceeded({ ...testPlan([]), limits: { memoryBytes: 64 * MIB } }, 64 * MIB)).toBeNull();
  });

  it('says what is used and what is allowed', () => {
    expect(memoryExceeded({ ...testPlan([]), limits: { memoryBytes: 64 * MIB } }, 96 * MIB)).toMatchObject({
      code: 'memory-exceeded',
      message: 'generator and verifier need 96 MiB, more than 64 MiB',
      where: 'safety.max_memory',
    });
  });
});
