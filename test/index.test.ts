import { describe, expect, it } from 'vitest';
import {
  brokers,
  createEventBatch,
  createFleetEvents,
  estimatePlan,
  examplePayload,
  loadPlan,
  models,
  planDigest,
  planDrafted,
  quickScenario,
  sampleFleets,
  scenarioJsonSchema,
  targets,
} from '../src/index.ts';

const scenario = `iotload: 1
run: { duration: 2s }
fleets:
  phones: { model: phone-motion, devices: 3, rate: 30/s, payload: seismograph }
target: { protocol: discard }
`;

describe('the public API', () => {
  it('plans a scenario and makes its events without a terminal', async () => {
    const outcome = await loadPlan({ text: scenario, file: 'x.yaml', env: {}, set: [], allow: [] });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
    const { plan } = outcome;
    expect(plan.fleets[0]?.slots).toBe(60);
    expect(planDigest(plan)).toMatch(/^[0-9a-f]{64}$/);
    const events = createFleetEvents(plan, 0, { runId: 'r', startWallUs: Date.UTC(2026, 0, 1) * 1000, startMonoUs: 0 });
    const batch = createEventBatch(1, events.maxEventBytes);
    expect(events.append(0, events.profile.timeOf(0), batch)).toBe(true);
    const payload = new TextDecoder().decode(batch.bytes.subarray(batch.payloads[0], batch.ends[0]));
    expect(Object.keys(JSON.parse(payload) as object)).toEqual(['magnitude', 'time', 'device']);
  });

  it('knows the schema of scenario files', async () => {
    expect(await scenarioJsonSchema()).toHaveProperty('$schema');
  });

  it('estimates a plan, drafts scenarios and lists what there is', async () => {
    const plan = await planDrafted(quickScenario({ target: 'discard', rate: '10/s' }), 'quick.yaml');
    const samples = sampleFleets(plan, 'r', 0);
    expect(estimatePlan(plan, samples, 1)).toMatchObject({ events: 110, devices: 100 });
    expect(await examplePayload('phone-motion', 'seismograph')).toMatch(/^\{"magnitude":/);
    expect([Object.keys(targets), Object.keys(brokers)]).toEqual([
      expect.arrayContaining(['file', 'mqtt']),
      ['kafka', 'kinesis', 'mqtt'],
    ]);
    expect(models['phone-motion']?.name).toBe('phone-motion');
  });
});
