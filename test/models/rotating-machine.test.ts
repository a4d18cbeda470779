import { describe, expect, it } from 'vitest';
import type { Device, ParamValue } from '../../src/models/model.ts';
import { rotatingMachine } from '../../src/models/rotating-machine.ts';
import { defaultParams } from '../contracts/model.ts';
import { eventsOf, fleetOf, planOf } from '../events/plans.ts';
import { fingerprint, mean, rowsOf } from './column-statistics.ts';

const HOUR_US = 3_600_000_000;
const START_US = Date.UTC(2026, 2, 2, 12) * 1000;
const names = [...Object.keys(rotatingMachine.readings), ...Object.keys(rotatingMachine.labels ?? {})];
const WIDTH = names.length;
const at = (row: readonly number[], name: string): number => row[names.indexOf(name)] as number;

function machine(params: Record<string, ParamValue> = {}): Device {
  return rotatingMachine.create({ ...defaultParams(rotatingMachine), ...params }, []);
}

const rows = (device: Device, seat: number, count: number, gapUs: number): number[][] =>
  rowsOf(device, seat, { width: WIDTH, count, startUs: START_US, gapUs });

/** Many machines at one moment each: all ages. */
const park = Array.from({ length: 3_000 }, (_, seat) => rows(machine(), seat, 1, HOUR_US)[0] as number[]);
const lines = ['line_1x', 'line_2x', 'line_bpfo', 'line_bpfi', 'line_bsf', 'line_ftf'];
const lineOf = ['', 'line_bpfo', 'line_bpfi', 'line_bsf', 'line_ftf'];

describe('rotating-machine, vibration', () => {
  it('has its lines at the orders of a 6205, slower by the slip', () => {
    for (const slip of [0, 0.03]) {
      for (const row of rows(machine({ rated_speed: 1797, bearing_slip: slip }), 4, 50, HOUR_US)) {
        const shaft = at(row, 'shaft');
        expect(shaft).toBeCloseTo(at(row, 'speed') / 60, 9);
        const orders = ['bpfo', 'bpfi', 'ftf', 'bsf'].map((name) => at(row, name) / shaft / (1 - slip));
        expect(orders.map((order) => Number(order.toFixed(3)))).toEqual([3.585, 5.415, 0.398, 4.713]);
      }
    }
  });

  it('turns slower under load, by the slip of a motor', () => {
    for (const row of rows(machine(), 2, 100, HOUR_US)) {
      const expected = 1480 * (1 + 0.0135 * (1 - at(row, 'load') / 100));
      expect(Math.abs(at(row, 'speed') / expected - 1)).toBeLessThan(0.002);
    }
  });

  it('is as strong as its lines and the rest together, and no weaker in acceleration than any line by itself', () => {
    for (const row of park) {
      const squares = [...lines, 'side_bands'].reduce((sum, name) => sum + at(row, name) ** 2, 0);
      const rest = at(row, 'velocity') ** 2 - squares;
      expect(rest).toBeGreaterThan(0.01);
      expect(rest).toBeLessThan(0.12);
      const [v, hz] = [at(row, 'line_bpfo'), at(row, 'bpfo')];
      // v = a · 1000 / 2πf.
      expect(at(row, 'acceleration')).toBeGreaterThanOrEqual((v * 2 * Math.PI * hz) / 1000);
    }
  });

  it('shows the damage at its own line, with side bands where it goes through the load', () => {
    const seen = new Set<number>();
    for (const row of park.filter((one) => at(one, 'health') < 0.6)) {
      const fault = at(row, 'fault');
      seen.add(fault);
      const bearing = lines.slice(2).toSorted((a, b) => at(row, b) - at(row, a));
      expect(bearing[0]).toBe(lineOf[fault]);
      if (fault === 2 || fault === 3) expect(at(row, 'side_bands')).toBeGreaterThan(0.1);
      else expect(at(row, 'side_bands')).toBe(0);
    }
    expect([...seen].sort()).toEqual([1, 2, 3, 4]);
  });

  it('goes through its zones: a sound one in A or B, a failing one in D', () => {
    const sound = park.filter((row) => at(row, 'stage') === 0);
    for (const row of sound) expect(at(row, 'zone')).toBeLessThanOrEqual(1);
    const failing = Array.from({ length: 200 }, (_, seat) =>
      rows(machine({ ageing: 20_000 }), seat, 40, HOUR_US / 60),
    ).flat();
    const last = failing.filter((row) => at(row, 'health') < 0.1);
    expect(last.length).toBeGreaterThan(20);
    expect(mean(last.map((row) => at(row, 'velocity')))).toBeGreaterThan(4.5);
    for (const row of [...park, ...failing]) {
      const v = at(row, 'velocity');
      expect(at(row, 'zone')).toBe(v < 1.4 ? 0 : v < 2.8 ? 1 : v < 4.5 ? 2 : 3);
    }
  });
});

