import { describe, expect, it } from 'vitest';
import { streamRoot } from '../../src/core/random.ts';
import type { Device, ParamValue } from '../../src/models/model.ts';
import { phoneMotion } from '../../src/models/phone-motion.ts';
import { Activity } from '../../src/models/physics/activity.ts';
import { cornerFrequency } from '../../src/models/physics/source-spectrum.ts';
import type { Scene } from '../../src/models/scene.ts';
import { defaultParams, quantitiesOf, seatKey } from '../contracts/model.ts';

const ORIGIN_US = 1_772_366_400_000_000;
const names = quantitiesOf(phoneMotion, defaultParams(phoneMotion)).map(([name]) => name);
const still: Record<string, ParamValue> = { shaken_share: 0, walking_share: 0, noise_density: 0 };

function quake(magnitude = 6, distanceKm = 10): Scene {
  return [{ kind: 'quake', key: streamRoot(7, 'quake'), atUs: ORIGIN_US, magnitude, depthKm: 9, distanceKm }];
}

function phone(scene: Scene, params: Record<string, ParamValue> = {}): Device {
  return phoneMotion.create({ ...defaultParams(phoneMotion), ...still, ...params }, scene);
}

/** What seat `seat` reads `seconds` after the origin, by name. */
function reading(device: Device, seat: number, seconds: number): Record<string, number> {
  const out = new Float64Array(names.length);
  device.sample(seatKey(seat), 1, ORIGIN_US + Math.round(seconds * 1e6), out, 0);
  return Object.fromEntries(names.map((name, i) => [name, out[i] as number]));
}

/** Greatest true acceleration of the ground between two instants. */
function peak(device: Device, seat: number, from: number, to: number): number {
  let greatest = 0;
  for (let t = from; t < to; t += 0.02)
    greatest = Math.max(greatest, reading(device, seat, t)['ground_acceleration'] ?? 0);
  return greatest;
}

/** Everyone in one place, 10 km from the epicentre, on even ground. */
const together = { city_radius: 0.1, site_scatter: 0 };

