import { expect, it } from 'vitest';
import { targetFleets } from '../../src/verify/target-fleets.ts';
import { testPlan } from './test-plan.ts';

it('names devices by seat and incarnation, and tells fleets whose payloads are malformed by design', () => {
  const plan = testPlan([
    { devices: 3, slots: 30 },
    { devices: 2, slots: 20, behavior: { malformed: { numerator: 1, denominator: 10 } } },
  ]);
  const fleets = targetFleets(plan, 'r1');
  expect(fleets.map(({ index, name, devices, damaged }) => [index, name, devices, damaged])).toEqual([
    [0, 'fleet0', 3, false],
    [1, 'fleet1', 2, true],
  ]);
  expect([0, 2].map((seat) => fleets[0]?.deviceId(seat))).toEqual(['fleet0-0', 'fleet0-2']);
  expect(fleets[0]?.deviceId(2, 1)).toBe('fleet0-5');
});
