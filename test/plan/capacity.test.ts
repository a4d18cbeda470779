import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactRate, sharedDevices } from '../../src/plan/capacity-level.ts';
import { perSecond } from '../../src/plan/fleet-schedule.ts';
import { loadPlan, type PlanRequest } from '../../src/plan/load-plan.ts';
import type { FleetDraft } from '../../src/scenario/load-scenario.ts';
import { mistakes, planned, scenario } from './request.ts';

const two = (more: string): string => `iotload: 1
run: { duration: 10s }
fleets:
  phones: { model: phone-motion, devices: 100, rate: 300/s, payload: raw, profile: [{ ramp: [10%, 100%], for: 100% }] }
  boards: { model: sensor-board, devices: 300, every: 3s, payload: sketch-temperature }
target: { protocol: mqtt, endpoint: embedded }
${more}`;

async function capacityOf(text: string, more: Partial<PlanRequest> = {}) {
  const outcome = await loadPlan({ text, file: 'test.yaml', env: {}, set: [], allow: [], ...more });
  return outcome.ok ? outcome.capacity : outcome.diagnostics.map(({ message }) => message);
}

async function levelOf(text: string, load: number, more: Partial<PlanRequest> = {}) {
  return planned({ text, level: { load, steps: 1 }, ...more });
}

describe('the capacity of a scenario', () => {
  it('has bounds around the scenario’s own load where it names none', async () => {
    expect(await capacityOf(two(''))).toEqual({
      vary: 'rate',
      from: 40,
      to: 4000,
      own: 400,
      holdUs: 60_000_000,
      settleUs: 10_000_000,
      precision: 0.05,
      confirm: 3,
      provisionFor: null,
      stated: false,
    });
    expect(await capacityOf(two('capacity: { vary: devices, from: 1k }'))).toMatchObject({
      own: 400,
      from: 1000,
      to: 10_000,
    });
    expect(await capacityOf(two('capacity: { to: 10/s }'))).toMatchObject({ from: 1, to: 10 });
  });

  it('settles for the warm-up that is written, and else for a fifth of the hold', async () => {
    expect(await capacityOf(two('capacity: { hold: 20s }'))).toMatchObject({ settleUs: 4_000_000 });
    expect(await capacityOf(two('capacity: { hold: 20s }').replace('10s }', '10s, warm_up: 1s }'))).toMatchObject({
      settleUs: 1_000_000,
    });
    expect(await capacityOf(two(''), { hold: '2s' })).toMatchObject({ holdUs: 2_000_000, settleUs: 400_000 });
  });

  it('is no plan’s business, but a mistake where nothing can be varied', async () => {
    const unpaced = two('clock: { speed: max }').replace('mqtt, endpoint: embedded', 'discard');
    expect(await capacityOf(unpaced)).toBeNull();
    expect(await mistakes({ text: `${unpaced}\ncapacity: {}` })).toEqual([
      'where nothing is paced there is no load to vary',
    ]);
  });

  it('says where its highest load cannot be', async () => {
    const poisson = two('capacity: { to: 100M/s }').replace('every: 3s', 'every: 3s, arrivals: poisson');
    expect(await mistakes({ text: poisson })).toEqual([expect.stringMatching(/^at 100M\/s: Poisson arrivals/)]);
    expect(
      await mistakes({
        text: two('thresholds: [response_time p99.9 < 1s]\ncapacity: { to: 1k/s, hold: 5s }').replace('10s', '10m'),
      }),
    ).toEqual(['at 1k/s: 5000 events cannot support p99.9']);
  });
});

describe('the plan of one load', () => {
  it('scales every rate in proportion, and holds it', async () => {
    const { plan } = await levelOf(two(''), 1000);
    expect(plan.fleets.map(({ schedule, devices }) => [perSecond(schedule.rate), devices])).toEqual([
      [750, 100],
      [250, 300],
    ]);
    expect(plan.run).toMatchObject({ warmUpUs: 10_000_000, durationUs: 60_000_000 });
    expect(plan.fleets.map(({ slots }) => slots)).toEqual([750 * 70, 250 * 70]);
  });

  it('scales devices in proportion; a rate that is of each device follows', async () => {
    const { plan } = await levelOf(two('capacity: { vary: devices }'), 1000);
    expect(plan.fleets.map(({ schedule, devices }) => [perSecond(schedule.rate), devices])).toEqual([
      [300, 250],
      [250, 750],
    ]);
  });

  it('is judged by the scenario’s thresholds, or by a default', async () => {
    expect((await levelOf(two(''), 1000)).plan.thresholds).toEqual([{ expression: 'response_time p99 < 1s' }]);
    expect((await levelOf(two(''), 0.5)).plan.thresholds).toEqual([{ expression: 'response_time p50 < 1s' }]);
    expect((await levelOf(two('thresholds: [lost == 0]'), 1000)).plan.thresholds).toEqual([
      { expression: 'lost == 0' },
    ]);
    const silent = two('').replace('endpoint: embedded', 'endpoint: embedded, qos: 0');
    expect((await levelOf(silent, 1000)).plan.thresholds).toEqual([{ expression: 'end_to_end p99 < 1s' }]);
    expect((await levelOf(silent, 1000, { noVerify: true })).plan.thresholds).toEqual([]);
  });

  it('leaves a plan without a level as it was', async () => {
    expect((await planned({ text: two('capacity: {}') })).plan).toEqual((await planned({ text: two('') })).plan);
  });
});

describe('the safety rail of a search', () => {
  const remote = (more: string): string => scenario({ target: 'endpoint: "mqtt://broker.example.com"', more });

  it('allows what the file asks for, all steps together', async () => {
    const text = remote('capacity: { to: 5k/s, hold: 10s }');
    expect((await planned({ text, level: { load: 5000, steps: 20 } })).refusal).toBeNull();
    expect((await planned({ text, level: { load: 5000, steps: 20 }, hold: '20s' })).refusal).toEqual({
      hosts: [],
      rate: null,
      duration: { askedUs: 20 * 24_000_000, mostUs: 20 * 12_000_000 },
      cost: null,
    });
  });

  it('is what keeps a search from asking for more than a file without a capacity', async () => {
    const { refusal } = await planned({ text: remote(''), level: { load: 10_000, steps: 20 } });
    expect(refusal).toMatchObject({ rate: { asked: 10_000, most: 1000 }, duration: { mostUs: 10_000_000 } });
  });
});

describe('loads', () => {
  const fleets = (own: number[]): FleetDraft[] =>
    own.map((devices, i) => ({ name: `f${i}`, value: { devices }, params: {}, fields: null }));

  it('are shared out without a rest, to everybody something', () => {
    const own = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(own, fc.integer({ min: 6, max: 50_000_000 }), (devices, level) => {
        const shares = sharedDevices(fleets(devices), level);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(level);
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('are exact rates, to a millionth', () => {
    expect(exactRate(1000)).toEqual({ events: 1, perUs: 1000 });
    expect(exactRate(59.03)).toEqual({ events: 5903, perUs: 100_000_000 });
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e8, noNaN: true }), (rate) => {
        const { events, perUs } = exactRate(rate);
        expect(Math.abs((events / perUs) * 1e6 - rate)).toBeLessThanOrEqual(5.1e-7 + rate * 1e-15);
        expect(Number.isSafeInteger(events) && Number.isSafeInteger(perUs)).toBe(true);
      }),
    );
  });
});
