import { describe, expect, it } from 'vitest';
import { createEventBatch } from '../../src/core/event-batch.ts';
import { xxh32 } from '../../src/core/xxh32.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { environmentSensor } from '../../src/models/environment-sensor.ts';
import type { Device, ParamValue } from '../../src/models/model.ts';
import { profileFields } from '../../src/plan/fleet-payload.ts';
import { defaultParams, seatKey } from '../contracts/model.ts';
import { anchor, phones, planOf } from '../events/plans.ts';

const START_US = 1_772_323_200_000_000;
const HOUR_US = 3_600_000_000;
const WIDTH = 7;

function sensor(params: Record<string, ParamValue>): Device {
  return environmentSensor.create({ ...defaultParams(environmentSensor), ...params }, []);
}

/** Rows of a seat: temperature, pressure, humidity, status, true temperature, overheated by, is critical. */
function rows(device: Device, seat: number, count: number, gapUs: number): number[][] {
  const key = seatKey(seat);
  return Array.from({ length: count }, (_, n) => {
    const out = new Float64Array(WIDTH);
    device.sample(key, n, START_US + n * gapUs, out, 0);
    return [...out];
  });
}

const column = (table: readonly number[][], at: number): number[] => table.map((row) => row[at] as number);
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((x) => x * x)) - mean(values) * mean(values));
const correlation = (a: readonly number[], b: readonly number[]): number =>
  (mean(a.map((x, i) => x * (b[i] as number))) - mean(a) * mean(b)) / (deviation(a) * deviation(b));

describe('environment-sensor, uniform', () => {
  const table = Array.from({ length: 40 }, (_, seat) => rows(sensor({ mode: 'uniform' }), seat, 1_000, 1e6)).flat();

  it.each([
    ['temperature', 0, 18, 30],
    ['pressure', 1, 980, 1030],
    ['humidity', 2, 40, 70],
  ])('draws %s alike over its range, in hundredths', (_, at, low, high) => {
    const values = column(table, at);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...values)).toBeLessThanOrEqual(high);
    for (const value of values) expect(Number(value.toFixed(2))).toBe(value);
    // Of 40,000 values: five standard errors, and each tenth of the range with its tenth of them.
    expect(Math.abs(mean(values) - (low + high) / 2)).toBeLessThan((5 * (high - low)) / Math.sqrt(12 * 40_000));
    const tenths = Array.from({ length: 10 }, (_unused, i) => {
      const from = low + ((high - low) * i) / 10;
      return values.filter((x) => x >= from && x < from + (high - low) / 10).length;
    });
    for (const count of tenths) expect(Math.abs(count - 4_000)).toBeLessThan(330);
  });

  it('links nothing: neither the values nor the status, each of which comes as often', () => {
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
      [0, 3],
    ] as const)
      expect(Math.abs(correlation(column(table, a), column(table, b)))).toBeLessThan(0.025);
    for (const status of [0, 1, 2])
      expect(Math.abs(column(table, 3).filter((x) => x === status).length - 13_333)).toBeLessThan(500);
  });

  it('is critical for the processor in one of six', () => {
    expect(Math.abs(mean(column(table, 6)) - 1 / 6)).toBeLessThan(0.01);
    for (const row of table) expect(row[6]).toBe((row[0] as number) > 28 ? 1 : 0);
  });
});

