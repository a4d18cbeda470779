import { describe, expect, it } from 'vitest';
import { xxh32 } from '../../../src/core/xxh32.ts';
import type { Generator } from '../../../src/models/generators/generator.ts';
import { readGenerator } from '../../../src/models/generators/read-generator.ts';
import type { ParamValue } from '../../../src/models/model.ts';
import { seatKey } from '../../contracts/model.ts';
import { everyGenerator } from '../every-generator.ts';

const START_US = 1_772_366_400_000_000;

function generator(written: ParamValue, name = 'it'): Generator {
  const read = readGenerator(name, written);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.generator;
}

/** `count` values of each of some seats, one after the other, a second apart. */
function values(written: ParamValue, count: number, seats = 1): number[] {
  const { value } = generator(written);
  return Array.from({ length: count * seats }, (_, i) => {
    const n = i % count;
    return value(seatKey(Math.floor(i / count)), n, START_US + n * 1_000_000);
  });
}

function moments(sample: readonly number[]): { mean: number; sd: number } {
  const mean = sample.reduce((a, b) => a + b) / sample.length;
  return { mean, sd: Math.sqrt(sample.reduce((sum, x) => sum + (x - mean) ** 2, 0) / sample.length) };
}

/** Greatest distance between the distribution of a sample and the uniform one (Kolmogorov, Smirnov), times √n; 1.95 at 0.1 %. */
function unevenness(sample: readonly number[], low: number, high: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  const distances = sorted.map((x, i) => Math.abs((x - low) / (high - low) - (i + 0.5) / sorted.length));
  return Math.max(...distances) * Math.sqrt(sorted.length);
}

/** χ² of counts against expectations, as standard deviations from its mean. */
function surprise(counts: readonly number[], expected: readonly number[]): number {
  const squares = counts.reduce(
    (sum, count, i) => sum + (count - (expected[i] as number)) ** 2 / (expected[i] as number),
    0,
  );
  const freedom = counts.length - 1;
  return (squares - freedom) / Math.sqrt(2 * freedom);
}

function counted(sample: readonly number[], count: number, first = 0): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const x of sample) counts[Math.round(x - first)] = (counts[Math.round(x - first)] as number) + 1;
  return counts;
}

describe('uniform', () => {
  it('is uniform, with nothing of one draw in the next', () => {
    const sample = values({ uniform: [10, 30] }, 50_000);
    expect(unevenness(sample, 10, 30)).toBeLessThan(1.95);
    const { mean, sd } = moments(sample);
    const neighbours = sample.slice(1).reduce((sum, x, i) => sum + (x - mean) * ((sample[i] as number) - mean), 0);
    expect(Math.abs(neighbours / sample.length / sd ** 2)).toBeLessThan(0.015);
  });

  it('with decimals gives each number that can be written alike, the ends too', () => {
    const sample = values({ uniform: [1, 6], decimals: 0 }, 60_000);
    expect(Math.abs(surprise(counted(sample, 6, 1), new Array(6).fill(10_000)))).toBeLessThan(4);
    for (const x of values({ uniform: [-0.3, 0.3], decimals: 1 }, 1000)) expect(`${x}`).toMatch(/^-?0(\.[123])?$/);
  });
});

describe('normal', () => {
  it('has its mean and deviation, and the shape of the bell', () => {
    const sample = values({ normal: [20, 2] }, 100_000);
    const { mean, sd } = moments(sample);
    expect(mean).toBeCloseTo(20, 1);
    expect(Math.abs(sd / 2 - 1)).toBeLessThan(0.01);
    const within = (k: number): number => sample.filter((x) => Math.abs(x - 20) < 2 * k).length / sample.length;
    expect(within(1)).toBeCloseTo(0.6827, 2);
    expect(within(2)).toBeCloseTo(0.9545, 2);
    expect(within(3)).toBeCloseTo(0.9973, 2);
  });

  it('is cut to its bounds', () => {
    const sample = values({ normal: [60, 30], min: 0, max: 100 }, 10_000);
    expect(sample.filter((x) => x === 100).length / 10_000).toBeCloseTo(0.0912, 1);
    expect(Math.min(...sample)).toBe(0);
  });
});

describe('walk', () => {
  const walk = { walk: { from: 10, to: 30, step: 0.2 } };

  it('moves by steps of that deviation', () => {
    const sample = values(walk, 40_000);
    const steps = sample.slice(1).map((x, i) => x - (sample[i] as number));
    const { mean, sd } = moments(steps);
    expect(Math.abs(mean)).toBeLessThan(0.003);
    expect(Math.abs(sd / 0.2 - 1)).toBeLessThan(0.02);
    expect(Math.max(...steps.map(Math.abs))).toBeLessThan(6 * 0.2);
  });

  it('moves over k events by √k steps while the walls are far, and steps know nothing of each other', () => {
    const near: number[] = [];
    const products: number[] = [];
    for (let seat = 0; seat < 4000; seat++) {
      const { value } = generator(walk);
      const first = 4_000 + 37 * seat;
      const [a, b, c] = [0, 50, 100].map((n) => value(seatKey(seat), first + n, START_US)) as [number, number, number];
      if (a < 16 || a > 24) continue;
      near.push(b - a);
      products.push((b - a) * (c - b));
    }
    const { sd } = moments(near);
    expect(near.length).toBeGreaterThan(1000);
    expect(Math.abs(sd / (0.2 * Math.sqrt(50)) - 1)).toBeLessThan(0.08);
    expect(Math.abs(moments(products).mean / sd ** 2)).toBeLessThan(0.1);
  });

  it('is everywhere alike in the long run, at nodes and between them', () => {
    const { value } = generator(walk);
    for (const n of [0, 1, 5_000, 8_192, 12_345, 16_384]) {
      const sample = Array.from({ length: 5_000 }, (_, seat) => value(seatKey(seat), n, START_US));
      // Between two nodes it is a little denser around the middle.
      expect([n, unevenness(sample, 10, 30) < 3.5]).toEqual([n, true]);
    }
  });

  it('goes on where a node was passed', () => {
    const { value } = generator({ walk: { from: 0, to: 8, step: 1 } });
    for (let n = 0; n < 1_000; n++) {
      const step = value(seatKey(5), n + 1, START_US) - value(seatKey(5), n, START_US);
      expect(Math.abs(step)).toBeLessThan(6.5);
    }
  });
});

