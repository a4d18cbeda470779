import { describe, expect, it } from 'vitest';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import type { Device, ParamValue } from '../../src/models/model.ts';
import { sensorBoard } from '../../src/models/sensor-board.ts';
import { defaultParams } from '../contracts/model.ts';
import { anchor, eventsOf, fleetOf, planOf } from '../events/plans.ts';
import { deviation, fingerprint, mean, quantile, rowsOf, stepShares } from './column-statistics.ts';

const SECOND = 1_000_000;
/** Places of the readings, then of the labels. */
const At = {
  ...{ temperature: 0, humidity: 1, distance: 2, echo: 3, motion: 4 },
  ...{ roomTemperature: 5, roomHumidity: 6, trueDistance: 7, age: 8, failed: 9, missed: 10, visitor: 11 },
} as const;
const WIDTH = 12;
/** The original's recording: its first instant, its length, and how many instants of it were played. */
const START_US = Date.UTC(2023, 8, 18, 9, 10, 5) * 1000;
const REPLAY = { width: WIDTH, count: 1_000, startUs: START_US, gapUs: 380_818_000_000 / 999 };

function board(params: Record<string, ParamValue> = {}): Device {
  return sensorBoard.create({ ...defaultParams(sensorBoard), ...params }, []);
}

const column = (rows: readonly number[][], at: number): number[] => rows.map((row) => row[at] as number);

describe('sensor-board, played as the original was', () => {
  const boards = Array.from({ length: 150 }, (_, seat) => rowsOf(board(), seat, REPLAY));
  const over = (at: number, of: (values: number[]) => number): number[] => boards.map((rows) => of(column(rows, at)));

  it.each([
    // Mean, tolerance; deviation, tolerance.
    ['temperature', At.temperature, 22.6, 0.3, 1.9, 0.15],
    ['humidity', At.humidity, 45.8, 1.2, 8.1, 0.7],
  ])('has the mean and the deviation of the %s, on average over boards', (_, at, middle, near, wide, nearly) => {
    expect(Math.abs(mean(over(at, mean)) - middle)).toBeLessThan(near);
    expect(Math.abs(mean(over(at, deviation)) - wide)).toBeLessThan(nearly);
    // The one board of the original is one of these.
    expect(quantile(over(at, deviation), 0.05)).toBeLessThan(wide);
    expect(quantile(over(at, deviation), 0.95)).toBeGreaterThan(wide);
  });

  it.each([
    ['temperature', At.temperature, 18, 30],
    ['humidity', At.humidity, 23, 66],
  ])('has a range of the %s as that of the original: neither of its ends is rare', (_, at, low, high) => {
    const [lows, highs] = [over(at, (values) => Math.min(...values)), over(at, (values) => Math.max(...values))];
    expect(quantile(lows, 0.05)).toBeLessThanOrEqual(low);
    expect(quantile(lows, 0.95)).toBeGreaterThanOrEqual(low);
    expect(quantile(highs, 0.05)).toBeLessThanOrEqual(high);
    expect(quantile(highs, 0.95)).toBeGreaterThanOrEqual(high);
  });

  it('steps from value to value as the original: 0, ±1, ±2, more', () => {
    const shares = (at: number): number[] => {
      const all = boards.map((rows) => stepShares(column(rows, at)));
      return [0, 1, 2, 3].map((size) => mean(all.map((one) => one[size] as number)));
    };
    const compare = (at: number, published: number[], tolerance: number[]): void => {
      shares(at).forEach((share, i) => {
        expect([i, share, Math.abs(share - (published[i] as number)) <= (tolerance[i] as number)]).toEqual([
          i,
          share,
          true,
        ]);
      });
    };
    compare(At.temperature, [0.9, 0.1, 0, 0], [0.02, 0.02, 0.002, 0.002]);
    compare(At.humidity, [0.555, 0.394, 0.038, 0.012], [0.03, 0.03, 0.015, 0.006]);
  });

  it('shows whole numbers only, and is drier the warmer it is', () => {
    for (const rows of boards) {
      for (const at of [At.temperature, At.humidity]) expect(column(rows, at).every(Number.isInteger)).toBe(true);
    }
    const warm = boards.flat().filter((row) => (row[At.temperature] as number) >= 26);
    const cool = boards.flat().filter((row) => (row[At.temperature] as number) <= 21);
    expect(mean(column(cool, At.humidity)) - mean(column(warm, At.humidity))).toBeGreaterThan(10);
  });
});