describe('rotating-machine, life', () => {
  it('has an hour less to live each hour, until it fails and a new bearing begins', () => {
    const life = rows(machine({ ageing: 5_000 }), 11, 6_000, HOUR_US / 60);
    let failures = 0;
    for (let i = 1; i < life.length; i++) {
      const [before, now] = [life[i - 1] as number[], life[i] as number[]];
      if (at(before, 'bearing') === at(now, 'bearing')) {
        expect(at(before, 'remaining_life') - at(now, 'remaining_life')).toBeCloseTo(1 / 60, 5);
        expect(at(now, 'age') - at(before, 'age')).toBeCloseTo(1 / 60, 5);
        expect(at(now, 'health')).toBeLessThanOrEqual(at(before, 'health'));
      } else {
        failures++;
        expect(at(now, 'health')).toBeGreaterThan(0.85);
        expect(at(now, 'age')).toBeLessThan(1 / 60 + 1e-6);
      }
    }
    expect(failures).toBeGreaterThan(4);
  });

  it('is at the end of its health when nothing of its life remains, and knows the stage', () => {
    for (const row of park) {
      const x = at(row, 'age') / (at(row, 'age') + at(row, 'remaining_life'));
      if (x > 0.995) expect(at(row, 'health')).toBeLessThan(0.12);
      if (x < 0.2) expect(at(row, 'stage')).toBe(0);
      if (x > 0.4) expect(at(row, 'stage')).toBe(1);
      expect(at(row, 'fault') > 0).toBe(at(row, 'stage') === 1);
    }
  });

  it('fails at the outer race most, at the inner race next', () => {
    const faulty = park.filter((row) => at(row, 'fault') > 0);
    const share = (fault: number): number => faulty.filter((row) => at(row, 'fault') === fault).length / faulty.length;
    for (const [i, expected] of [0.45, 0.35, 0.15, 0.05].entries())
      expect(Math.abs(share(i + 1) - expected)).toBeLessThan(0.04);
  });

  it('warns before it fails: velocity, temperature and health go together', () => {
    const worn = park.filter((row) => at(row, 'health') < 0.3);
    const fresh = park.filter((row) => at(row, 'health') > 0.85);
    const of = (some: number[][], name: string): number => mean(some.map((row) => at(row, name)));
    expect(of(worn, 'velocity') / of(fresh, 'velocity')).toBeGreaterThan(2.5);
    expect(of(worn, 'bearing_temperature') - of(fresh, 'bearing_temperature')).toBeGreaterThan(8);
    expect(Math.abs(of(worn, 'winding_temperature') - of(fresh, 'winding_temperature'))).toBeLessThan(3);
  });
});

describe('rotating-machine', () => {
  const fleet = (profile: string) => {
    const schedule = { rate: { events: 5, perUs: 1_000_000 }, segments: [] };
    return planOf([fleetOf('rotating-machine', profile, { devices: 5, id: 'm-<index>', schedule })]);
  };

  it('gives the same payloads for ever', () => {
    const [plain, traced, labelled] = ['features', 'features-traced', 'labelled'].map(
      (profile) => eventsOf(fleet(profile), 0, [7])[0]?.payload,
    );
    expect(plain).toMatchInlineSnapshot(
      `"{"device":"m-2","time":"2026-03-01T12:00:01.650Z","speed_rpm":1492.4,"load_percent":34.0,"velocity_rms":3.989,"acceleration_rms":2.160,"lines":{"1x":0.571,"2x":0.372,"bpfo":3.924,"bpfi":0.021,"bsf":0.020,"ftf":0.021,"side_bands":0.000},"winding_c":54.7,"bearing_c":59.9,"zone":"C"}"`,
    );
    expect(labelled?.slice(plain?.length)).toMatchInlineSnapshot(
      `""health":0.38109,"remaining_life_h":4820.889,"stage":"abnormal","fault":"outer race","_id":"ed8118ff-0000-000000000007-064bf535c83d50-3d31539f"}"`,
    );
    expect(traced?.replace(/,"_id":"[0-9a-f-]{50}"\}$/, '}')).toBe(plain);
  });

  it('gives the same values for ever', () => {
    const values = [machine(), machine({ ageing: 20_000 })].map((one) => fingerprint(one, WIDTH, START_US, 91_193_000));
    expect(values).toEqual([430_488_639, 574_363_118]);
  });
});
