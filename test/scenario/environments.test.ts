import { describe, expect, it } from 'vitest';
import { loadPlan, type PlanRequest } from '../../src/plan/load-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';

const text = `iotload: 1
fleets:
  meters: { model: phone-motion, devices: 2k, every: 10s, payload: raw, topic: "m/<device>" }
target: { protocol: mqtt, endpoint: "mqtts://edge.example.com:8883", tls: { ca: ca.pem }, auth: { username: me, password: "\${PASSWORD}" } }
thresholds: [lost == 0, achieved_rate >= 99%]
outputs: { labels: { team: ingest, commit: "\${COMMIT:-local}" } }
safety: { max_rate: 200/s, max_duration: 1m }
run: { duration: 1m }
environments:
  laptop:
    fleets: { meters: { devices: 20, every: null, rate: 2/s } }
    target: { endpoint: embedded, tls: null, auth: null }
    thresholds: [lost == 0]
  lab:
    target: { endpoint: "mqtt://\${LAB_HOST:?name the broker}:1883", tls: null, auth: { password: null, username: lab } }
    run: { duration: 2m }
    safety: { max_duration: 2m }
`;
const env = { PASSWORD: 'hunter2' };

async function planOf(request: Partial<PlanRequest>): Promise<Plan> {
  const outcome = await loadPlan({ text, file: 'meters.yaml', env, set: [], allow: [], ...request });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.plan;
}

describe('environments', () => {
  it('leave the scenario alone where none is asked for', async () => {
    const plan = await planOf({});
    expect(plan.fleets[0]?.devices).toBe(2000);
    expect(plan.targets[0]?.options['endpoint']).toBe('mqtts://edge.example.com:8883');
  });

  it('merge maps, replace the rest, and remove with null', async () => {
    const plan = await planOf({ environment: 'laptop' });
    const [fleet] = plan.fleets;
    expect(fleet?.devices).toBe(20);
    expect(fleet?.schedule.rate).toEqual({ events: 2, perUs: 1_000_000 });
    expect(fleet?.payload.profile).toBe('raw');
    expect(plan.targets[0]?.options).toMatchObject({ endpoint: 'embedded', tls: null, username: null });
    expect(plan.thresholds.map(({ expression }) => expression)).toEqual(['lost == 0']);
  });

  it('come before flags', async () => {
    const plan = await planOf({ environment: 'laptop', set: ['fleets.meters.devices=7'] });
    expect(plan.fleets[0]?.devices).toBe(7);
  });

  it('read only the variables of the one asked for', async () => {
    const plan = await planOf({ environment: 'lab', env: { ...env, LAB_HOST: 'localhost' } });
    expect(plan.targets[0]?.options['endpoint']).toBe('mqtt://localhost:1883');
    const outcome = await loadPlan({ text, file: 'm.yaml', env, set: [], allow: [], environment: 'lab' });
    expect(outcome.ok ? [] : outcome.diagnostics.map(({ message, hint }) => [message, hint])).toContainEqual([
      'the environment variable LAB_HOST is not set',
      'name the broker',
    ]);
  });

  it('suggest the name that was meant', async () => {
    const outcome = await loadPlan({ text, file: 'm.yaml', env, set: [], allow: [], environment: 'laptob' });
    expect(outcome.ok ? [] : outcome.diagnostics).toMatchObject([
      { flag: '--env', message: 'there is no environment "laptob"', hint: 'did you mean "laptop"?' },
    ]);
  });

  it('move the rails, which no flag can', async () => {
    const asked = {
      environment: 'lab',
      env: { ...env, LAB_HOST: 'broker.example.com' },
      allow: ['broker.example.com'],
    };
    const lab = await loadPlan({ text, file: 'm.yaml', set: [], ...asked });
    expect(lab).toMatchObject({ ok: true, refusal: null });
    const longer = await loadPlan({ text, file: 'm.yaml', set: [], duration: '3m', ...asked });
    expect(longer).toMatchObject({ ok: true, refusal: { duration: { askedUs: 180e6, mostUs: 120e6 } } });
    const moved = await loadPlan({ text, file: 'm.yaml', env, set: ['safety.max_duration=9h'], allow: [] });
    expect(moved.ok ? [] : moved.diagnostics).toMatchObject([
      { flag: '--set safety.max_duration', message: 'the safety rail cannot be moved by a flag' },
    ]);
  });

  it('count the warm-up into the duration that the rail bounds', async () => {
    const outcome = await loadPlan({ text, file: 'm.yaml', env, set: ['run.warm_up=1h'], allow: [] });
    expect(outcome).toMatchObject({ ok: true, refusal: { duration: { askedUs: 3_660e6 } } });
  });
});

describe('labels', () => {
  it('come from the file and from flags, as text', async () => {
    const plan = await planOf({ labels: ['commit=1e3', 'url=a=b', 'empty='] });
    expect(plan.outputs.labels).toEqual({ team: 'ingest', commit: '1e3', url: 'a=b', empty: '' });
  });

  it.each([
    ['nonsense', 'it has the form name=value'],
    ['a-b=1', '"a-b" cannot be a label\'s name'],
    ['x=a\u0007', 'a label has no control characters'],
  ])('refuse %j', async (label, message) => {
    const outcome = await loadPlan({ text, file: 'm.yaml', env, set: [], allow: [], labels: [label] });
    expect(outcome.ok ? [] : outcome.diagnostics).toMatchObject([{ message, range: null }]);
  });
});
