import { expect, it } from 'vitest';
import { describePlan } from '../../src/cli/describe-plan.ts';
import { planned, scenario } from '../plan/request.ts';

it('says what a scenario comes to: fleet, events, rate, target, delivery', async () => {
  const { plan } = await planned({ text: scenario({ more: 'thresholds: [ lost == 0, response_time p99 < 2s ]' }) });
  expect(describePlan(plan, 'my.yaml')).toBe(`\
my.yaml: valid
  phones: 100 × phone-motion, 10,000 events in 10s (1k/s on average) to target (mqtt)
  delivery is checked: at-least-once, identity fields
  threshold: lost == 0
  threshold: response_time p99 < 2s
`);
});

it('has a line for each fleet, and says where delivery is not checked', async () => {
  const text = `iotload: 1
run: { warm_up: 500ms, duration: 2s }
fleets:
  slow: { model: phone-motion, devices: 1, rate: 30/min, payload: raw }
  fast: { model: phone-motion, devices: 2500, rate: 2k/s, payload: raw }
target: { protocol: discard }
`;
  const { plan } = await planned({ text });
  expect(plan.verify).toBeNull();
  expect(describePlan(plan, 'two.yaml')).toMatch(
    /^two\.yaml: valid\n {2}slow: 1 × phone-motion, \d events in 2\.5s \(.* on average\) to target \(discard\)\n {2}fast: 2,500 × phone-motion, 5,000 events in 2\.5s \(2k\/s on average\) to target \(discard\)\n {2}delivery is not checked; the thresholds decide\n$/,
  );
});

it('tells the rate of a limited number of events by the time that they take', async () => {
  const { plan } = await planned({ text: scenario(), count: '500' });
  expect(describePlan(plan, 'my.yaml')).toContain('500 events in 500ms (1k/s on average)');
});
