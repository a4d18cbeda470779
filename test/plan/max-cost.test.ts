import { describe, expect, it } from 'vitest';
import { refusalError } from '../../src/plan/safety.ts';
import { planned } from './request.ts';

const scenario = (rate: string, target: string, more = ''): string => `iotload: 1
run: { duration: 1h }
fleets: { meters: { model: phone-motion, devices: 10k, rate: ${rate}, payload: seismograph-traced } }
target: { protocol: kinesis, ${target} }
${more}`;
const aws = 'endpoint: aws, region: us-east-1, stream: load, create: { mode: on-demand }';

async function refusal(text: string) {
  const { refusal } = await planned({ text });
  return refusal === null ? null : refusalError(refusal);
}

describe('what a run at AWS may cost', () => {
  it('is 5 USD where nobody says more', async () => {
    expect(await refusal(scenario('5k/s', aws))).toBeNull();
    // 0.04 USD for the stream and 0.12 USD for each of 72M events of a KiB, read back included.
    expect(await refusal(scenario('20k/s', aws))).toMatchObject({
      code: 'refused-by-safety',
      message: 'it costs up to 8.28 USD, more than 5.00 USD',
      hint: 'put this into the scenario: safety: { max_cost: 9 USD }',
    });
    expect(await refusal(scenario('20k/s', aws, 'safety: { max_cost: 9 USD }'))).toBeNull();
  });

  it('can be less', async () => {
    const text = scenario('5k/s', aws, 'safety: { max_cost: 1 USD }');
    expect((await refusal(text))?.message).toMatch(/^it costs up to 2\.\d\d USD, more than 1\.00 USD$/);
  });

  it('is not asked where nobody charges', async () => {
    expect(await refusal(scenario('20k/s', 'endpoint: embedded'))).toBeNull();
    expect(await refusal(scenario('20k/s', 'endpoint: embedded', 'safety: { max_cost: 1 USD }'))).toBeNull();
  });
});