describe('sensor-board, DHT11', () => {
  it('returns the conversion before: its value is one interval old and more, up to two', () => {
    const rows = rowsOf(board({ read_every: 600 }), 1, {
      width: WIDTH,
      count: 20_000,
      startUs: START_US,
      gapUs: 7 * SECOND,
    });
    const ages = column(rows, At.age);
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(600 + 15);
    expect(Math.max(...ages)).toBeLessThanOrEqual(1200 + 15);
    expect(mean(ages)).toBeCloseTo(915, -1);
  });

  it('shows what the room was like then, not what it is like now', () => {
    // Three degrees an hour, and no noise worth the name beside them.
    const steep = { daily_swing: 10, weather: 0, warm_share: 0, read_every: 3600 };
    const device = board(steep);
    let older = 0;
    let newer = 0;
    for (let hour = 0; hour < 48; hour++) {
      const rows = rowsOf(device, 2, { width: WIDTH, count: 1, startUs: START_US + hour * 3600 * SECOND, gapUs: 0 });
      const ago = (rows[0]?.[At.age] as number) * SECOND;
      const [before] = rowsOf(device, 2, {
        width: WIDTH,
        count: 1,
        startUs: START_US + hour * 3600 * SECOND - ago,
        gapUs: 0,
      });
      const shown = rows[0]?.[At.temperature] as number;
      older += Math.abs(shown - (before?.[At.roomTemperature] as number));
      newer += Math.abs(shown - (rows[0]?.[At.roomTemperature] as number));
    }
    expect(older / 48).toBeLessThan(1);
    expect(newer / 48).toBeGreaterThan(2);
  });

  it('shows the same between two reads, however often it is asked', () => {
    const rows = rowsOf(board({ read_every: 60 }), 3, {
      width: WIDTH,
      count: 6_000,
      startUs: START_US,
      gapUs: SECOND / 10,
    });
    let changes = 0;
    for (let i = 1; i < rows.length; i++) {
      const isNew = (rows[i]?.[At.age] as number) < (rows[i - 1]?.[At.age] as number);
      if (isNew) changes++;
      else if (rows[i]?.[At.humidity] !== rows[i - 1]?.[At.humidity]) expect(i).toBe('the same as before');
    }
    expect(Math.abs(changes - 10)).toBeLessThanOrEqual(1);
  });

  it('has neither value where a read failed, as often as asked, for as long as a read lasts', () => {
    const device = board({ failed_reads: 0.05 });
    const rows = Array.from({ length: 20 }, (_, seat) =>
      rowsOf(device, seat, { width: WIDTH, count: 2_000, startUs: START_US, gapUs: SECOND }),
    ).flat();
    const isRight = (row: number[]): boolean =>
      [At.temperature, At.humidity].every((at) => Number.isNaN(row[at]) === (row[At.failed] === 1));
    expect(rows.every(isRight)).toBe(true);
    expect(Math.abs(mean(column(rows, At.failed)) - 0.05)).toBeLessThan(0.006);
    expect(Math.max(...column(rowsOf(board(), 1, REPLAY), At.failed))).toBe(0);
  });
});

