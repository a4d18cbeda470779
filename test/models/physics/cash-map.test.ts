import { expect, it } from 'vitest';
import { cashMachines, distanceKm, nearestMachines } from '../../../src/models/physics/cash-map.ts';

/** Great circle by the haversine formula, km. */
function haversine(a: { latitude: number; longitude: number }, b: { latitude: number; longitude: number }): number {
  const turn = Math.PI / 180;
  const [lat, lon] = [(b.latitude - a.latitude) * turn, (b.longitude - a.longitude) * turn];
  const h = Math.sin(lat / 2) ** 2 + Math.cos(a.latitude * turn) * Math.cos(b.latitude * turn) * Math.sin(lon / 2) ** 2;
  return 2 * 6371.009 * Math.asin(Math.sqrt(h));
}

const machines = cashMachines(400);

it('puts machines into a county, seven decimals at most, none upon another', () => {
  for (const { latitude, longitude } of machines) {
    expect(latitude).toBeGreaterThan(53.5);
    expect(latitude).toBeLessThan(54);
    expect(longitude).toBeGreaterThan(-2.1);
    expect(longitude).toBeLessThan(-1.3);
    expect(`${latitude} ${longitude}`).toMatch(/^53\.\d{1,7} -[12]\.\d{1,7}$/);
  }
  expect(new Set(machines.map(({ latitude, longitude }) => `${latitude} ${longitude}`)).size).toBe(400);
  expect(cashMachines(124)).toEqual(machines.slice(0, 124));
});

it('measures distances as on a sphere, to 0.1 %', () => {
  for (let i = 1; i < 400; i++) {
    const [a, b] = [machines[i - 1], machines[i]] as [(typeof machines)[0], (typeof machines)[0]];
    expect(Math.abs(distanceKm(a, b) / haversine(a, b) - 1)).toBeLessThan(0.001);
  }
});

it('has more machines in the middle of its towns than around them, for their size', () => {
  const leeds = { latitude: 53.797, longitude: -1.547, operator: 0 };
  const within = (km: number): number => machines.filter((machine) => distanceKm(machine, leeds) < km).length;
  expect(within(2)).toBeGreaterThan(50);
  expect(within(10) - within(2)).toBeLessThan(110);
});

it('finds the nearest machines, the machine itself first', () => {
  nearestMachines(machines, 6).forEach((nearest, i) => {
    expect(nearest[0]).toBe(i);
    const km = (to: number): number =>
      distanceKm(machines[i] as (typeof machines)[0], machines[to] as (typeof machines)[0]);
    const farthest = km(nearest[5] as number);
    expect(machines.filter((_, to) => km(to) < farthest).length).toBe(5);
  });
});
