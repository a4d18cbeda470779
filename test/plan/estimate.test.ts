import { describe, expect, it } from 'vitest';
import { estimatePlan } from '../../src/plan/estimate.ts';
import { loadPlan } from '../../src/plan/load-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';

const head = 'iotload: 1\nrun: { warm_up: 2s, duration: 8s, drain: 3s }\n';

async function planOf(text: string): Promise<Plan> {
  const outcome = await loadPlan({ text: head + text, file: 'x.yaml', env: {}, set: [], allow: [] });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.plan;
}

const fleet = (devices: number, rate: string, more = ''): string =>
  `{ model: phone-motion, devices: ${devices}, rate: ${rate}, payload: raw${more} }`;
const size = { addressBytes: 20, payloadBytes: 180 };

describe('an estimate', () => {
  it('adds up rates, bytes and events of all fleets', async () => {
    const plan = await planOf(
      `fleets: { a: ${fleet(10, '100/s')}, b: ${fleet(5, '50/s')} }\ntarget: { protocol: mqtt, endpoint: embedded }`,
    );
    expect(estimatePlan(plan, [size, size], 2)).toMatchObject({
      sendingUs: 10_000_000,
      waitingUs: 3_000_000 + (plan.verify?.graceUs ?? 0),
      devices: 15,
      events: 1500,
      meanPerSecond: 150,
      peakPerSecond: 150,
      peakBytesPerSecond: 30_000,
      totalBytes: 300_000,
      connections: 8,
      fleets: [
        { name: 'a', events: 1000, connections: 8 },
        { name: 'b', events: 500, connections: 8 },
      ],
    });
  });

  it('knows the peak of a profile', async () => {
    const profile = ', profile: [{ hold: 50%, for: 50% }, { hold: 200%, for: 50% }]';
    const plan = await planOf(`fleets: { a: ${fleet(10, '100/s', profile)} }\ntarget: { protocol: discard }`);
    const estimate = estimatePlan(plan, [size], 1);
    expect(estimate).toMatchObject({
      events: 1100,
      meanPerSecond: 110,
      peakPerSecond: 200,
      peakBytesPerSecond: 40_000,
    });
  });

  it('counts a connection per device where a scenario says so, and none for a file', async () => {
    const each = await planOf(
      `fleets: { a: ${fleet(10, '10/s')}, b: ${fleet(5, '5/s')} }
target: { protocol: mqtt, endpoint: embedded, connections: per_device }`,
    );
    expect(estimatePlan(each, [size, size], 1).connections).toBe(15);
    const none = await planOf(`fleets: { a: ${fleet(10, '10/s')} }\ntarget: { protocol: file }`);
    expect(estimatePlan(none, [size], 1)).toMatchObject({ connections: 0, fleets: [{ connections: null }] });
  });

  it('needs more memory for more connections, workers and a verifier', async () => {
    const memory = async (target: string, workers: number): Promise<number> =>
      estimatePlan(await planOf(`fleets: { a: ${fleet(10_000, '10k/s')} }\n${target}`), [size], workers).memoryBytes;
    const pooled = await memory('target: { protocol: mqtt, endpoint: embedded }', 1);
    expect(await memory('target: { protocol: mqtt, endpoint: embedded, connections: per_device }', 1)).toBeGreaterThan(
      pooled + 100e6,
    );
    expect(await memory('target: { protocol: mqtt, endpoint: embedded }', 2)).toBeGreaterThan(pooled);
    expect(await memory('target: { protocol: mqtt, endpoint: embedded }\nverify: false', 1)).toBeLessThan(pooled);
  });
});
