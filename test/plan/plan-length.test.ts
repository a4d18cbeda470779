import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/plan/load-plan.ts';
import { planLengthUs } from '../../src/plan/plan-length.ts';

const text = `iotload: 1
run: { warm_up: 10s, duration: 50s }
fleets:
  a: { model: phone-motion, devices: 3, rate: 1k/s, payload: raw }
target: { protocol: discard }
`;

async function lengthWith(count?: string): Promise<number> {
  const limit = count === undefined ? {} : { count };
  const outcome = await loadPlan({ text, file: 'x.yaml', env: {}, set: [], allow: [], ...limit });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return planLengthUs(outcome.plan);
}

describe('planLengthUs', () => {
  it('is warm-up and duration', async () => {
    expect(await lengthWith()).toBe(60_000_000);
  });

  it('a --count that ends the run early shortens it, so that rates stay true', async () => {
    expect(await lengthWith('1k')).toBe(1_000_000);
    expect(await lengthWith('1M')).toBe(60_000_000);
  });
});