describe('an earthquake', () => {
  it('arrives when the waves do: P at 2.2 s, S at 3.8 s at 10 km and 9 km depth', () => {
    const { p_arrival, s_arrival, epicentral_distance } = reading(phone(quake(), together), 0, 10);
    expect(p_arrival).toBeCloseTo(2.2, 1);
    expect(s_arrival).toBeCloseTo(3.8, 1);
    expect(epicentral_distance).toBeCloseTo(10, 0);
  });

  it('is labelled: nothing, then P, then S, then nothing again', () => {
    const device = phone(quake(), together);
    const phases = [-1, 1, 3, 10, 3_000].map((seconds) => reading(device, 0, seconds)['shaking']);
    expect(phases).toEqual([0, 0, 1, 2, 0]);
    expect(reading(device, 0, -1)).toMatchObject({ p_arrival: 0, s_arrival: 0, epicentral_distance: 0 });
    expect(reading(device, 0, 1)['ground_acceleration']).toBe(0);
    expect(reading(device, 0, 3_000)).toMatchObject({ ground_acceleration: 0, p_arrival: 0 });
  });

  it.each([
    [5, 0.11, 0.57],
    [6, 0.31, 1.62],
    [7, 0.59, 3.1],
  ])('of magnitude %d moves the ground by P %d and S %d m/s² at 10 km', (magnitude, p, s) => {
    const device = phone(quake(magnitude), together);
    const seats = Array.from({ length: 20 }, (_, seat) => seat);
    const mean = (from: number, to: number): number =>
      seats.reduce((sum, seat) => sum + peak(device, seat, from, to), 0) / seats.length;
    // Of all three axes; the law is about the horizontal ones. P is still rising when S comes.
    expect(mean(2.2, 3.75) / p).toBeGreaterThan(0.5);
    expect(mean(2.2, 3.75) / p).toBeLessThan(1.5);
    expect(mean(3.8, 20) / s).toBeGreaterThan(0.8);
    expect(mean(3.8, 20) / s).toBeLessThan(1.4);
  });

  it('comes earlier and stronger to nearer phones', () => {
    const device = phone(quake(6, 30), { site_scatter: 0, city_radius: 20 });
    const felt = Array.from({ length: 60 }, (_, seat) => ({
      ...reading(device, seat, 60),
      peak: peak(device, seat, 2, 40),
    }));
    const ordered = felt.sort((a, b) => (a as never)['epicentral_distance'] - (b as never)['epicentral_distance']);
    const column = (name: string): number[] => ordered.map((one) => (one as never)[name] as number);
    for (const name of ['p_arrival', 's_arrival']) {
      expect(column(name)).toEqual([...column(name)].sort((a, b) => a - b));
    }
    for (const [i, s] of column('s_arrival').entries()) expect(s).toBeGreaterThan(column('p_arrival')[i] as number);
    const third = (from: number): number =>
      column('peak')
        .slice(from, from + 20)
        .reduce((a, b) => a + b);
    expect(third(0)).toBeGreaterThan(1.3 * third(20));
    expect(third(20)).toBeGreaterThan(1.2 * third(40));
  });

  it('spreads its phones over the city evenly', () => {
    const device = phone(quake(6, 100), { city_radius: 10 });
    const distances = Array.from(
      { length: 2_000 },
      (_, seat) => reading(device, seat, 30)['epicentral_distance'] as number,
    );
    expect(Math.min(...distances)).toBeGreaterThan(90);
    expect(Math.max(...distances)).toBeLessThan(110);
    // Of an even disc, a strip of ±2.5 km in the middle holds 31.5 %.
    const middle = distances.filter((km) => Math.abs(km - 100) < 2.5).length / 2_000;
    expect(middle).toBeGreaterThan(0.28);
    expect(middle).toBeLessThan(0.35);
  });

  it('scatters with the ground by the asked amount, and not at all on even ground', () => {
    const peaks = (scatter: number): number[] => {
      const device = phone(quake(), { city_radius: 0.1, site_scatter: scatter });
      return Array.from({ length: 150 }, (_, seat) => Math.log10(peak(device, seat, 3.8, 8)));
    };
    const spread = (values: number[]): number => {
      const mean = values.reduce((a, b) => a + b) / values.length;
      return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
    };
    expect(spread(peaks(0))).toBeLessThan(0.06);
    expect(spread(peaks(0.3))).toBeGreaterThan(0.22);
    expect(spread(peaks(0.3))).toBeLessThan(0.36);
  });

  it('has one waveform for neighbours', () => {
    const device = phone(quake(), together);
    const trace = (seat: number): number[] =>
      Array.from({ length: 400 }, (_, i) => reading(device, seat, 3.5 + i * 0.02)['ground_acceleration'] as number);
    const correlation = (a: number[], b: number[]): number => {
      const mean = (x: number[]): number => x.reduce((s, v) => s + v) / x.length;
      const [ma, mb] = [mean(a), mean(b)];
      const sum = (f: (i: number) => number): number => a.reduce((s, _, i) => s + f(i), 0);
      const [da, db] = [(i: number) => (a[i] as number) - ma, (i: number) => (b[i] as number) - mb];
      return sum((i) => da(i) * db(i)) / Math.sqrt(sum((i) => da(i) ** 2) * sum((i) => db(i) ** 2));
    };
    for (let seat = 1; seat < 10; seat++) expect(correlation(trace(0), trace(seat))).toBeGreaterThan(0.85);
  });

  it('has a spectrum that is strong up to the corner frequency and falls beyond it', () => {
    const corner = cornerFrequency(5, 3.55);
    // One axis of a phone that lies still, over the minute of the S wave.
    const device = phone(quake(5), { ...together, range: '2g' });
    const rest = reading(device, 3, -5)['x'] as number;
    const count = 2_048;
    const step = 0.02;
    const axis = Array.from({ length: count }, (_, i) => (reading(device, 3, 3.8 + i * step)['x'] as number) - rest);
    const power = (from: number, to: number): number => {
      let sum = 0;
      const first = Math.ceil(from * count * step);
      const last = Math.floor(to * count * step);
      for (let bin = first; bin <= last; bin++) {
        let [re, im] = [0, 0];
        axis.forEach((x, i) => {
          const angle = (2 * Math.PI * bin * i) / count;
          re += x * Math.cos(angle);
          im -= x * Math.sin(angle);
        });
        sum += re * re + im * im;
      }
      return sum / (last - first + 1);
    };
    const below = power(0.35 * corner, corner);
    expect(below / power(1.8 * corner, 3.5 * corner)).toBeGreaterThan(6);
    expect(below / power(6 * corner, 12 * corner)).toBeGreaterThan(40);
  });

  it('is felt by three axes, on top of gravity', () => {
    const device = phone(quake(7), together);
    const before = reading(device, 1, -1);
    for (const axis of ['x', 'y', 'z']) {
      let swing = 0;
      for (let t = 3.8; t < 12; t += 0.05)
        swing = Math.max(swing, Math.abs((reading(device, 1, t)[axis] as number) - (before[axis] as number)));
      expect(swing).toBeGreaterThan(0.3);
    }
    const loudest = peak(device, 1, 3.8, 12);
    let magnitude = 0;
    for (let t = 3.8; t < 12; t += 0.02) magnitude = Math.max(magnitude, reading(device, 1, t)['magnitude'] as number);
    expect(magnitude).toBeGreaterThan(0.9 * loudest);
    expect(magnitude).toBeLessThan(loudest + 0.5);
  });

  it('is quiet outside its time, however many there are', () => {
    const device = phone([
      ...quake(6),
      ...quake(5).map((event) => ({ ...event, atUs: ORIGIN_US + 1_000_000_000 })),
    ] as Scene);
    expect(reading(device, 0, 999)['shaking']).toBe(0);
    expect(reading(device, 0, 1_010)['shaking']).toBe(2);
  });

  it('changes nothing before it and long after it', () => {
    const with_ = phone(quake());
    const without = phone([]);
    for (const seconds of [-100, -0.001, 0.5, 5_000]) {
      const { p_arrival: _, s_arrival: __, epicentral_distance: ___, ...felt } = reading(with_, 4, seconds);
      expect(reading(without, 4, seconds)).toMatchObject(felt);
    }
  });
});

describe('a scripted shake', () => {
  const fromUs = ORIGIN_US + 10_000_000;
  const scene: Scene = [{ kind: 'shake', key: streamRoot(7, 'shake'), fromUs, toUs: fromUs + 10_000_000, share: 0.25 }];

  it('takes its share of the phones, for its time', () => {
    const device = phone(scene);
    const shaken = (seconds: number): number =>
      Array.from({ length: 2_000 }, (_, seat) => reading(device, seat, seconds)['activity']).filter(
        (activity) => activity === Activity.shaken,
      ).length;
    expect(shaken(9.999)).toBe(0);
    expect(shaken(20)).toBe(0);
    expect(shaken(15)).toBeGreaterThan(420);
    expect(shaken(15)).toBeLessThan(580);
    expect(shaken(19)).toBe(shaken(11));
  });

  it('shakes them hard', () => {
    const device = phone(scene);
    for (let seat = 0; seat < 200; seat++) {
      if (reading(device, seat, 15)['activity'] !== Activity.shaken) continue;
      let greatest = 0;
      for (let t = 11; t < 19; t += 0.03)
        greatest = Math.max(greatest, reading(device, seat, t)['magnitude'] as number);
      expect(greatest).toBeGreaterThan(10);
    }
  });
});