describe('sine', () => {
  it('is highest at peak_at, lowest half a period later, and in the middle a quarter away', () => {
    const { value } = generator({ sine: { low: 10, high: 30, period: '24h', peak_at: '14h' } });
    const at = (hour: number): number => value(seatKey(0), 0, 1_772_323_200_000_000 + hour * 3_600_000_000);
    expect([at(14), at(2), at(8), at(20), at(38)].map((x) => Math.round(x * 1e5) / 1e5)).toEqual([30, 10, 20, 20, 30]);
  });

  it('takes a phase in turns, the same for all, or one for each device', () => {
    const same = generator({ sine: { low: -1, high: 1, period: '10s', phase: '25%' } });
    expect(same.value(seatKey(1), 0, 0)).toBeCloseTo(1, 6);
    expect(same.value(seatKey(2), 0, 2_500_000)).toBeCloseTo(0, 6);
    const own = generator({ sine: { low: -1, high: 1, period: '10s', phase: 'device' } });
    const at = Array.from({ length: 2000 }, (_, seat) => Math.asin(own.value(seatKey(seat), 0, 0)));
    expect(unevenness(at, -Math.PI / 2, Math.PI / 2)).toBeLessThan(1.95);
  });
});

describe('enum', () => {
  it('follows its weights', () => {
    const sample = values({ enum: ['idle', 'busy', 'fault', 'never'], weights: [90, 9, 1, 0] }, 100_000);
    const counts = counted(sample, 4);
    expect(counts[3]).toBe(0);
    expect(Math.abs(surprise(counts.slice(0, 3), [90_000, 9_000, 1_000]))).toBeLessThan(4);
  });

  it('holds numbers as numbers', () => {
    expect(new Set(values({ enum: [200, 404.5] }, 100))).toEqual(new Set([200, 404.5]));
  });
});

describe('counter', () => {
  it('counts on, and begins again at its wrap', () => {
    expect(values({ counter: {} }, 4)).toEqual([0, 1, 2, 3]);
    expect(values({ counter: { start: 5, step: 2, wrap: 10 } }, 5)).toEqual([5, 7, 9, 5, 7]);
    expect(values({ counter: { start: 0.3, step: -0.1, wrap: 0 } }, 4)).toEqual([0.3, 0.2, 0.1, 0.3]);
  });

  it('adds nothing up', () => {
    const { value } = generator({ counter: { step: 0.1 } });
    expect(value(seatKey(0), 12_345_678_901, 0)).toBe(1_234_567_890.1);
  });
});

describe('zipf', () => {
  it.each([0.8, 1, 1.1, 2])('follows the power s = %f', (s) => {
    const sample = values({ zipf: { n: 200, s } }, 100_000);
    const weights = Array.from({ length: 200 }, (_, i) => (i + 1) ** -s);
    const sum = weights.reduce((a, b) => a + b);
    // The tail in one class, so that every expectation is large enough.
    const head = 50;
    const expected = weights.map((weight) => (weight / sum) * 100_000);
    const tail = (list: readonly number[]): number[] => [
      ...list.slice(0, head),
      list.slice(head).reduce((a, b) => a + b),
    ];
    expect(Math.abs(surprise(tail(counted(sample, 200, 1)), tail(expected)))).toBeLessThan(4);
  });
});

describe('every generator', () => {
  it.each(['uniform', 'normal', 'enum', 'zipf'])('%s: per device is one draw for each', (kind) => {
    const written = { uniform: [0, 1], normal: [0, 1], enum: [1, 2, 3, 4, 5, 6, 7, 8], zipf: { n: 1000, s: 0.1 } }[
      kind
    ];
    const sample = values({ [kind]: written as ParamValue, per: 'device' }, 5, 50);
    for (let seat = 0; seat < 50; seat++) expect(new Set(sample.slice(5 * seat, 5 * seat + 5)).size).toBe(1);
    expect(new Set(sample).size).toBeGreaterThan(5);
  });

  it('draws by its name: two alike differ, and a third beside them changes nothing', () => {
    const [a, b] = ['a', 'b'].map((name) => generator({ uniform: [0, 1] }, name)) as [Generator, Generator];
    const both = Array.from({ length: 5_000 }, (_, n) => [a, b].map(({ value }) => value(seatKey(1), n, 0)));
    const covariance = both.reduce((sum, [x, y]) => sum + ((x as number) - 0.5) * ((y as number) - 0.5), 0) / 5_000;
    expect(Math.abs(covariance) * 12).toBeLessThan(0.06);
  });

  it('gives the same values for ever', () => {
    const generators = Object.entries(everyGenerator).map(([name, written]) => generator(written, name));
    const view = new DataView(new ArrayBuffer(8 * generators.length * 2_000));
    let at = 0;
    for (let n = 0; n < 2_000; n++) {
      for (const { value } of generators) {
        view.setFloat64(at, value(seatKey(n % 97), n * n * 31, START_US + n * 91_193));
        at += 8;
      }
    }
    expect(xxh32(view, 0, at, 0) >>> 0).toBe(2_840_576_763);
  });
});
