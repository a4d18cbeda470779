import { describe, expect, it } from 'vitest';
import { allowedPlan, planScenario, type ScenarioFlags, wholeNumber } from '../../src/cli/scenario-flags.ts';

const flags: ScenarioFlags = {
  scenario: 'quickstart',
  set: [],
  duration: undefined,
  rate: undefined,
  count: undefined,
  seed: undefined,
  allow: [],
  verify: true,
  env: undefined,
  'env-file': [],
  label: [],
};

describe('the flags of a scenario', () => {
  it('reach its plan', async () => {
    const changed = { ...flags, duration: '7s', rate: '50/s', seed: '9', label: ['team=ingest'], verify: false };
    const planned = await planScenario({ ...changed, set: ['fleets.phones.devices=5'] });
    expect(planned?.file).toBe('scenarios/quickstart.yaml');
    expect(planned?.plan).toMatchObject({
      seed: 9,
      run: { durationUs: 7_000_000 },
      fleets: [{ devices: 5, schedule: { rate: { events: 1, perUs: 20_000 } } }],
      outputs: { labels: { team: 'ingest' } },
      verify: null,
    });
  });

  it('stop at the safety rail, which --allow opens', async () => {
    const foreign = { ...flags, set: ['target.endpoint=mqtt://broker.example.com'] };
    expect((await planScenario(foreign))?.refusal).not.toBeNull();
    await expect(allowedPlan(foreign)).rejects.toMatchObject({ code: 'refused-by-safety' });
    expect((await allowedPlan({ ...foreign, allow: ['broker.example.com'] }))?.name).toBe('quickstart');
  });
});

describe('wholeNumber', () => {
  it('takes what lies within its bounds, and says which they are', () => {
    expect(wholeNumber('count', undefined, 1, 9)).toBeUndefined();
    expect([wholeNumber('count', '1', 1, 9), wholeNumber('count', '9', 1, 9)]).toEqual([1, 9]);
    for (const text of ['0', '10', '-1', '1.5', 'a', '', '1e0']) {
      expect(() => wholeNumber('count', text, 1, 9), text).toThrow(
        expect.objectContaining({ where: '--count', value: text, message: 'expected a whole number from 1 to 9' }),
      );
    }
  });
});
