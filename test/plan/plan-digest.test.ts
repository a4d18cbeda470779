import { describe, expect, it } from 'vitest';
import { planDigest, redactPlan } from '../../src/plan/plan-digest.ts';
import { planned, scenario } from './request.ts';

const withPassword = (password: string) =>
  scenario({ target: `endpoint: embedded, auth: { username: me, password: "${password}" }` });

describe('planDigest', () => {
  it('changes with what is sent, and with nothing else', async () => {
    const digest = async (text: string, set: string[] = []) => planDigest((await planned({ text, set })).plan);
    const plain = await digest(scenario());
    expect(plain).toMatch(/^[0-9a-f]{64}$/);
    expect(await digest(scenario())).toBe(plain);
    expect(await digest(scenario(), ['outputs.dir=elsewhere'])).toBe(plain);
    for (const set of ['seed=2', 'fleets.phones.devices=101', 'target.qos=0', 'run.warm_up=1s', 'verify.grace=1s']) {
      expect(await digest(scenario(), [set])).not.toBe(plain);
    }
    expect(await digest(withPassword('hunter2'))).toBe(await digest(withPassword('hunter3')));
  });

  it('does not depend on the folder that a scenario and its certificates lie in', async () => {
    const target = 'endpoint: "mqtts://127.0.0.1:8883", connections: per_device, tls: { ca: certs/ca.pem }';
    const digest = async (folder: string, auth: string) =>
      planDigest((await planned({ text: scenario({ target: `${target}, auth: { devices: ${auth} }` }), folder })).plan);
    const here = await digest('/a', 'keys/all.csv');
    expect(await digest('/b/c', 'keys/all.csv')).toBe(here);
    expect(await digest('/a', 'keys/others.csv')).not.toBe(here);
  });

  it('does not depend on the order of keys', async () => {
    const { plan } = await planned({ text: scenario() });
    const turned = Object.fromEntries(Object.entries(plan).reverse()) as unknown as typeof plan;
    expect(planDigest(turned)).toBe(planDigest(plan));
  });
});

describe('redactPlan', () => {
  it.each([
    ['hunter2', '[redacted]'],
    ['${PASSWORD:-hunter2}', '${PASSWORD:-[redacted]}'],
    ['${PASSWORD:?export it first}', '${PASSWORD:?export it first}'],
    ['hunter2${PASSWORD}', '[redacted]'],
  ])('keeps of %j only what is no secret', async (password, shown) => {
    const { plan } = await planned({ text: withPassword(password), env: { PASSWORD: 'hunter2' } });
    const redacted = redactPlan(plan);
    expect(redacted.targets[0]?.options['password']).toBe(shown);
    expect(JSON.stringify(redacted)).not.toContain('hunter2');
    expect(redacted.fleets).toEqual(plan.fleets);
  });
});