describe('sensor-board, HC-SR04', () => {
  const still = { visits: 0, daily_swing: 0, weather: 0, warm_share: 0, missing_echoes: 0 };
  const distances = (params: Record<string, ParamValue>): number[][] =>
    Array.from({ length: 60 }, (_, seat) =>
      rowsOf(board(params), seat, { width: WIDTH, count: 50, startUs: START_US, gapUs: SECOND }),
    ).flat();

  it('measures by the speed of sound, 0.17 % a degree, and a sketch does not know', () => {
    const scale = (temperature: number): number =>
      mean(
        distances({ ...still, mean_temperature: temperature })
          .filter((row) => row[At.missed] === 0)
          .map((row) => (row[At.echo] as number) / (row[At.trueDistance] as number)),
      );
    // 2 cm there and back for each, in µs: at 0 °C 20 000/331.3.
    expect(scale(0)).toBeCloseTo(20_000 / 331.3, 1);
    expect(scale(20)).toBeCloseTo(20_000 / 343.42, 1);
    expect(scale(40) / scale(20)).toBeCloseTo(1 - 20 * 0.0017, 2);
    for (const row of distances(still)) expect(row[At.distance]).toBe(Math.floor((row[At.echo] as number) / 58));
  });

  it('scatters by the millimetres of its data sheet', () => {
    const rows = rowsOf(board(still), 5, { width: WIDTH, count: 5_000, startUs: START_US, gapUs: SECOND });
    const off = rows.map((row) => (row[At.echo] as number) * 0.017_17 - (row[At.trueDistance] as number));
    expect(deviation(off)).toBeGreaterThan(0.1);
    expect(deviation(off)).toBeLessThan(0.2);
  });

  it('holds its pulse for 38 ms where no echo comes: beyond 4 m, and as often as asked', () => {
    for (const row of distances(still)) {
      const isFar = (row[At.trueDistance] as number) > 400.6;
      if (isFar) expect([row[At.echo], row[At.distance], row[At.missed]]).toEqual([38_000, 655, 1]);
      else if ((row[At.trueDistance] as number) < 399.4) expect(row[At.missed]).toBe(0);
    }
    const rows = distances({ ...still, missing_echoes: 0.2 }).filter((row) => (row[At.trueDistance] as number) < 399);
    expect(Math.abs(mean(column(rows, At.missed)) - 0.2)).toBeLessThan(0.04);
  });

  it('measures at most every 60 ms', () => {
    const rows = rowsOf(board(still), 7, { width: WIDTH, count: 3_000, startUs: START_US, gapUs: SECOND / 500 });
    const changes = rows.filter((row, i) => i > 0 && row[At.echo] !== rows[i - 1]?.[At.echo]).length;
    expect(changes).toBeLessThanOrEqual(101);
    expect(changes).toBeGreaterThan(80);
  });
});

describe('sensor-board, HC-SR501', () => {
  /** Lengths in s of what is on or off within an hour of visits, at a step of 50 ms; ends are cut. */
  function spells(
    params: Record<string, ParamValue>,
    seat: number,
  ): { on: boolean; length: number; visited: number }[] {
    const device = board({ visits: 6, ...params });
    const rows = rowsOf(device, seat, { width: WIDTH, count: 72_000, startUs: START_US, gapUs: SECOND / 20 });
    const found: { on: boolean; length: number; visited: number }[] = [];
    for (const row of rows) {
      const on = row[At.motion] === 1;
      const last = found.at(-1);
      if (last?.on !== on) found.push({ on, length: 0, visited: 0 });
      const spell = found.at(-1) as (typeof found)[number];
      spell.length += 0.05;
      if (row[At.visitor] === 1) spell.visited += 0.05;
    }
    return found.slice(1, -1);
  }

  it('is high during a visit and for its hold time behind it, where motion holds it', () => {
    const on = [1, 2, 3].flatMap((seat) => spells({ hold: 20 }, seat)).filter((spell) => spell.on);
    expect(on.length).toBeGreaterThan(8);
    for (const { length, visited } of on) expect(length - visited).toBeCloseTo(20, 0);
  });

  it('goes low after its hold time and is blind for 2.5 to 3 s, where motion does not hold it', () => {
    const all = [1, 2, 3].flatMap((seat) => spells({ hold: 4, retrigger: false }, seat));
    const on = all.filter((spell) => spell.on);
    expect(on.length).toBeGreaterThan(30);
    for (const { length } of on) expect(length).toBeCloseTo(4, 0);
    const blind = all.filter((spell) => !spell.on && spell.length < 10);
    expect(blind.length).toBeGreaterThan(20);
    for (const { length } of blind) {
      expect(length).toBeGreaterThan(2.4);
      expect(length).toBeLessThan(3.1);
    }
  });

  it('sees less of its visitors in a room as warm as they are', () => {
    const seen = (temperature: number): number => {
      const device = board({ visits: 6, mean_temperature: temperature, daily_swing: 0, weather: 0, warm_share: 0 });
      const rows = Array.from({ length: 60 }, (_, seat) =>
        rowsOf(device, seat, { width: WIDTH, count: 1_000, startUs: START_US, gapUs: 10 * SECOND }),
      ).flat();
      const visited = rows.filter((row) => row[At.visitor] === 1);
      return mean(column(visited, At.motion));
    };
    expect(seen(20)).toBeGreaterThan(0.85);
    expect(seen(31)).toBeLessThan(0.4);
    expect(seen(35)).toBe(0);
  });
});

