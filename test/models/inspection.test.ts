import { beforeAll, describe, expect, it } from 'vitest';
import { createEventBatch } from '../../src/core/event-batch.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { inspection } from '../../src/models/inspection.ts';
import { profileFields } from '../../src/plan/fleet-payload.ts';
import type { FleetPlan, Plan } from '../../src/plan/plan.ts';
import { digestOf } from './digest-of.ts';
import { landingPlan, mean, share, type Year, yearOf } from './turbine-year.ts';

const HOUR_US = 3_600_000_000;

let plan: Plan;
let reports: Year;
let turbines: Year;
beforeAll(async () => {
  plan = await landingPlan();
  reports = yearOf(plan, 'inspections');
  turbines = yearOf(plan, 'turbines');
});

const at = (name: string, row: number): number => reports.columns[name]?.[row] as number;

describe('inspection, a year of the scenario', () => {
  it('reports 1 600 times on 400 000 rows, one in sixteen times on a defect, never on one labelled 2', () => {
    expect(reports.rows).toBe(1_600);
    expect(reports.rows / turbines.rows).toBeCloseTo(0.004, 4);
    expect(Math.abs(mean(reports.columns['defect'] as Float64Array) - 1 / 16)).toBeLessThan(0.02);
  });

  it('is without a time in one of twenty', () => {
    expect(Math.abs(share(reports.rows, (row) => Number.isNaN(at('timestamp', row))) - 0.05)).toBeLessThan(0.015);
  });

  it('is dated 4 to 6 hours after a row of its turbine that has landed, and says what that row shows', () => {
    const firsts = new Map<number, number>();
    turbines.seats.forEach((seat, row) => {
      if (!firsts.has(seat)) firsts.set(seat, row);
    });
    let about = 0;
    for (let row = 0; row < reports.rows; row++) {
      if (Number.isNaN(at('row', row))) continue;
      about++;
      const seen = (firsts.get(reports.seats[row] as number) as number) + at('row', row);
      const tUs = reports.timesUs[row] as number;
      expect(turbines.seats[seen]).toBe(reports.seats[row]);
      expect(at('row_time', row)).toBe(turbines.timesUs[seen]);
      expect(at('defect', row)).toBe(turbines.columns['defect']?.[seen]);
      expect(tUs - (turbines.timesUs[seen] as number)).toBeGreaterThanOrEqual(4 * HOUR_US);
      expect(tUs - (turbines.timesUs[seen] as number)).toBeLessThan(6 * HOUR_US);
      expect(reports.duesUs[row] as number).toBeGreaterThanOrEqual(turbines.duesUs[seen] as number);
      const written = at('timestamp', row);
      if (!Number.isNaN(written)) expect(written).toBe(tUs);
    }
    // Before the first row has been taken there is nothing to report on.
    expect(about).toBeGreaterThan(1_590);
  });

  it('gives the same values for ever', () => {
    expect(digestOf([reports.timesUs, ...Object.values(reports.columns)])).toMatchInlineSnapshot(`386290822`);
  });
});

it('writes the reports of the original, with its header', () => {
  const payload = inspection.payloads['crash-course'];
  const fleet = plan.fleets[1] as FleetPlan;
  const { codec, fields, identity } = payload as NonNullable<typeof payload>;
  const original: FleetPlan = { ...fleet, payload: { codec, profile: null, fields: profileFields(fields), identity } };
  const events = createFleetEvents({ ...plan, fleets: [plan.fleets[0] as FleetPlan, original] }, 1, {
    runId: 'run-a',
    startWallUs: 0,
    startMonoUs: 0,
  });
  expect(events.header).toBe('defect,timestamp,device_id');
  const written = Array.from({ length: 400 }, (_, slot) => {
    const batch = createEventBatch(1, events.maxEventBytes);
    events.append(slot, events.profile.timeOf(slot), batch);
    return new TextDecoder().decode(batch.bytes.subarray(batch.payloads[0], batch.ends[0]));
  });
  for (const row of written) expect(row).toMatch(/^[01]\.0,(2023-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)?,\d+$/);
  expect([written[10], written[100], written.find((row) => row.includes(',,'))]).toMatchSnapshot();
});
