import { expect, it } from 'vitest';
import {
  BearingLives,
  basicLife,
  type Life,
  lifeQuantile,
  lifeSpec,
} from '../../../src/models/physics/bearing-life.ts';
import { seatKey } from '../../contracts/model.ts';

it('reckons the basic life of ISO 281', () => {
  // A load of a tenth of the capacity: 1000 million revolutions.
  expect(basicLife(14.8, 1.48, 1500)).toBeCloseTo((1000 * 1e6) / (1500 * 60), 3);
  expect(basicLife(10, 5, 3000) / basicLife(10, 10, 3000)).toBeCloseTo(8, 12);
});

it('has one of ten fail by then, and a characteristic life of 4.5 or 7.6 times as much', () => {
  for (const [slope, ratio] of [
    [1.5, 4.48],
    [10 / 9, 7.58],
  ] as const) {
    const spec = lifeSpec(1000, slope);
    expect(lifeQuantile(spec, 0.1)).toBeCloseTo(1000, 6);
    expect(lifeQuantile(spec, 1 - Math.exp(-1)) / 1000).toBeCloseTo(ratio, 1);
    for (const p of [0.01, 0.5, 0.99])
      expect(lifeQuantile(spec, p)).toBeCloseTo(1000 * (Math.log(1 - p) / Math.log(0.9)) ** (1 / slope), 6);
  }
});

const life = (): Life => ({ number: 0, age: 0, length: 0 });

it('lets one bearing follow another without a gap, each as old as the time since', () => {
  const lives = new BearingLives(lifeSpec(100, 1.5), 3);
  const at = life();
  const before = life();
  let changes = 0;
  for (let hours = 5_000; hours < 25_000; hours += 0.5) {
    Object.assign(before, at);
    lives.at(seatKey(7), hours, at);
    expect(at.age <= at.length && at.age >= 0).toBe(true);
    if (hours === 5_000) continue;
    if (at.number === before.number) {
      if (Math.abs(at.age - before.age - 0.5) > 1e-6 || Math.abs(at.length - before.length) > 1e-6)
        expect(hours).toBe('one life');
    } else {
      changes++;
      expect(at.number).toBeGreaterThan(before.number);
      expect(at.age).toBeLessThan(0.5 + 1e-6);
    }
  }
  expect(changes).toBeGreaterThan(30);
});

it('has lives of that distribution, but for those that a block cuts', () => {
  const lives = new BearingLives(lifeSpec(100, 1.5), 3);
  const lengths = new Map<string, number>();
  const at = life();
  for (let seat = 0; seat < 400; seat++) {
    for (let hours = 0; hours < 6 * 448 * 3; hours += 40) {
      lives.at(seatKey(seat), hours, at);
      lengths.set(`${seat} ${at.number}`, at.length);
    }
  }
  const all = [...lengths.values()];
  const failedBy = (hours: number): number => all.filter((length) => length < hours).length / all.length;
  // Some short ones fall between two looks.
  expect(Math.abs(failedBy(100) - 0.1)).toBeLessThan(0.02);
  expect(Math.abs(failedBy(448) - 0.632)).toBeLessThan(0.03);
});