describe('sensor-board', () => {
  const schedule = { rate: { events: 5, perUs: SECOND }, segments: [] };
  const written = (profile: string, slots: number[], changes = {}): string[] => {
    const fleet = fleetOf('sensor-board', profile, { devices: 1, id: 'board-<index>', schedule, ...changes });
    return eventsOf(planOf([fleet]), 0, slots).map(({ payload }) => payload);
  };

  it('writes the message of the original, blank and quotes included', () => {
    const all = written(
      'msg-temperature',
      [...Array(3_000).keys()].map((i) => i * 1_000),
    );
    expect(all).toContain('{"msg": "23"}');
    for (const text of all) expect(text).toMatch(/^\{"msg": "\d{1,2}"\}$/);
  });

  it.each([
    ['msg-temperature', '{"msg": "26"}'],
    ['msg-temperature-traced', '{"msg": "26", "_id": "ID"}'],
    ['msg-humidity', '{"msg": "40"}'],
    ['msg-humidity-traced', '{"msg": "40", "_id": "ID"}'],
    ['msg-distance', '{"msg": "306"}'],
    ['msg-distance-traced', '{"msg": "306", "_id": "ID"}'],
    ['msg-motion', '{"msg": "1"}'],
    ['msg-motion-traced', '{"msg": "1", "_id": "ID"}'],
    ['sketch-temperature', '{"id":"board-0","temperature":26}'],
    ['sketch-temperature-traced', '{"id":"board-0","temperature":26,"_id":"ID"}'],
    ['sketch-distance', '{"id":"board-0","distance":306}'],
    ['sketch-motion', '{"id":"board-0","motion":false}'],
    [
      'board',
      '{"device":"board-0","time":"2026-03-01T12:00:01.650Z","temperature":26,"humidity":40,"distance":306,"motion":false}',
    ],
  ])('%s is byte for byte the same for ever', (profile, expected) => {
    const [text] = written(profile, [7]);
    expect(text?.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{12}-[0-9a-f]{14}-[0-9a-f]{8}/, 'ID')).toBe(expected);
  });

  it('says nan, or null where the value stands alone, of a read that failed', () => {
    const params = { ...defaultParams(sensorBoard), failed_reads: 1 };
    expect(written('msg-humidity', [7], { params })).toEqual(['{"msg": "nan"}']);
    expect(written('sketch-temperature', [7], { params })).toEqual(['{"id":"board-0","temperature":null}']);
  });

  it('is in the room of another fleet where it is told so, whatever else differs', () => {
    const warm = { ...defaultParams(sensorBoard), mean_temperature: 30 };
    const fleets = [
      fleetOf('sensor-board', 'board', { name: 'temperature', devices: 4, schedule, params: warm }),
      fleetOf('sensor-board', 'board', {
        name: 'humidity',
        devices: 4,
        schedule,
        params: { ...defaultParams(sensorBoard), room_of: 'temperature' },
      }),
      fleetOf('sensor-board', 'board', { name: 'elsewhere', devices: 4, schedule }),
    ];
    const labels = fleets.map((_, i) => {
      const events = createFleetEvents(planOf(fleets), i, anchor);
      return [0, 1, 2, 3, 400, 401, 402, 403].map((slot) => events.facts(slot).labels['room_temperature']);
    });
    expect(labels[1]).toEqual(labels[0]);
    expect(labels[2]).not.toEqual(labels[0]);
  });

  it('gives the same values for ever', () => {
    const device = board({ failed_reads: 0.05, retrigger: false, visits: 6 });
    expect(fingerprint(device, WIDTH, START_US, 91_193_000)).toBe(3_692_029_761);
  });
});
