import fc from 'fast-check';
import { expect, it } from 'vitest';
import { streamRoot } from '../../../src/core/random.ts';
import { cutLanes } from '../../../src/targets/mqtt/cut-lanes.ts';
import { lanePerDevice, lanePool } from '../../../src/targets/mqtt/lane-map.ts';
import { testFleet } from '../../contracts/sink.ts';

const key = streamRoot(7, 'cut');
const fleets = [testFleet(0, 500, 't'), testFleet(2, 300, 't')];

it('cuts the same devices, however they are spread over parts', () => {
  const devicesOf = (count: number): string[] => {
    const ids: string[] = [];
    for (let index = 0; index < count; index++) {
      const map = lanePerDevice({ index, count }, fleets);
      for (const lane of cutLanes({ fleets: null, share: 0.4, key }, map, fleets)) ids.push(map.clientId(lane));
    }
    return ids.sort();
  };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), (count) => {
      expect(devicesOf(count)).toEqual(devicesOf(1));
    }),
  );
});

it('cuts about the share that was asked for, all and none exactly', () => {
  const map = lanePerDevice({ index: 0, count: 1 }, fleets);
  const cut = (share: number): number => cutLanes({ fleets: null, share, key }, map, fleets).length;
  expect(cut(0)).toBe(0);
  expect(cut(1)).toBe(800);
  // Five standard deviations of a binomial.
  expect(Math.abs(cut(0.4) - 320)).toBeLessThan(5 * Math.sqrt(800 * 0.4 * 0.6));
});

it('leaves other fleets alone, and those of two fleets that are cut have nothing in common', () => {
  const map = lanePerDevice({ index: 0, count: 1 }, fleets);
  const of = (fleet: number): number[] =>
    cutLanes({ fleets: [fleet], share: 0.5, key }, map, fleets).map((lane) => map.ownerOf(lane).place);
  expect(cutLanes({ fleets: [2], share: 1, key }, map, fleets)).toEqual(Array.from({ length: 300 }, (_, i) => 500 + i));
  expect(of(0).slice(0, 20)).not.toEqual(of(2).slice(0, 20));
  expect(cutLanes({ fleets: [1], share: 1, key }, map, fleets)).toEqual([]);
});

it('cuts a pool of which one of its fleets is concerned, each place counted over all parts', () => {
  const places = (count: number): number[] => {
    const found: number[] = [];
    for (let index = 0; index < count; index++) {
      const map = lanePool({ index, count }, 24, 'p');
      for (const lane of cutLanes({ fleets: [2], share: 0.5, key }, map, fleets)) found.push(map.ownerOf(lane).place);
    }
    return found.sort((a, b) => a - b);
  };
  expect(places(1).length).toBeGreaterThan(0);
  expect(places(1).length).toBeLessThan(24);
  expect(places(4)).toEqual(places(1));
  expect(cutLanes({ fleets: [1], share: 1, key }, lanePool({ index: 0, count: 1 }, 8, 'p'), fleets)).toEqual([]);
});
