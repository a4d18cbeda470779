import { beforeAll, describe, expect, it } from 'vitest';
import { createEventBatch } from '../../src/core/event-batch.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { createIdentified, Status } from '../../src/events/identified.ts';
import { createIdentifier } from '../../src/events/identifier.ts';
import { factoryNames } from '../../src/models/physics/turbine-identity.ts';
import { anomalyNames, turbine } from '../../src/models/turbine.ts';
import { profileFields } from '../../src/plan/fleet-payload.ts';
import type { FleetPlan } from '../../src/plan/plan.ts';
import { defaultParams } from '../contracts/model.ts';
import { digestOf } from './digest-of.ts';
import { correlation, landingPlan, marginals, mean, share, type Year, yearOf } from './turbine-year.ts';

const DAY_US = 86_400_000_000;

let year: Year;
let others: Year[];
beforeAll(async () => {
  year = yearOf(await landingPlan(), 'turbines');
  others = [yearOf(await landingPlan(1), 'turbines'), yearOf(await landingPlan(2), 'turbines')];
});

const column = (name: string, of = year): Float64Array => of.columns[name] as Float64Array;
const at = (name: string, row: number, of = year): number => column(name, of)[row] as number;

/** `value` is at most `tolerance` outside of what two runs of the original showed. */
function expectNear(what: string, value: number, [low, high]: readonly [number, number], tolerance: number): void {
  const isNear = value >= low - tolerance && value <= high + tolerance;
  expect([what, isNear ? 'near' : value, low, high]).toEqual([what, 'near', low, high]);
}

/** Published range (facts of two runs), and how far outside of it ours may lie. */
type Published = readonly [range: readonly [number, number], tolerance: number];

