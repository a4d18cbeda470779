import { expect, it } from 'vitest';
import { finalRise, jobLength, MotorHeat, type MotorState } from '../../../src/models/physics/motor-heat.ts';
import { seatKey } from '../../contracts/model.ts';

const MINUTE_US = 60_000_000;
const START_US = Date.UTC(2026, 2, 2) * 1000;
const spec = { constantUs: 40 * MINUTE_US, load: 0.75, iron: 20, copper: 60 };

/** Loads and rises of two days, ten seconds apart. */
function days(seat: number, heat = spec): MotorState[] {
  const motor = new MotorHeat(heat, 5);
  return Array.from({ length: 17_280 }, (_, i) => {
    const state = { load: 0, rise: 0 };
    motor.at(seatKey(seat), START_US + i * 10_000_000, state);
    return state;
  });
}

it.each([10, 40, 180])('follows its load as one body of %i minutes does, by its differential equation', (minutes) => {
  const heat = { ...spec, constantUs: minutes * MINUTE_US };
  const states = days(3, heat);
  let rise = states[0]?.rise as number;
  let farthest = 0;
  for (let i = 1; i < states.length; i++) {
    const { load, rise: said } = states[i - 1] as MotorState;
    farthest = Math.max(farthest, Math.abs(said - rise));
    for (let step = 0; step < 10; step++) rise += ((finalRise(heat, load) - rise) * 1_000_000) / heat.constantUs;
  }
  // A job that begins between two looks is followed from the second one.
  expect(farthest).toBeLessThan(0.1 + (60 * 10_000_000) / heat.constantUs);
});

it('keeps a load for the length of a job, higher in a shift than at night', () => {
  const states = days(4);
  const changes = states.filter(({ load }, i) => i > 0 && load !== states[i - 1]?.load).length;
  expect(Math.abs(changes - (48 * 60 * MINUTE_US) / jobLength(spec))).toBeLessThan(6);
  const meanOf = (from: number, to: number): number => {
    const part = states.slice(from * 360, to * 360);
    return part.reduce((sum, { load }) => sum + load, 0) / part.length;
  };
  expect(Math.abs(meanOf(7, 21) - 0.75)).toBeLessThan(0.1);
  expect(Math.abs(meanOf(24, 29) - 0.3)).toBeLessThan(0.1);
});

it('has a rise from that of idling iron to that of overload', () => {
  for (const { rise } of days(5)) {
    expect(rise).toBeGreaterThan(20);
    expect(rise).toBeLessThan(20 + 60 * 1.25 * 1.25);
  }
  expect(finalRise(spec, 1)).toBe(80);
});
