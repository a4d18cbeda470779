import { describe, expect, it } from 'vitest';
import { planDigest } from '../../src/plan/plan-digest.ts';
import { refusalError } from '../../src/plan/safety.ts';
import { planned, scenario } from './request.ts';

const outputs = (prometheus: string): string => scenario({ more: `outputs: { prometheus: ${prometheus} }` });

describe('outputs.prometheus', () => {
  it('is in the plan where it is asked for, and in no digest', async () => {
    const { plan } = await planned({ text: outputs('9464') });
    const { plan: without } = await planned({ text: scenario() });
    expect(plan.outputs.prometheus).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(without.outputs).not.toHaveProperty('prometheus');
    expect(planDigest(plan)).toBe(planDigest(without));
  });

  it('of this machine may come from anywhere, another address when it stands in the file', async () => {
    const env = { AT: '127.0.0.1:9464' };
    for (const request of [
      { text: outputs('"${AT}"'), env },
      { text: scenario(), set: ['outputs.prometheus="[::1]:9464"'] },
      { text: outputs('"0.0.0.0:9464"') },
    ])
      expect((await planned(request)).refusal).toBeNull();
  });

  it.each([
    ['a variable', { text: outputs('"${AT}"'), env: { AT: '0.0.0.0:9464' } }],
    ['a flag', { text: scenario(), set: ['outputs.prometheus=0.0.0.0:9464'] }],
  ])('another address from %s must be allowed', async (_, request) => {
    const { refusal } = await planned(request);
    expect(refusal === null ? null : refusalError(refusal)).toMatchObject({
      code: 'refused-by-safety',
      message: '0.0.0.0:9464 is not allowed',
      hint: 'put this into the scenario: safety: { allow: ["0.0.0.0:9464"] }; or run with --allow 0.0.0.0:9464',
    });
    expect((await planned({ ...request, allow: ['0.0.0.0'] })).refusal).toBeNull();
  });

  it('makes no difference to what flags may raise', async () => {
    const text = outputs('"0.0.0.0:9464"');
    expect((await planned({ text, rate: '5k/s' })).refusal).toBeNull();
    const set = ['outputs.prometheus=0.0.0.0:9464'];
    expect((await planned({ text: scenario(), set, allow: ['0.0.0.0'], rate: '5k/s' })).refusal).toBeNull();
  });
});