describe('turbine, a year of the scenario', () => {
  const published: Record<string, Record<string, Published>> = {
    true_temperature: {
      mean: [[57, 59], 1],
      sd: [[17.2, 17.2], 0.8],
      p1: [[13, 18], 5],
      p50: [[58, 60], 1.5],
      p99: [[90, 93], 3],
      p999: [[94, 98], 2],
      max: [[99.5, 102], 3],
    },
    true_pressure: {
      mean: [[914, 922], 3],
      sd: [[70, 70], 3],
      p1: [[764, 776], 10],
      p50: [[915, 923], 5],
      p99: [[1065, 1074], 10],
      p999: [[1101, 1101], 20],
      max: [[1127, 1127], 30],
    },
    density: {
      mean: [[1.49, 1.49], 0.02],
      sd: [[1.14, 1.14], 0.02],
      p1: [[0.02, 0.02], 0.005],
      p50: [[1.22, 1.22], 0.02],
      p99: [[4.47, 4.47], 0.04],
      p999: [[5.1, 5.1], 0.1],
      max: [[6.1, 6.6], 0.4],
    },
    delay: {
      mean: [[21.1, 21.1], 0.6],
      sd: [[20.6, 20.6], 0.8],
      p1: [[0.22, 0.22], 0.03],
      p50: [[14.8, 14.8], 0.5],
      p99: [[94, 94], 4],
      p999: [[136, 136], 8],
      max: [[225, 259], 50],
    },
    rotation_speed: {
      mean: [[212, 212], 8],
      sd: [[188, 188], 10],
      p1: [[3, 3], 0.3],
      p50: [[160, 160], 6],
      p99: [[860, 860], 60],
      p999: [[1230, 1280], 100],
      max: [[1741, 1773], 300],
    },
    airflow_rate: {
      mean: [[0.227, 0.227], 0.01],
      sd: [[0.205, 0.205], 0.015],
      p1: [[0.003, 0.003], 0.001],
      p50: [[0.17, 0.17], 0.01],
      p99: [[0.94, 0.94], 0.08],
      p999: [[1.36, 1.36], 0.15],
      max: [[1.9, 1.9], 0.6],
    },
  };
  it.each(Object.entries(published))('%s is distributed as in the original', (name, statistics) => {
    const measured: Record<string, number> = marginals(column(name));
    for (const [statistic, [range, tolerance]] of Object.entries(statistics))
      expectNear(`${name} ${statistic}`, measured[statistic] as number, range, tolerance);
  });

  it.each([
    ['true_temperature', 'true_pressure', -0.52, 0.05],
    ['delay', 'rotation_speed', 0.55, 0.03],
    ['rotation_speed', 'airflow_rate', 0.35, 0.03],
    ['density', 'true_pressure', 0.1, 0.06],
    ['true_temperature', 'rotation_speed', 0, 0.04],
    ['true_temperature', 'delay', 0, 0.04],
    ['density', 'delay', 0, 0.03],
    ['density', 'rotation_speed', 0, 0.03],
  ])('correlates %s with %s as the original does: %d', (a, b, expected, tolerance) => {
    expectNear(`${a} ${b}`, correlation(column(a), column(b)), [expected, expected], tolerance);
  });

  it('has the months of the original', () => {
    const months = Array.from({ length: 12 }, () => ({ sum: 0, count: 0 }));
    year.timesUs.forEach((tUs, row) => {
      const month = months[new Date(tUs / 1000).getUTCMonth()] as (typeof months)[number];
      month.sum += at('true_temperature', row);
      month.count++;
    });
    const of = (month: number): number => (months[month]?.sum ?? 0) / (months[month]?.count ?? 0);
    expectNear('January', of(0), [35, 38], 3);
    expectNear('April', of(3), [61, 62], 2);
    expectNear('July', of(6), [77, 79], 2);
    expectNear('October', of(9), [56, 56], 2);
    expectNear('December', of(11), [32, 33], 4);
  });

  it('has its defects, late by 20 rows, most of them in A06', () => {
    const defects = column('defect');
    expectNear(
      'label 1',
      share(year.rows, (row) => defects[row] === 1),
      [0.019, 0.023],
      0.003,
    );
    expectNear(
      'label 2',
      share(year.rows, (row) => defects[row] === 2),
      [0.01, 0.013],
      0.003,
    );
    factoryNames.forEach((name, factory) => {
      const rows = column('factory_id').reduce((count, value) => count + (value === factory ? 1 : 0), 0);
      const bad = share(year.rows, (row) => at('factory_id', row) === factory && at('defect', row) > 0);
      const range: [number, number] = name === 'A06' ? [0.049, 0.054] : [0.021, 0.034];
      expectNear(name, (bad * year.rows) / rows, range, 0.003);
    });
    const affected = new Set([...year.seats].filter((_, row) => defects[row] === 1));
    expectNear('devices with label 1', affected.size, [43, 46], 4);
  });

  it('is damaged on landing: 5 % of the pressures negated, 10 % of the temperatures missing', () => {
    expect(share(year.rows, (row) => at('air_pressure', row) < 0)).toBeCloseTo(0.05, 2);
    expect(share(year.rows, (row) => Number.isNaN(at('temperature', row)))).toBeCloseTo(0.1, 2);
    for (let row = 0; row < year.rows; row += 7) {
      const landed = at('air_pressure', row);
      const isNegated = at('is_negated', row) === 1;
      expect(isNegated ? -landed : landed).toBe(at('true_pressure', row));
      const temperature = at('temperature', row);
      if (!Number.isNaN(temperature)) expect(temperature).toBe(at('true_temperature', row));
    }
  });

  it('has anomalies by the rules of the pipeline in 7 of 10 000 rows', () => {
    const by = (name: (typeof anomalyNames)[number]): number =>
      share(year.rows, (row) => at('anomaly', row) === anomalyNames.indexOf(name));
    expectNear('delay and rotation', by('delay'), [2.3e-4, 2.7e-4], 0.6e-4);
    expectNear('temperature', by('temperature'), [0, 1.3e-5], 4e-5);
    expectNear('density and pressure', by('density'), [4.6e-4, 4.6e-4], 0.6e-4);
    expectNear('any', 1 - by('none'), [7e-4, 7e-4], 1e-4);
    const lowIndeed = share(year.rows, (row) => at('density', row) > 4.6 && at('true_pressure', row) < 840);
    expectNear('density and pressure without the negated ones', lowIndeed, [1.2e-4, 1.6e-4], 0.8e-4);
  });

  it('swings up over a trip: rotation is 92, 290 and 360 in its first ten rows, from 150 to 300, and beyond', () => {
    const sums = [0, 0, 0];
    const counts = [0, 0, 0];
    let place = 0;
    for (let row = 0; row < year.rows; row++) {
      const goesOn =
        row > 0 && at('trip_id', row) === at('trip_id', row - 1) && year.seats[row] === year.seats[row - 1];
      place = goesOn ? place + 1 : 0;
      const stretch = place < 10 ? 0 : place >= 300 ? 2 : place >= 150 ? 1 : -1;
      if (stretch < 0) continue;
      sums[stretch] = (sums[stretch] as number) + at('rotation_speed', row);
      counts[stretch] = (counts[stretch] as number) + 1;
    }
    const [first, middle, last] = sums.map((sum, i) => sum / (counts[i] as number)) as [number, number, number];
    expectNear('first ten', first, [92, 92], 5);
    expectNear('150 to 300', middle, [290, 290], 15);
    expectNear('beyond 300', last, [360, 360], 50);
  });

  it('runs in trips, each on one day, rows a minute apart and up to 3 s late, in order and never before they are due', () => {
    let trips = 0;
    let pauses = 0;
    for (let row = 0; row < year.rows; row++) {
      const [tUs, dueUs] = [year.timesUs[row] as number, year.duesUs[row] as number];
      if (tUs > dueUs || dueUs - tUs > turbine.maxSamplingDelayUs)
        expect([row, tUs, dueUs]).toBe('taken before it is due');
      if (row === 0 || year.seats[row] !== year.seats[row - 1]) {
        expect(at('trip_id', row)).toBe(1);
        trips++;
        continue;
      }
      const gapUs = tUs - (year.timesUs[row - 1] as number);
      if (gapUs < (turbine.leastGapUs ?? 0)) expect([row, gapUs]).toBe('apart');
      const isLater = Math.floor(tUs / DAY_US) !== Math.floor((year.timesUs[row - 1] as number) / DAY_US);
      const next = at('trip_id', row) - at('trip_id', row - 1);
      // A row's lateness may carry it over midnight; its trip is that of the minute.
      if (next !== 0 && next !== 1) expect([row, next]).toBe('the same trip or the next');
      if (next === 1) trips++;
      if (isLater && gapUs > 63e6) expect([row, next]).toEqual([row, 1]);
      if (gapUs > 600e6) pauses++;
    }
    expectNear('trips of a device', trips / 60, [37, 39], 1);
    expectNear('rows of a trip', year.rows / trips, [170, 174], 6);
    expectNear('pauses of a device above 10 minutes', pauses / 60, [34, 34], 3);
  });

  it('keeps what does not depend on the weather in other years too', () => {
    for (const other of others) {
      for (const name of ['density', 'delay', 'rotation_speed', 'airflow_rate']) {
        const measured = marginals(column(name, other));
        for (const statistic of ['mean', 'sd', 'p50'] as const) {
          const [range, tolerance] = (published[name] as Record<string, Published>)[statistic] as Published;
          expectNear(`${name} ${statistic}`, measured[statistic], range, tolerance);
        }
      }
      expectNear('mean temperature', mean(column('true_temperature', other)), [57, 59], 2.5);
      expectNear(
        'defects',
        share(other.rows, (row) => at('defect', row, other) > 0),
        [0.029, 0.036],
        0.005,
      );
    }
  });
});

