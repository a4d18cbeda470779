import { describe, expect, it } from 'vitest';
import { requirePlan } from '../../src/cli/require-plan.ts';
import { planDigest } from '../../src/plan/plan-digest.ts';
import { planned, scenario } from '../plan/request.ts';

describe('requirePlan', () => {
  it('lets pass the plan that has the digest, and any where none is asked for', async () => {
    const { plan } = await planned({ text: scenario() });
    requirePlan(plan, planDigest(plan));
    requirePlan(plan, planDigest(plan).slice(0, 16));
    requirePlan(plan, undefined);
  });

  it('refuses another plan, and what is no digest', async () => {
    const { plan } = await planned({ text: scenario() });
    const other = await planned({ text: scenario({ more: 'seed: 2' }) });
    const begins = planDigest(other.plan).slice(0, 16);
    expect(() => requirePlan(other.plan, planDigest(plan))).toThrow(`its digest begins with ${begins}`);
    for (const text of ['', 'abc', planDigest(plan).toUpperCase()])
      expect(() => requirePlan(plan, text)).toThrow('expected 16 to 64 hexadecimal digits');
  });
});