describe('environment-sensor, physical', () => {
  const day = Array.from({ length: 30 }, (_, seat) => rows(sensor({ overheating_share: 0 }), seat, 288, HOUR_US / 12));

  it('is warmest in the afternoon and coldest in the night', () => {
    const at = (hour: number): number => mean(day.map((table) => table[hour * 12]?.[0] as number));
    expect(at(15) - at(3)).toBeGreaterThan(6);
    expect(at(15) - at(3)).toBeLessThan(10);
    expect(at(15)).toBeGreaterThan(at(9));
    expect(at(9)).toBeGreaterThan(at(3));
  });

  it('is drier the warmer it is', () => {
    for (const table of day) expect(correlation(column(table, 0), column(table, 2))).toBeLessThan(-0.8);
  });

  it('has a pressure that drifts slowly, by less than 3 hPa in an hour', () => {
    for (const table of day) {
      const pressures = column(table, 1);
      for (let i = 12; i < pressures.length; i++)
        expect(Math.abs((pressures[i] as number) - (pressures[i - 12] as number))).toBeLessThan(3);
    }
    const week = column(rows(sensor({}), 1, 24 * 14, HOUR_US), 1);
    expect(Math.max(...week) - Math.min(...week)).toBeGreaterThan(8);
  });

  it('says by its temperature how it is', () => {
    const table = Array.from({ length: 20 }, (_, seat) => rows(sensor({}), seat, 2_000, HOUR_US / 12)).flat();
    const seen = new Set<number>();
    for (const [temperature, , , status, , , isCritical] of table as [number, ...number[]][]) {
      expect(status).toBe(temperature > 28 ? 2 : temperature > 26 ? 1 : 0);
      expect(isCritical).toBe(status === 2 ? 1 : 0);
      seen.add(status as number);
    }
    expect(seen.size).toBe(3);
  });

  it('overheats in the asked share of time, and the label says by how much', () => {
    const table = Array.from({ length: 50 }, (_, seat) =>
      rows(sensor({ overheating_share: 0.2, daily_swing: 0, site_scatter: 0 }), seat, 2_000, HOUR_US / 12),
    ).flat();
    const share = mean(column(table, 5).map((heat) => (heat > 0 ? 1 : 0)));
    expect(Math.abs(share - 0.2)).toBeLessThan(0.015);
    for (const [measured, , , , truth, heat] of table as [number, ...number[]][]) {
      expect(Math.abs((truth as number) - (heat as number) - 22)).toBeLessThanOrEqual(1);
      expect(Math.abs(measured - (truth as number))).toBeLessThan(0.2);
    }
  });
});

describe('environment-sensor', () => {
  it('writes the payload of the original, found again by device and time', () => {
    const profile = environmentSensor.payloads['kinesis-poc'];
    if (profile === undefined) throw new Error('no such profile');
    const fleet = phones('raw', {
      name: 'sensors',
      model: 'environment-sensor',
      params: { ...defaultParams(environmentSensor), mode: 'uniform' },
      devices: 5,
      id: '<uuid>',
      schedule: { rate: { events: 5, perUs: 1_000_000 }, segments: [] },
      payload: {
        codec: 'json',
        profile: 'kinesis-poc',
        fields: profileFields(profile.fields),
        identity: profile.identity,
      },
      address: '<device>',
    });
    const batch = createEventBatch(1, 1024);
    const events = createFleetEvents(planOf([fleet]), 0, anchor);
    events.append(7, events.profile.timeOf(7), batch);
    const text = (from: number, to: number): string => new TextDecoder().decode(batch.bytes.subarray(from, to));
    const [start, payload, end] = [batch.starts[0], batch.payloads[0], batch.ends[0]] as [number, number, number];
    expect(text(payload, end)).toBe(
      '{"device_id":"8bdbef2c-0526-4f81-a510-5cf42238700c","timestamp":1772366401650,"metrics":{"temperature_c":28.45,"pressure_hpa":1015.66,"humidity_percent":69.85},"status":"WARNING","region":"us-east-1"}',
    );
    expect(text(start, payload)).toBe('8bdbef2c-0526-4f81-a510-5cf42238700c');
  });

  it.each([
    ['physical', 3_806_819_840],
    ['uniform', 1_683_179_848],
  ])('gives the same values for ever: %s', (mode, expected) => {
    const device = sensor({ mode });
    const values = new Float64Array(WIDTH * 10_000);
    for (let i = 0; i < 10_000; i++) device.sample(seatKey(i % 257), i, START_US + i * 91_193_000, values, i * WIDTH);
    const bigEndian = new DataView(new ArrayBuffer(values.byteLength));
    values.forEach((value, i) => {
      bigEndian.setFloat64(i * 8, value);
    });
    expect(xxh32(bigEndian, 0, bigEndian.byteLength, 0) >>> 0).toBe(expected);
  });
});