describe('turbine', () => {
  async function fleetOf(profile: string): Promise<FleetPlan> {
    const plan = await landingPlan();
    const payload = turbine.payloads[profile];
    if (payload === undefined) throw new Error(profile);
    const { codec, fields, identity } = payload;
    return {
      ...(plan.fleets[0] as FleetPlan),
      payload: { codec, profile, fields: profileFields(fields), identity },
    };
  }

  async function written(profile: string, slots: readonly number[]): Promise<string[]> {
    const plan = { ...(await landingPlan()), fleets: [await fleetOf(profile)] };
    const events = createFleetEvents(plan, 0, { runId: 'run-a', startWallUs: 1_772_366_400_250_000, startMonoUs: 0 });
    return slots.map((slot) => {
      const batch = createEventBatch(1, events.maxEventBytes);
      events.append(slot, events.profile.timeOf(slot), batch);
      return new TextDecoder().decode(batch.bytes.subarray(batch.payloads[0], batch.ends[0]));
    });
  }

  it('writes the rows of the original, with its header', async () => {
    const plan = await landingPlan();
    const { header } = createFleetEvents(plan, 0, { runId: 'run-a', startWallUs: 0, startMonoUs: 0 });
    expect(header).toBe(
      'device_id,trip_id,factory_id,model_id,timestamp,airflow_rate,rotation_speed,air_pressure,temperature,delay,density',
    );
    expect(await written('crash-course', [0, 61, 123_456, 399_999])).toMatchSnapshot();
    const some = await written(
      'crash-course',
      Array.from({ length: 2_000 }, (_, i) => i * 200),
    );
    expectNear('bytes of a row', mean(some.map(({ length }) => length + 1)), [154, 154], 3);
    expectNear(
      'empty temperatures',
      share(2_000, (i) => some[i]?.split(',')[8] === ''),
      [0.1, 0.1],
      0.03,
    );
  });

  it('writes null for a missing temperature in JSON, and the truth beside it', async () => {
    const [first] = (
      await written(
        'labelled',
        Array.from({ length: 100 }, (_, i) => i),
      )
    ).filter((text) => text.includes('"temperature":null'));
    expect(JSON.parse(first ?? '')).toMatchObject({ temperature: null, true_temperature: expect.any(Number) });
  });

  it('is found again by device and time, although its rows are due days after they were taken', async () => {
    const plan = await landingPlan();
    const anchor = { runId: 'run-a', startWallUs: 1_772_366_400_250_000, startMonoUs: 0 };
    const events = createFleetEvents(plan, 0, anchor);
    const identifier = createIdentifier(plan, anchor);
    const into = createIdentified();
    for (let slot = 0; slot < 400_000; slot += 997) {
      const batch = createEventBatch(1, events.maxEventBytes);
      events.append(slot, events.profile.timeOf(slot), batch);
      const [from, to] = [batch.payloads[0] as number, batch.ends[0] as number];
      expect([identifier.identify(batch.bytes, from, to, into), into.slot]).toEqual([Status.own, slot]);
    }
  });

  it('is recognised with any one byte of it changed, or its end missing', async () => {
    const plan = await landingPlan();
    const anchor = { runId: 'run-a', startWallUs: 1_772_366_400_250_000, startMonoUs: 0 };
    const identifier = createIdentifier(plan, anchor);
    const into = createIdentified();
    const [text] = (await written('crash-course', [123_456])) as [string];
    const identified = (bytes: Uint8Array): unknown[] => [identifier.identify(bytes, 0, bytes.length, into), into.slot];
    const payload = new TextEncoder().encode(text);
    for (const mask of [0x01, 0x20]) {
      for (let i = 0; i < payload.length; i++) {
        const altered = payload.slice();
        altered[i] = (altered[i] as number) ^ mask;
        expect([i, mask, ...identified(altered)]).toEqual([i, mask, Status.corrupt, 123_456]);
      }
    }
    for (const cut of [1, 5, 40])
      expect(identified(payload.subarray(0, payload.length - cut))).toEqual([Status.corrupt, 123_456]);
  });

  it('makes each sequence a trip where rows are due faster than once a minute, and reports them at once', () => {
    const startUs = 1_672_531_200_000_000;
    const own = {
      params: defaultParams(turbine),
      devices: 1,
      key: { k0: 1, k1: 2 },
      keyOf: () => {},
      dueOf: (_seat: number, n: number) => startUs + n * 1_000_000,
    };
    const device = turbine.create(own.params, [], 1, { own, named: () => undefined });
    const key = { seat: 0, k0: 3, k1: 4 };
    const out = new Float64Array(14);
    let trip = 0;
    for (let n = 0; n < 2_000; n++) {
      expect(device.sampledAt(key, n, own.dueOf(0, n))).toBe(own.dueOf(0, n));
      device.sample(key, n, own.dueOf(0, n), out, 0);
      expect((out[0] as number) - trip).toBeLessThanOrEqual(1);
      trip = out[0] as number;
    }
    expect(trip).toBeGreaterThan(5);
  });

  it('gives the same values for ever', async () => {
    const { columns, timesUs } = year;
    expect(digestOf([timesUs, ...Object.values(columns)])).toMatchInlineSnapshot(`726731178`);
  });
});
